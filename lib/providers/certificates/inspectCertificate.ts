import type { KeyVaultCertificateWithPolicy } from '@azure/keyvault-certificates';
import { parseArmId } from '../../model/armId.ts';
import { valid, type Check, type Note } from '../../model/check.ts';
import { accountName, accountsTag, isAccountIn, namedAccounts } from '../../model/naming.ts';
import { fingerprintOf, Sealed } from '../../model/sealed.ts';
import type { Credential, Inspection } from '../../model/snapshot.ts';
import type { CredentialRef } from '../../model/state.ts';
import { accountsNamedBy } from '../followers.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';
import {
  credentialRefOf,
  distinct,
  endsOldVersions,
  isRemembered,
  madeBeforeEmergency,
  publishedIn,
} from '../versionedCredential.ts';
import { certificateId, certificateIdentifier, type CertificateIdentifier } from './certificateIdentifier.ts';
import { renews } from './certificatePolicy.ts';
import {
  isFit,
  isNearExpiry,
  issuanceOf,
  newestOf,
  versionOf,
  versionsOf,
  type Version,
} from './certificateVersions.ts';
import { issuanceCheck } from './issuance.ts';
import { notesOn, observingPools } from './observingPools.ts';

export async function inspectCertificate(deps: ProviderDeps, input: ProviderInput): Promise<Inspection> {
  return (await readNewest(deps, input)).inspection;
}

interface Newest {
  readonly inspection: Inspection;
  readonly newest?: KeyVaultCertificateWithPolicy;
}

const missing: Check = { is: 'invalid', reason: 'certificate-missing' };
const notListed: Check = { is: 'invalid', reason: 'vault-not-listed' };

/** Reads the newest version and the policy, and what they mean for the target. */
export async function readNewest(deps: ProviderDeps, input: ProviderInput): Promise<Newest> {
  const host = input.host ?? (await readHost(deps, input));
  const certificate = identifierIn(input);
  const empty = { credentials: [], secretCredential: certificateInSecret(input), host };
  if (!certificate) return { inspection: { ...empty, readiness: valid } };
  if (!deps.objectVaults.includes(certificate.vaultUrl)) return { inspection: { ...empty, readiness: notListed } };
  const newest = await newestOf(deps, certificate);
  if (!newest) return { inspection: { ...empty, readiness: missing } };
  const refusal = await namingRefusal(deps, certificate, newest, host);
  if (refusal) return { inspection: { ...empty, readiness: refusal } };
  return { newest, inspection: { ...(await inspectionOf(deps, input, certificate, newest)), host } };
}

/**
 * Returns why nothing may be done to the certificate for this account: no enabled version names it. The newest one
 * tells without another request, but a renewal may not have carried the tags on (R25, named by the resource).
 */
async function namingRefusal(
  deps: ProviderDeps,
  certificate: CertificateIdentifier,
  { properties }: KeyVaultCertificateWithPolicy,
  host: string,
): Promise<Check | undefined> {
  if (isAccountIn(namedAccounts(properties.tags), host)) return undefined;
  const named = accountsNamedBy(await versionsOf(deps, certificate));
  if (isAccountIn(named, host)) return undefined;
  const accounts = [...new Set([...named, ...(host ? [accountName(host)] : [])])].join(' ');
  const id = certificateId({ ...certificate, version: properties.version });
  const detail = `az keyvault certificate set-attributes --id '${id}' --tags '${accountsTag}=${accounts}' (repeat its other tags)`;
  return { is: 'invalid', reason: 'not-named-by-certificate', detail };
}

/**
 * The newest version is next if it is fit, newer than the one in use and not known to the state already. If the version
 * in use does not exist any more, another certificate took the same name, and its newest version is next.
 */
async function inspectionOf(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: CertificateIdentifier,
  newest: KeyVaultCertificateWithPolicy,
): Promise<Inspection> {
  const { properties } = newest;
  const { version: newestVersion = '' } = properties;
  const inUse = { ...certificate, version: certificate.version ?? newestVersion };
  const before = inUse.version === newestVersion ? properties : await versionOf(deps, inUse);
  const fit = isFit(properties, input.now) ? credentialOf({ ...certificate, version: newestVersion }) : undefined;
  const secretCredential = credentialOf(inUse);
  if (before) return inspectionOfVersions(deps, input, inUse, { newest, before, fit });
  return fit
    ? { readiness: valid, credentials: [credentialRefOf(fit)], secretCredential, next: fit }
    : { readiness: missing, credentials: [], secretCredential };
}

interface Versions {
  readonly newest: KeyVaultCertificateWithPolicy;
  /** The version in use. */
  readonly before: Version;
  /** The newest version, if it is fit. */
  readonly fit: Credential | undefined;
}

async function inspectionOfVersions(
  deps: ProviderDeps,
  input: ProviderInput,
  inUse: CertificateIdentifier,
  { newest: { properties, policy }, before, fit }: Versions,
): Promise<Inspection> {
  const secretCredential = credentialOf(inUse);
  const live = credentialRefOf(secretCredential);
  const next = fit && !isRemembered(input, fit.fingerprint) && isNewer(properties, before) ? fit : undefined;
  const toEnd = await versionsToEnd(deps, input, inUse, live);
  return {
    readiness: next ? valid : await lastRequestCheck(deps, input, inUse),
    credentials: distinct([live, ...madeBeforeEmergency(input, next), ...toEnd]),
    ...{ secretCredential, live, next },
    ...startCauseOf(fit ? properties : before, next !== undefined, input.now),
    notes: [
      ...(policy && !renews(policy) ? [{ reason: 'no-auto-renew' } as const] : []),
      ...(await auditPoolsOnce(deps, input, inUse)),
    ],
  };
}

/** Reports on the pools when the certificate is onboarded. Later every rotation checks them. */
async function auditPoolsOnce(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: CertificateIdentifier,
): Promise<readonly Note[]> {
  if (input.state.stateBinding) return [];
  const pools = await observingPools(deps, input, certificateId(certificate));
  return pools.length > 0 ? notesOn(pools) : [{ reason: 'certificate-unobserved' }];
}

const epoch = new Date(0);

function isNewer(newest: Version, before: Version): boolean {
  return newest.version !== before.version && (newest.createdOn ?? epoch) >= (before.createdOn ?? epoch);
}

/** Checks the last request for a version in the phases in which one may be on its way. */
async function lastRequestCheck(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: CertificateIdentifier,
): Promise<Check> {
  const phase = input.state.rotation?.phase;
  if (phase !== 'generate' && phase !== 'publish') return valid;
  return issuanceCheck(input, await issuanceOf(deps, certificate), certificate.name);
}

function startCauseOf(version: Version, hasNext: boolean, now: Date): Pick<Inspection, 'startCause'> {
  if (hasNext) return { startCause: 'new-version' };
  return version.enabled === false || isNearExpiry(version, now) ? { startCause: 'near-expiry' } : {};
}

/** Returns the old, still enabled versions that are to be revoked by the owner's option or an emergency, or leaked. */
async function versionsToEnd(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: CertificateIdentifier,
  live: CredentialRef,
): Promise<readonly CredentialRef[]> {
  const { compromised = [] } = input;
  const rotation = publishedIn(input);
  const toRevoke = rotation && (endsOldVersions(input) || rotation.cause === 'emergency') ? rotation.toRevoke : [];
  if (toRevoke.length + compromised.length === 0) return [];
  const versions = await versionsOf(deps, certificate);
  return versions
    .flatMap(({ version, enabled }) => (version && enabled !== false ? [version] : []))
    .map((version) => credentialRefOf(credentialOf({ ...certificate, version })))
    .filter(({ id, fingerprint }) => id !== live.id && (toRevoke.includes(fingerprint) || compromised.includes(id)));
}

async function readHost({ clients }: ProviderDeps, { target }: ProviderInput): Promise<string> {
  const { subscription, group, name } = parseArmId(target.resource);
  const { accountEndpoint } = await clients.batch(subscription).batchAccountOperations.get(group, name);
  return accountEndpoint ?? '';
}

/** Returns the certificate with the version that the value names, or else the tag. */
export function identifierIn({ secret }: Pick<ProviderInput, 'secret'>): CertificateIdentifier | undefined {
  const certificate = certificateIdentifier(secret.value.open());
  const taggedId = secret.tags['CredentialId']?.trim().toLowerCase();
  return certificate && { ...(taggedId && { version: taggedId }), ...certificate };
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
