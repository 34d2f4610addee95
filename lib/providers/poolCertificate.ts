import type { CertificatePolicy } from '@azure/keyvault-certificates';
import type { Check, Pending } from '../model/check.ts';
import { day, later, minute, second } from '../model/clock.ts';
import { Failure } from '../model/operationError.ts';
import { Sealed } from '../model/sealed.ts';
import type { Credential, Look } from '../model/snapshot.ts';
import type { Spare } from '../model/target.ts';
import { assertAnswers } from './accountAccess.ts';
import {
  certificateId,
  certificateIdentifier,
  withVersion,
  type CertificateIdentifier,
} from './certificates/certificateIdentifier.ts';
import { held, identifierIn, look, read } from './certificates/inspectCertificate.ts';
import { renewing } from './certificates/certificatePolicy.ts';
import { ask, disable, versionOf } from './certificates/certificateVersions.ts';
import { mayLoseTheOld, nodeCheck } from './certificates/nodeCheck.ts';
import type { Means, Provider, View } from './provider.ts';
import { proveVersion, sparingTheOld } from './versionedCredential.ts';

/** More than certificates live. */
const tenYears = 3650 * day;

/**
 * A certificate that nodes of a Batch account's pools fetch by the Key Vault extension. The credential is a version of
 * it; the secret holds its identifier, where without a version the tag CredentialId says which one was the newest.
 */
export function poolCertificate(means: Means): Provider {
  return {
    kind: 'pool-certificate',
    resourceType: 'microsoft.batch/batchaccounts',
    flightMs: 2 * minute,
    validityMs: tenYears,
    credentialId: (word) => (/^[0-9a-f]{32}$/i.test(word) ? word.toLowerCase() : undefined),
    held,
    part,
    follows: baseOf,
    shares: ({ secret }) => part(secret.value),
    look: (view) => look(means, view),
    generate: (view) => generate(means, view),
    prove: (view, candidate) => proveVersion(view, candidate, held(view), () => look(means, view)),
    verify: (view, live) => verify(means, view, live),
    render: ({ id }, value) => new Sealed(withVersion(value.open(), id)),
    revoke: (view, old) => revoke(means, view, old),
  };
}

async function generate(means: Means, view: View): Promise<Look | Pending> {
  const { look: before, newest } = await read(means, view);
  if (before.next ?? before.fit.is !== 'good') return before; // made meanwhile, or on its way
  const certificate = identifierIn(view);
  if (!certificate || !newest?.policy) throw new Failure('certificate-missing');
  await assertAnswers(means, view);
  await ask(means, certificate, newest.properties, policyFor(view, newest.policy));
  return { is: 'pending', reason: 'service-working', until: later(view.now, 10 * second) };
}

/** A private key that leaked is not used again, whatever the policy says of renewals. */
function policyFor({ state: { rotation }, target: { wishes } }: View, policy: CertificatePolicy): CertificatePolicy {
  const wished = wishes.extra?.has('auto-renew') ? renewing(policy) : policy;
  return rotation?.cause === 'emergency' ? { ...wished, reuseKey: false } : wished;
}

async function verify(means: Means, view: View, live: Credential): Promise<Check> {
  const certificate = certificateIdentifier(live.value.open());
  if (!certificate) throw new Failure('live-would-die');
  return nodeCheck(means, view, certificateId(certificate), await madeOn(means, view, certificate));
}

/** Nodes that are known not to have the new version still use the old one: it stays, unless somebody says it leaked. */
async function revoke(means: Means, view: View, { id }: Spare): Promise<Look> {
  const certificate = identifierIn(view);
  if (!certificate) throw new Failure('live-would-die');
  const isLeaked = view.state.rotation?.cause === 'emergency';
  const since = await madeOn(means, view, certificate);
  const mayEnd = isLeaked || (await mayLoseTheOld(means, view, certificateId(certificate), since));
  if (mayEnd) await disable(means, certificate, id);
  const after = await look(means, view);
  return mayEnd ? after : sparingTheOld(after);
}

async function madeOn(means: Means, { secret }: View, certificate: CertificateIdentifier): Promise<Date> {
  return (await versionOf(means, certificate))?.createdOn ?? secret.createdOn;
}

function baseOf(value: Sealed): string | undefined {
  const certificate = certificateIdentifier(value.open());
  return certificate && certificateId({ vaultUrl: certificate.vaultUrl, name: certificate.name });
}

function part(value: Sealed): string | undefined {
  return baseOf(value)?.replace('https://', '');
}
