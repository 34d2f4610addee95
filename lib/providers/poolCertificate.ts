import type { CertificatePolicy } from '@azure/keyvault-certificates';
import type { Check, Pending } from '../model/check.ts';
import { day, earliest, hour, later, minute, second } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import { hasClass } from '../model/reason.ts';
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
import { disable, requestVersion, tag, versionOf, versionsOf } from './certificates/certificateVersions.ts';
import { mayEndOldVersion, nodeCheck } from './certificates/nodeCheck.ts';
import { observingPools } from './certificates/observingPools.ts';
import { isPublishedElsewhere, tagsThatName } from './followers.ts';
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
  const { inspection, newest } = await readNewest(deps, withoutHost(input));
  if (inspection.next ?? inspection.readiness.is !== 'valid') return inspection;
  const certificate = identifierIn(input);
  if (!certificate || !newest?.policy) throw new OperationError('certificate-missing');
  await assertAccountAnswers(deps, input);
  const policy = policyFor(input, newest.policy);
  await own(() => requestVersion(deps, certificate, newest.properties, policy));
  return { is: 'pending', reason: 'service-working', until: later(input.now, 10 * second) };
}

/** The account is read again before its certificate is changed: the claim may name its endpoint of long ago. */
function withoutHost({ host: _, ...input }: ProviderInput): ProviderInput {
  return input;
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

/** Others may still use the old version. Then it is waited for, and stays in the end, unless it leaked. */
async function revoke(
  deps: ProviderDeps,
  input: ProviderInput,
  { id }: RevocableCredential,
  own: SendOwn,
): Promise<Inspection | Pending> {
  const certificate = identifierIn(input);
  if (!certificate) throw new OperationError('live-would-die');
  const before = await inspectCertificate(deps, withoutHost(input));
  if (before.readiness.is !== 'valid') return before;
  const ends = input.state.rotation?.cause === 'emergency' ? 'now' : await whenToEnd(deps, input, certificate, id);
  if (typeof ends !== 'string') return ends;
  if (ends === 'now') await endVersion(deps, before.live?.id, { ...certificate, version: id }, own);
  const after = await inspectCertificate(deps, input);
  return ends === 'now' ? after : withoutRevocation(after);
}

async function endVersion(
  deps: ProviderDeps,
  live: string | undefined,
  ended: CertificateIdentifier,
  own: SendOwn,
): Promise<void> {
  if (live === undefined) throw new OperationError('live-would-die');
  const tags = tagsThatName(await versionsOf(deps, ended), live);
  if (tags) await tag(deps, { ...ended, version: live }, tags);
  await own(() => disable(deps, ended, ended.version ?? ''));
}

/** Without the right to list pools this would be asked for ever. */
async function undefinedIfNotGranted<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OperationError && hasClass(error.reason, 'grant')) return undefined;
    throw error;
  }
}

/** The end of an old version is put off for so long at most: then the next rotation must be able to begin. */
const patienceMs = 7 * day;

/**
 * Tells when an old version may end (R27, ended for all).
 *
 * Nodes fetch the new version when they poll, so the slowest pool gets two polls. Pools come and go with their jobs: that
 * none observes the certificate today shows nothing about tomorrow. Another target may publish the old version still.
 * And there must be evidence that every node has the new one.
 */
async function whenToEnd(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: CertificateIdentifier,
  ended: string,
): Promise<'now' | 'never' | Pending> {
  const { secret, now } = input;
  const url = certificateId(certificate);
  const latestEnd = later(secret.createdOn, patienceMs);
  const pools = await undefinedIfNotGranted(observingPools(deps, input, url));
  if (!pools) return 'never';
  const slowestMs = Math.max(0, ...pools.map(({ pollMs }) => pollMs));
  const until = pools.length === 0 ? latestEnd : earliest(latestEnd, later(secret.createdOn, 2 * slowestMs));
  if (until > now) return { is: 'pending', reason: 'overlap', until };
  if (pools.length === 0) return 'never';
  if (
    await isPublishedElsewhere(deps, input, withoutVersion(certificate), await versionsOf(deps, certificate), ended)
  ) {
    return latestEnd > now ? { is: 'pending', reason: 'certificate-still-used', until: later(now, hour) } : 'never';
  }
  const mayEnd = await mayEndOldVersion(deps, input, url, await madeOn(deps, input, certificate));
  if (mayEnd !== 'unknown') return mayEnd === 'yes' ? 'now' : 'never';
  return latestEnd > now ? { is: 'pending', reason: 'nodes-unreadable', until: later(now, hour) } : 'never';
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
  return certificate && withoutVersion(certificate);
}

function withoutVersion({ vaultUrl, name }: CertificateIdentifier): string {
  return certificateId({ vaultUrl, name });
}

function qualifierOf(value: Sealed): string | undefined {
  return baseOf(value)?.replace('https://', '');
}
