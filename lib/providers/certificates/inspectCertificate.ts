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

export async function inspectCertificate(deps: ProviderDeps, input: ProviderInput): Promise<Inspection> {
  return (await read(deps, input)).look;
}

/** The newest version and the policy, and what that means for the target. */
export async function read(
  deps: ProviderDeps,
  input: ProviderInput,
): Promise<{ look: Inspection; newest?: KeyVaultCertificateWithPolicy | undefined }> {
  const host = input.host ?? (await endpointOf(deps, input));
  const certificate = identifierIn(input);
  const unseen = { credentials: [], secretCredential: certificateInSecret(input), host };
  if (!certificate) return { look: { ...unseen, readiness: valid } };
  const newest = await newestOf(deps, certificate);
  if (!newest) return { look: { ...unseen, readiness: missing } };
  return { newest, look: { ...(await seen(deps, input, certificate, newest)), host } };
}

const missing: Check = { is: 'invalid', reason: 'certificate-missing' };

async function seen(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: CertificateIdentifier,
  newest: KeyVaultCertificateWithPolicy,
): Promise<Inspection> {
  const { version: latest = '' } = newest.properties;
  const inUse = { ...certificate, version: certificate.version ?? latest };
  const before = inUse.version === latest ? newest.properties : await versionOf(deps, inUse);
  const current = credentialOf(inUse);
  const offered = isFit(newest.properties, input.now) ? credentialOf({ ...certificate, version: latest }) : undefined;
  if (before) return compared(deps, input, inUse, { newest, before, offered });
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
  deps: ProviderDeps,
  input: ProviderInput,
  inUse: CertificateIdentifier,
  { newest: { properties, policy }, before, offered }: Compared,
): Promise<Inspection> {
  const secretCredential = credentialOf(inUse);
  const live = credentialRefOf(secretCredential);
  const next = offered && !isRemembered(input, offered.fingerprint) && isNewer(properties, before) ? offered : undefined;
  const all = distinct([live, ...unanswering(input, next), ...(await toBeDisabled(deps, input, inUse, live))]);
  return {
    readiness: next ? valid : await awaited(deps, input, inUse),
    ...{ secretCredential, live, credentials: all },
    ...(next && { next }),
    ...askedBy(offered ? properties : before, next !== undefined, input.now),
    notes: [...notesOn(policy), ...(await auditAtFirst(deps, input, inUse))],
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
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: CertificateIdentifier,
): Promise<readonly Note[]> {
  if (input.state.stateBinding) return [];
  const pools = await observingPools(deps, input, certificateId(certificate));
  return pools.length > 0 ? findingsOf(pools) : [{ reason: 'certificate-unobserved' }];
}

const epoch = new Date(0);

function isNewer(newest: Version, before: Version): boolean {
  return newest.version !== before.version && (newest.createdOn ?? epoch) >= (before.createdOn ?? epoch);
}

/** The request for the next version, where one may be on its way. */
async function awaited(deps: ProviderDeps, input: ProviderInput, certificate: CertificateIdentifier): Promise<Check> {
  const phase = input.state.rotation?.phase;
  if (phase !== 'generate' && phase !== 'publish') return valid;
  return issuanceCheck(input, await issuanceOf(deps, certificate), certificate.name);
}

function askedBy(newest: Version, isNext: boolean, now: Date): Pick<Inspection, 'startCause'> {
  if (isNext) return { startCause: 'new-version' };
  return newest.enabled === false || isNearExpiry(newest, now) ? { startCause: 'near-expiry' } : {};
}

/** Old versions that the target wishes to end, or that leaked, as long as they are enabled. */
async function toBeDisabled(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: CertificateIdentifier,
  live: CredentialRef,
): Promise<readonly CredentialRef[]> {
  const { compromised = [] } = input;
  const toRevoke = ending(input);
  if (toRevoke.length + compromised.length === 0) return [];
  const enabled = await enabledVersions(deps, certificate);
  return enabled
    .map((version) => credentialRefOf(credentialOf({ ...certificate, version })))
    .filter(({ id, fingerprint }) => id !== live.id && (toRevoke.includes(fingerprint) || compromised.includes(id)));
}

function ending(input: ProviderInput): readonly Fingerprint[] {
  const rotation = publishedIn(input);
  const isWished = input.target.options.kindOptions?.has('disable-old-version') ?? false;
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

export function certificateInSecret(input: Pick<ProviderInput, 'secret'>): Credential {
  const certificate = identifierIn(input);
  const { value } = input.secret;
  return certificate ? credentialOf(certificate) : { id: '', fingerprint: value.fingerprint, value };
}

function credentialOf(certificate: CertificateIdentifier): Credential {
  const text = certificateId(certificate);
  return { id: certificate.version ?? '', fingerprint: fingerprintOf(text), value: new Sealed(text) };
}
