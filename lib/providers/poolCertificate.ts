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
export function poolCertificate(deps: ProviderDeps): Provider {
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
    inspect: (input) => inspectCertificate(deps, input),
    generate: (input) => generate(deps, input),
    prove: (input, candidate) =>
      proveVersion(input, candidate, certificateInSecret(input), () => inspectCertificate(deps, input)),
    verify: (input, live) => verify(deps, input, live),
    render: ({ id }, value) => new Sealed(withVersion(value.open(), id)),
    revoke: (input, old) => revoke(deps, input, old),
  };
}

async function generate(deps: ProviderDeps, input: ProviderInput): Promise<Inspection | Pending> {
  const { look: before, newest } = await read(deps, input);
  if (before.next ?? before.readiness.is !== 'valid') return before; // made meanwhile, or on its way
  const certificate = identifierIn(input);
  if (!certificate || !newest?.policy) throw new OperationError('certificate-missing');
  await assertAccountAnswers(deps, input);
  await ask(deps, certificate, newest.properties, policyFor(input, newest.policy));
  return { is: 'pending', reason: 'service-working', until: later(input.now, 10 * second) };
}

/** A private key that leaked is not used again, whatever the policy says of renewals. */
function policyFor(
  { state: { rotation }, target: { options } }: ProviderInput,
  policy: CertificatePolicy,
): CertificatePolicy {
  const wished = options.kindOptions?.has('auto-renew') ? renewing(policy) : policy;
  return rotation?.cause === 'emergency' ? { ...wished, reuseKey: false } : wished;
}

async function verify(deps: ProviderDeps, input: ProviderInput, live: Credential): Promise<Check> {
  const certificate = certificateIdentifier(live.value.open());
  if (!certificate) throw new OperationError('live-would-die');
  return nodeCheck(deps, input, certificateId(certificate), await madeOn(deps, input, certificate));
}

/** Nodes that are known not to have the new version still use the old one: it stays, unless somebody says it leaked. */
async function revoke(deps: ProviderDeps, input: ProviderInput, { id }: RevocableCredential): Promise<Inspection> {
  const certificate = identifierIn(input);
  if (!certificate) throw new OperationError('live-would-die');
  const isLeaked = input.state.rotation?.cause === 'emergency';
  const since = await madeOn(deps, input, certificate);
  const mayEnd = isLeaked || (await mayLoseTheOld(deps, input, certificateId(certificate), since));
  if (mayEnd) await disable(deps, certificate, id);
  const after = await inspectCertificate(deps, input);
  return mayEnd ? after : withoutRevocation(after);
}

async function madeOn(
  deps: ProviderDeps,
  { secret }: ProviderInput,
  certificate: CertificateIdentifier,
): Promise<Date> {
  return (await versionOf(deps, certificate))?.createdOn ?? secret.createdOn;
}

function baseOf(value: Sealed): string | undefined {
  const certificate = certificateIdentifier(value.open());
  return certificate && certificateId({ vaultUrl: certificate.vaultUrl, name: certificate.name });
}

function part(value: Sealed): string | undefined {
  return baseOf(value)?.replace('https://', '');
}
