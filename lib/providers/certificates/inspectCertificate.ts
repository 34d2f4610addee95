import type { KeyVaultCertificateWithPolicy } from '@azure/keyvault-certificates';
import { calling } from '../../azure/errors.ts';
import { good, type Check, type Note } from '../../model/check.ts';
import { fingerprintOf, Sealed, type Fingerprint } from '../../model/sealed.ts';
import type { Credential, Look } from '../../model/snapshot.ts';
import type { Known } from '../../model/state.ts';
import { armId } from '../../azure/armId.ts';
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
import type { Means, View } from '../provider.ts';
import { distinct, isRemembered, knownOf, publishedIn, unanswering } from '../versionedCredential.ts';

export async function look(means: Means, view: View): Promise<Look> {
  return (await read(means, view)).look;
}

/** The newest version and the policy, and what that means for the target. */
export async function read(
  means: Means,
  view: View,
): Promise<{ look: Look; newest?: KeyVaultCertificateWithPolicy | undefined }> {
  const host = view.host ?? (await endpointOf(means, view));
  const certificate = identifierIn(view);
  const unseen = { all: [], held: held(view), host };
  if (!certificate) return { look: { ...unseen, fit: good } };
  const newest = await newestOf(means, certificate);
  if (!newest) return { look: { ...unseen, fit: missing } };
  return { newest, look: { ...(await seen(means, view, certificate, newest)), host } };
}

const missing: Check = { is: 'bad', reason: 'certificate-missing' };

async function seen(
  means: Means,
  view: View,
  certificate: CertificateIdentifier,
  newest: KeyVaultCertificateWithPolicy,
): Promise<Look> {
  const { version: latest = '' } = newest.properties;
  const inUse = { ...certificate, version: certificate.version ?? latest };
  const before = inUse.version === latest ? newest.properties : await versionOf(means, inUse);
  const current = credentialOf(inUse);
  const offered = isFit(newest.properties, view.now) ? credentialOf({ ...certificate, version: latest }) : undefined;
  if (before) return compared(means, view, inUse, { newest, before, offered });
  return offered ? madeAnew(current, offered) : { fit: missing, all: [], held: current };
}

interface Compared {
  readonly newest: KeyVaultCertificateWithPolicy;
  /** The version in use. */
  readonly before: Version;
  /** The newest, if it is fit. */
  readonly offered: Credential | undefined;
}

async function compared(
  means: Means,
  view: View,
  inUse: CertificateIdentifier,
  { newest: { properties, policy }, before, offered }: Compared,
): Promise<Look> {
  const held = credentialOf(inUse);
  const live = knownOf(held);
  const next = offered && !isRemembered(view, offered.fingerprint) && isNewer(properties, before) ? offered : undefined;
  const all = distinct([live, ...unanswering(view, next), ...(await toBeDisabled(means, view, inUse, live))]);
  return {
    fit: next ? good : await awaited(means, view, inUse),
    ...{ held, live, all },
    ...(next && { next }),
    ...askedBy(offered ? properties : before, next !== undefined, view.now),
    notes: [...notesOn(policy), ...(await auditAtFirst(means, view, inUse))],
  };
}

/** A certificate of the same name took the place of the one that the secret names. */
function madeAnew(held: Credential, next: Credential): Look {
  return { fit: good, all: [knownOf(next)], held, next };
}

function notesOn(policy: KeyVaultCertificateWithPolicy['policy']): readonly Note[] {
  return policy && !renews(policy) ? [{ reason: 'no-auto-renew' }] : [];
}

/** Whoever onboards a certificate hears of the pools; afterwards every rotation looks at them. */
async function auditAtFirst(means: Means, view: View, certificate: CertificateIdentifier): Promise<readonly Note[]> {
  if (view.state.bond) return [];
  const pools = await observingPools(means, view, certificateId(certificate));
  return pools.length > 0 ? findingsOf(pools) : [{ reason: 'certificate-unobserved' }];
}

const epoch = new Date(0);

function isNewer(newest: Version, before: Version): boolean {
  return newest.version !== before.version && (newest.createdOn ?? epoch) >= (before.createdOn ?? epoch);
}

/** The request for the next version, where one may be on its way. */
async function awaited(means: Means, view: View, certificate: CertificateIdentifier): Promise<Check> {
  const phase = view.state.rotation?.phase;
  if (phase !== 'generate' && phase !== 'publish') return good;
  return issuanceCheck(view, await issuanceOf(means, certificate), certificate.name);
}

function askedBy(newest: Version, isNext: boolean, now: Date): Pick<Look, 'asks'> {
  if (isNext) return { asks: 'new-version' };
  return newest.enabled === false || isNearExpiry(newest, now) ? { asks: 'near-expiry' } : {};
}

/** Old versions that the target wishes to end, or that leaked, as long as they are enabled. */
async function toBeDisabled(
  means: Means,
  view: View,
  certificate: CertificateIdentifier,
  live: Known,
): Promise<readonly Known[]> {
  const { compromised = [] } = view;
  const gone = ending(view);
  if (gone.length + compromised.length === 0) return [];
  const enabled = await enabledVersions(means, certificate);
  return enabled
    .map((version) => knownOf(credentialOf({ ...certificate, version })))
    .filter(({ id, fingerprint }) => id !== live.id && (gone.includes(fingerprint) || compromised.includes(id)));
}

function ending(view: View): readonly Fingerprint[] {
  const rotation = publishedIn(view);
  const isWished = view.target.wishes.extra?.has('disable-old-version') ?? false;
  return rotation && (isWished || rotation.cause === 'emergency') ? rotation.gone : [];
}

async function endpointOf({ clients }: Means, { target }: View): Promise<string> {
  const { subscription, group, name } = armId(target.resource);
  const { accountEndpoint } = await calling(() => clients.batch(subscription).batchAccountOperations.get(group, name));
  return accountEndpoint ?? '';
}

/** The version that the value names, else the tag. */
export function identifierIn({ secret }: Pick<View, 'secret'>): CertificateIdentifier | undefined {
  const found = certificateIdentifier(secret.value.open());
  const tagged = secret.tags['CredentialId']?.trim().toLowerCase();
  return found && { ...(tagged && { version: tagged }), ...found };
}

export function held(view: Pick<View, 'secret'>): Credential {
  const certificate = identifierIn(view);
  const { value } = view.secret;
  return certificate ? credentialOf(certificate) : { id: '', fingerprint: value.fingerprint, value };
}

function credentialOf(certificate: CertificateIdentifier): Credential {
  const text = certificateId(certificate);
  return { id: certificate.version ?? '', fingerprint: fingerprintOf(text), value: new Sealed(text) };
}
