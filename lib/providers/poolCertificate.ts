import type { CertificatePolicy } from '@azure/keyvault-certificates';
import type { Check, Pending } from '../model/check.ts';
import { day, later, minute, second } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import { Sealed } from '../model/sealed.ts';
import type { Credential, Inspection } from '../model/snapshot.ts';
import type { RevocableCredential } from '../model/target.ts';
import { assertAccountAnswers } from './accountAccess.ts';
import {
  certificateId,
  certificateIdentifier,
  withVersion,
  type CertificateIdentifier,
} from './certificates/certificateIdentifier.ts';
import { certificateInSecret, identifierIn, inspectCertificate, read } from './certificates/inspectCertificate.ts';
import { renewing } from './certificates/certificatePolicy.ts';
import { ask, disable, versionOf } from './certificates/certificateVersions.ts';
import { mayLoseTheOld, nodeCheck } from './certificates/nodeCheck.ts';
import type { ProviderDeps, Provider, ProviderInput } from './provider.ts';
import { proveVersion, withoutRevocation } from './versionedCredential.ts';

/** More than certificates live. */
const tenYears = 3650 * day;

/**
 * A certificate that nodes of a Batch account's pools fetch by the Key Vault extension. The credential is a version of
 * it; the secret holds its identifier, where without a version the tag CredentialId says which one was the newest.
 */
export function poolCertificate(means: ProviderDeps): Provider {
  return {
    kind: 'pool-certificate',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 2 * minute,
    validityMs: tenYears,
    credentialId: (word) => (/^[0-9a-f]{32}$/i.test(word) ? word.toLowerCase() : undefined),
    secretCredential: certificateInSecret,
    qualifier: part,
    sourceObject: baseOf,
    sharedLeaseName: ({ secret }) => part(secret.value),
    inspect: (view) => inspectCertificate(means, view),
    generate: (view) => generate(means, view),
    prove: (view, candidate) =>
      proveVersion(view, candidate, certificateInSecret(view), () => inspectCertificate(means, view)),
    verify: (view, live) => verify(means, view, live),
    render: ({ id }, value) => new Sealed(withVersion(value.open(), id)),
    revoke: (view, old) => revoke(means, view, old),
  };
}

async function generate(means: ProviderDeps, view: ProviderInput): Promise<Inspection | Pending> {
  const { look: before, newest } = await read(means, view);
  if (before.next ?? before.readiness.is !== 'valid') return before; // made meanwhile, or on its way
  const certificate = identifierIn(view);
  if (!certificate || !newest?.policy) throw new OperationError('certificate-missing');
  await assertAccountAnswers(means, view);
  await ask(means, certificate, newest.properties, policyFor(view, newest.policy));
  return { is: 'pending', reason: 'service-working', until: later(view.now, 10 * second) };
}

/** A private key that leaked is not used again, whatever the policy says of renewals. */
function policyFor(
  { state: { rotation }, target: { options } }: ProviderInput,
  policy: CertificatePolicy,
): CertificatePolicy {
  const wished = options.kindOptions?.has('auto-renew') ? renewing(policy) : policy;
  return rotation?.cause === 'emergency' ? { ...wished, reuseKey: false } : wished;
}

async function verify(means: ProviderDeps, view: ProviderInput, live: Credential): Promise<Check> {
  const certificate = certificateIdentifier(live.value.open());
  if (!certificate) throw new OperationError('live-would-die');
  return nodeCheck(means, view, certificateId(certificate), await madeOn(means, view, certificate));
}

/** Nodes that are known not to have the new version still use the old one: it stays, unless somebody says it leaked. */
async function revoke(means: ProviderDeps, view: ProviderInput, { id }: RevocableCredential): Promise<Inspection> {
  const certificate = identifierIn(view);
  if (!certificate) throw new OperationError('live-would-die');
  const isLeaked = view.state.rotation?.cause === 'emergency';
  const since = await madeOn(means, view, certificate);
  const mayEnd = isLeaked || (await mayLoseTheOld(means, view, certificateId(certificate), since));
  if (mayEnd) await disable(means, certificate, id);
  const after = await inspectCertificate(means, view);
  return mayEnd ? after : withoutRevocation(after);
}

async function madeOn(
  means: ProviderDeps,
  { secret }: ProviderInput,
  certificate: CertificateIdentifier,
): Promise<Date> {
  return (await versionOf(means, certificate))?.createdOn ?? secret.createdOn;
}

function baseOf(value: Sealed): string | undefined {
  const certificate = certificateIdentifier(value.open());
  return certificate && certificateId({ vaultUrl: certificate.vaultUrl, name: certificate.name });
}

function part(value: Sealed): string | undefined {
  return baseOf(value)?.replace('https://', '');
}
