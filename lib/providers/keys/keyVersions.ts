import type { KeyVaultKey } from '@azure/keyvault-keys';
import { isAccountIn } from '../../model/naming.ts';
import { OperationError, undefinedIf } from '../../model/operationError.ts';
import type { Reason } from '../../model/reason.ts';
import type { CredentialRef } from '../../model/state.ts';
import { accountsNamedBy, type ListedVersion } from '../followers.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';
import { endsOldVersions, isNearEnd, publishedIn } from '../versionedCredential.ts';
import { fingerprintsOf } from './keyCredential.ts';
import { keyIdentifier, type KeyIdentifier } from './keyIdentifier.ts';

/** Reads the version that is named, or the newest. `reasonIfMissing` says what its absence means. */
export async function keyAt(
  { clients }: ProviderDeps,
  { vaultUrl, name, version }: KeyIdentifier,
  reasonIfMissing: Reason,
): Promise<KeyVaultKey> {
  try {
    return await clients.keys(vaultUrl).getKey(name, version === undefined ? {} : { version });
  } catch (error) {
    const isMissing = error instanceof OperationError && error.reason === 'resource-missing'; // the key, or its vault
    throw isMissing ? new OperationError(reasonIfMissing, error.detail) : error;
  }
}

/** Reads one version, and returns nothing if there is none. */
export async function versionAt(deps: ProviderDeps, key: KeyIdentifier): Promise<KeyVaultKey | undefined> {
  return undefinedIf('key-missing', keyAt(deps, key, 'key-missing'));
}

export function versionOf({ properties: { version = '' } }: KeyVaultKey): string {
  return version.toLowerCase();
}

export function isNearExpiry({ properties: { expiresOn, createdOn } }: KeyVaultKey, now: Date): boolean {
  return isNearEnd(expiresOn, createdOn, now);
}

/** Tells whether a rotation policy of Key Vault makes new versions of the key. */
export async function hasRotationPolicy(
  { clients }: ProviderDeps,
  { vaultUrl, name }: KeyIdentifier,
): Promise<boolean> {
  const { lifetimeActions } = await clients.keys(vaultUrl).getKeyRotationPolicy(name);
  return lifetimeActions?.some(({ action }) => action.toLowerCase() === 'rotate') ?? false;
}

/** Lists every version of a key. */
export async function versionsOf(
  { clients }: ProviderDeps,
  { vaultUrl, name }: KeyIdentifier,
): Promise<readonly ListedVersion[]> {
  return Array.fromAsync(clients.keys(vaultUrl).listPropertiesOfKeyVersions(name));
}

/**
 * Returns the enabled versions that this target may end: older than the live one, and either to be revoked by the
 * rotation under way or leaked. Without the owner's option there are none, because data that the key encrypted
 * elsewhere still needs the old version. Nor are there any if the key does not name the account: the author of one
 * secret must not end what others use (R25, named by the resource).
 */
export async function versionsToEnd(
  deps: ProviderDeps,
  input: ProviderInput,
  live: CredentialRef,
): Promise<readonly CredentialRef[]> {
  const key = keyIdentifier(input.secret.value.open());
  const toRevoke = publishedIn(input)?.toRevoke ?? [];
  const { compromised = [] } = input;
  if (!key || !endsOldVersions(input) || toRevoke.length + compromised.length === 0) return [];
  const versions = deps.objectVaults.includes(key.vaultUrl) ? await versionsOf(deps, key) : [];
  if (!isAccountIn(accountsNamedBy(versions), input.host)) return [];
  return olderThan(versions, live, input.now).flatMap(({ version: id = '' }) => {
    const fingerprints = fingerprintsOf(key, id);
    const used = fingerprints.find((fingerprint) => toRevoke.includes(fingerprint));
    const fingerprint = used ?? (compromised.includes(id) ? fingerprints[0] : undefined);
    return fingerprint ? [{ id, fingerprint }] : [];
  });
}

/** Returns the enabled versions that were made before the live one. */
function olderThan(versions: readonly ListedVersion[], live: CredentialRef, now: Date): readonly ListedVersion[] {
  const since = versions.find(({ version }) => version === live.id)?.createdOn ?? now;
  return versions.filter(({ enabled, version, createdOn }) => {
    return enabled !== false && version !== live.id && createdOn !== undefined && createdOn <= since;
  });
}

/** Replaces the tags of one version. */
export async function tag(
  { clients }: ProviderDeps,
  { vaultUrl, name, version = '' }: KeyIdentifier,
  tags: Record<string, string>,
): Promise<void> {
  await clients.keys(vaultUrl).updateKeyProperties(name, version, { tags });
}

export async function disable({ clients }: ProviderDeps, key: KeyIdentifier, version: string): Promise<void> {
  await clients.keys(key.vaultUrl).updateKeyProperties(key.name, version, { enabled: false });
}

export async function rotate({ clients }: ProviderDeps, { vaultUrl, name }: KeyIdentifier): Promise<KeyVaultKey> {
  return clients.keys(vaultUrl).rotateKey(name);
}
