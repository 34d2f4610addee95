import type { KeyVaultCertificateWithPolicy } from '@azure/keyvault-certificates';
import { valid, type Check, type Note } from '../../model/check.ts';
import { fingerprintOf, Sealed, type Fingerprint } from '../../model/sealed.ts';
import type { Credential, Inspection } from '../../model/snapshot.ts';
import type { CredentialRef } from '../../model/state.ts';
import { parseArmId } from '../../model/armId.ts';
import { certificateId, certificateIdentifier, type CertificateIdentifier } from './certificateIdentifier.ts';
import { renews } from './certificatePolicy.ts';
import {
  enabledVersions,
  isFit,
  isNearExpiry,
  issuanceOf,
  newestOf,
  versionOf,
  type Version,
} from './certificateVersions.ts';
import { issuanceCheck } from './issuance.ts';
import { findingsOf, observingPools } from './observingPools.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';
import { distinct, isRemembered, credentialRefOf, publishedIn, unanswering } from '../versionedCredential.ts';

export async function inspectCertificate(means: ProviderDeps, view: ProviderInput): Promise<Inspection> {
  return (await read(means, view)).look;
}

/** The newest version and the policy, and what that means for the target. */
export async function read(
  means: ProviderDeps,
  view: ProviderInput,
): Promise<{ look: Inspection; newest?: KeyVaultCertificateWithPolicy | undefined }> {
  const host = view.host ?? (await endpointOf(means, view));
  const certificate = identifierIn(view);
  const unseen = { credentials: [], secretCredential: certificateInSecret(view), host };
  if (!certificate) return { look: { ...unseen, readiness: valid } };
  const newest = await newestOf(means, certificate);
  if (!newest) return { look: { ...unseen, readiness: missing } };
  return { newest, look: { ...(await seen(means, view, certificate, newest)), host } };
}

const missing: Check = { is: 'invalid', reason: 'certificate-missing' };

async function seen(
  means: ProviderDeps,
  view: ProviderInput,
  certificate: CertificateIdentifier,
  newest: KeyVaultCertificateWithPolicy,
): Promise<Inspection> {
  const { version: latest = '' } = newest.properties;
  const inUse = { ...certificate, version: certificate.version ?? latest };
  const before = inUse.version === latest ? newest.properties : await versionOf(means, inUse);
  const current = credentialOf(inUse);
  const offered = isFit(newest.properties, view.now) ? credentialOf({ ...certificate, version: latest }) : undefined;
  if (before) return compared(means, view, inUse, { newest, before, offered });
  return offered ? madeAnew(current, offered) : { readiness: missing, credentials: [], secretCredential: current };
}

interface Compared {
  readonly newest: KeyVaultCertificateWithPolicy;
  /** The version in use. */
  readonly before: Version;
  /** The newest, if it is fit. */
  readonly offered: Credential | undefined;
}

async function compared(
  means: ProviderDeps,
  view: ProviderInput,
  inUse: CertificateIdentifier,
  { newest: { properties, policy }, before, offered }: Compared,
): Promise<Inspection> {
  const secretCredential = credentialOf(inUse);
  const live = credentialRefOf(secretCredential);
  const next = offered && !isRemembered(view, offered.fingerprint) && isNewer(properties, before) ? offered : undefined;
  const all = distinct([live, ...unanswering(view, next), ...(await toBeDisabled(means, view, inUse, live))]);
  return {
    readiness: next ? valid : await awaited(means, view, inUse),
    ...{ secretCredential, live, credentials: all },
    ...(next && { next }),
    ...askedBy(offered ? properties : before, next !== undefined, view.now),
    notes: [...notesOn(policy), ...(await auditAtFirst(means, view, inUse))],
  };
}

/** A certificate of the same name took the place of the one that the secret names. */
function madeAnew(secretCredential: Credential, next: Credential): Inspection {
  return { readiness: valid, credentials: [credentialRefOf(next)], secretCredential, next };
}

function notesOn(policy: KeyVaultCertificateWithPolicy['policy']): readonly Note[] {
  return policy && !renews(policy) ? [{ reason: 'no-auto-renew' }] : [];
}

/** Whoever onboards a certificate hears of the pools; afterwards every rotation looks at them. */
async function auditAtFirst(
  means: ProviderDeps,
  view: ProviderInput,
  certificate: CertificateIdentifier,
): Promise<readonly Note[]> {
  if (view.state.stateBinding) return [];
  const pools = await observingPools(means, view, certificateId(certificate));
  return pools.length > 0 ? findingsOf(pools) : [{ reason: 'certificate-unobserved' }];
}

const epoch = new Date(0);

function isNewer(newest: Version, before: Version): boolean {
  return newest.version !== before.version && (newest.createdOn ?? epoch) >= (before.createdOn ?? epoch);
}

/** The request for the next version, where one may be on its way. */
async function awaited(means: ProviderDeps, view: ProviderInput, certificate: CertificateIdentifier): Promise<Check> {
  const phase = view.state.rotation?.phase;
  if (phase !== 'generate' && phase !== 'publish') return valid;
  return issuanceCheck(view, await issuanceOf(means, certificate), certificate.name);
}

function askedBy(newest: Version, isNext: boolean, now: Date): Pick<Inspection, 'startCause'> {
  if (isNext) return { startCause: 'new-version' };
  return newest.enabled === false || isNearExpiry(newest, now) ? { startCause: 'near-expiry' } : {};
}

/** Old versions that the target wishes to end, or that leaked, as long as they are enabled. */
async function toBeDisabled(
  means: ProviderDeps,
  view: ProviderInput,
  certificate: CertificateIdentifier,
  live: CredentialRef,
): Promise<readonly CredentialRef[]> {
  const { compromised = [] } = view;
  const toRevoke = ending(view);
  if (toRevoke.length + compromised.length === 0) return [];
  const enabled = await enabledVersions(means, certificate);
  return enabled
    .map((version) => credentialRefOf(credentialOf({ ...certificate, version })))
    .filter(({ id, fingerprint }) => id !== live.id && (toRevoke.includes(fingerprint) || compromised.includes(id)));
}

function ending(view: ProviderInput): readonly Fingerprint[] {
  const rotation = publishedIn(view);
  const isWished = view.target.options.kindOptions?.has('disable-old-version') ?? false;
  return rotation && (isWished || rotation.cause === 'emergency') ? rotation.toRevoke : [];
}

async function endpointOf({ clients }: ProviderDeps, { target }: ProviderInput): Promise<string> {
  const { subscription, group, name } = parseArmId(target.resource);
  const { accountEndpoint } = await clients.batch(subscription).batchAccountOperations.get(group, name);
  return accountEndpoint ?? '';
}

/** The version that the value names, else the tag. */
export function identifierIn({ secret }: Pick<ProviderInput, 'secret'>): CertificateIdentifier | undefined {
  const found = certificateIdentifier(secret.value.open());
  const taggedId = secret.tags['CredentialId']?.trim().toLowerCase();
  return found && { ...(taggedId && { version: taggedId }), ...found };
}

export function certificateInSecret(view: Pick<ProviderInput, 'secret'>): Credential {
  const certificate = identifierIn(view);
  const { value } = view.secret;
  return certificate ? credentialOf(certificate) : { id: '', fingerprint: value.fingerprint, value };
}

function credentialOf(certificate: CertificateIdentifier): Credential {
  const text = certificateId(certificate);
  return { id: certificate.version ?? '', fingerprint: fingerprintOf(text), value: new Sealed(text) };
}
