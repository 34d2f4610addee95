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
import {
  certificateInSecret,
  identifierIn,
  inspectCertificate,
  readNewest,
} from './certificates/inspectCertificate.ts';
import { withAutoRenew } from './certificates/certificatePolicy.ts';
import { disable, requestVersion, versionOf } from './certificates/certificateVersions.ts';
import { mayEndOldVersion, nodeCheck } from './certificates/nodeCheck.ts';
import type { ProviderDeps, Provider, ProviderInput, SendOwn } from './provider.ts';
import { proveVersion, withoutRevocation } from './versionedCredential.ts';

/** Longer than any certificate lives. */
const tenYears = 3650 * day;

/**
 * A certificate that nodes of a Batch account's pools fetch by the Key Vault extension. The credential is a version of
 * it. The secret holds its identifier. If that has no version, the tag CredentialId records which one was the newest.
 */
export function poolCertificate(deps: ProviderDeps): Provider {
  return {
    kind: 'pool-certificate',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 2 * minute,
    validityMs: tenYears,
    credentialId: (word) => (/^[0-9a-f]{32}$/i.test(word) ? word.toLowerCase() : undefined),
    secretCredential: certificateInSecret,
    qualifier: qualifierOf,
    sourceObject: baseOf,
    sharedLeaseName: ({ secret }) => qualifierOf(secret.value),
    inspect: (input) => inspectCertificate(deps, input),
    generate: (input, _standby, own) => generate(deps, input, own),
    prove: (input, candidate) =>
      proveVersion(input, candidate, certificateInSecret(input), () => inspectCertificate(deps, input)),
    verify: (input, live) => verify(deps, input, live),
    render: ({ id }, value) => renderChecked(id, value),
    revoke: (input, old, own) => revoke(deps, input, old, own),
  };
}

/** Runs under the certificate's lease: does nothing if a version was made meanwhile or is on its way. */
async function generate(deps: ProviderDeps, input: ProviderInput, own: SendOwn): Promise<Inspection | Pending> {
  const { inspection, newest } = await readNewest(deps, input);
  if (inspection.next ?? inspection.readiness.is !== 'valid') return inspection;
  const certificate = identifierIn(input);
  if (!certificate || !newest?.policy) throw new OperationError('certificate-missing');
  await assertAccountAnswers(deps, input);
  const policy = policyFor(input, newest.policy);
  await own(() => requestVersion(deps, certificate, newest.properties, policy));
  return { is: 'pending', reason: 'service-working', until: later(input.now, 10 * second) };
}

/** A private key that leaked is not used again, whatever the policy says about renewals. */
function policyFor({ state, target }: ProviderInput, before: CertificatePolicy): CertificatePolicy {
  const policy = target.options.kindOptions?.has('auto-renew') ? withAutoRenew(before) : before;
  return state.rotation?.cause === 'emergency' ? { ...policy, reuseKey: false } : policy;
}

async function verify(deps: ProviderDeps, input: ProviderInput, live: Credential): Promise<Check> {
  const certificate = certificateIdentifier(live.value.open());
  if (!certificate) throw new OperationError('live-would-die');
  return nodeCheck(deps, input, certificateId(certificate), await madeOn(deps, input, certificate));
}

/** Nodes that are not known to have the new version may still use the old one. Then it stays, unless it leaked. */
async function revoke(
  deps: ProviderDeps,
  input: ProviderInput,
  { id }: RevocableCredential,
  own: SendOwn,
): Promise<Inspection> {
  const certificate = identifierIn(input);
  if (!certificate) throw new OperationError('live-would-die');
  const since = await madeOn(deps, input, certificate);
  const mayEnd =
    input.state.rotation?.cause === 'emergency' ||
    (await mayEndOldVersion(deps, input, certificateId(certificate), since));
  if (mayEnd) await own(() => disable(deps, certificate, id));
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

/** Reads the rendered text back: if it names a version, it must be the new one (R13, value contains credential). */
function renderChecked(id: string, value: Sealed): Sealed {
  const text = withVersion(value.open(), id);
  if ((certificateIdentifier(text)?.version ?? id) !== id) throw new OperationError('value-not-of-resource');
  return new Sealed(text);
}

function baseOf(value: Sealed): string | undefined {
  const certificate = certificateIdentifier(value.open());
  return certificate && certificateId({ vaultUrl: certificate.vaultUrl, name: certificate.name });
}

function qualifierOf(value: Sealed): string | undefined {
  return baseOf(value)?.replace('https://', '');
}
