import type { KeyProperties, KeyVaultKey } from '@azure/keyvault-keys';
import { OperationError, undefinedIf } from '../../model/operationError.ts';
import type { Reason } from '../../model/reason.ts';
import type { Fingerprint } from '../../model/sealed.ts';
import type { CredentialRef } from '../../model/state.ts';
import type { CredentialId } from '../../model/target.ts';
import { fingerprintsOf } from './keyCredential.ts';
import { keyIdentifier, type KeyIdentifier } from './keyIdentifier.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';
import { isNearEnd, publishedIn } from '../versionedCredential.ts';

/** The version that is named, or the newest. `missing` is what it means that there is none. */
export async function keyAt({ clients }: ProviderDeps, key: KeyIdentifier, missing: Reason): Promise<KeyVaultKey> {
  const { vaultUrl, name, version } = key;
  try {
    return await clients.keys(vaultUrl).getKey(name, version === undefined ? {} : { version });
  } catch (error) {
    const isGone = error instanceof OperationError && error.reason === 'resource-missing'; // the key, or its vault
    throw isGone ? new OperationError(missing, error.detail) : error;
  }
}

/** One version, or nothing where there is none. */
export async function versionAt(deps: ProviderDeps, key: KeyIdentifier): Promise<KeyVaultKey | undefined> {
  return undefinedIf('key-missing', keyAt(deps, key, 'key-missing'));
}

export function versionOf({ properties: { version = '' } }: KeyVaultKey): string {
  return version.toLowerCase();
}

export function isNearExpiry({ properties: { expiresOn, createdOn } }: KeyVaultKey, now: Date): boolean {
  return isNearEnd(expiresOn, createdOn, now);
}

export async function rotatesItself({ clients }: ProviderDeps, { vaultUrl, name }: KeyIdentifier): Promise<boolean> {
  const { lifetimeActions } = await clients.keys(vaultUrl).getKeyRotationPolicy(name);
  return lifetimeActions?.some(({ action }) => action.toLowerCase() === 'rotate') ?? false;
}

/**
 * Versions of the key, older than the live one, that are to end, or leaked, as long as they are enabled. On wish only:
 * whatever else the key has encrypted needs the old version still.
 */
export async function toBeDisabled(
  deps: ProviderDeps,
  input: ProviderInput,
  live: CredentialRef,
): Promise<readonly CredentialRef[]> {
  const key = keyIdentifier(input.secret.value.open());
  const { gone, leaked } = ending(input);
  if (!key || gone.length + leaked.length === 0) return [];
  const all = await versionsOf(deps, key);
  const since = all.find(({ version }) => version === live.id)?.createdOn ?? input.now;
  const older = all.filter(({ enabled, version, createdOn }) => {
    return enabled !== false && version !== live.id && createdOn !== undefined && createdOn <= since;
  });
  return older.flatMap(({ version: id = '' }) => {
    const both = fingerprintsOf(key, id);
    const fingerprint = both.find((each) => gone.includes(each)) ?? (leaked.includes(id) ? both[0] : undefined);
    return fingerprint ? [{ id, fingerprint }] : [];
  });
}

interface Ending {
  readonly gone: readonly Fingerprint[];
  readonly leaked: readonly CredentialId[];
}

function ending(input: ProviderInput): Ending {
  const { target, compromised: leaked = [] } = input;
  if (!target.options.kindOptions?.has('disable-old-version')) return { gone: [], leaked: [] };
  return { gone: publishedIn(input)?.toRevoke ?? [], leaked };
}

async function versionsOf(
  { clients }: ProviderDeps,
  { vaultUrl, name }: KeyIdentifier,
): Promise<readonly KeyProperties[]> {
  return Array.fromAsync(clients.keys(vaultUrl).listPropertiesOfKeyVersions(name));
}

export async function disable({ clients }: ProviderDeps, key: KeyIdentifier, version: string): Promise<void> {
  await clients.keys(key.vaultUrl).updateKeyProperties(key.name, version, { enabled: false });
}

export async function rotate({ clients }: ProviderDeps, { vaultUrl, name }: KeyIdentifier): Promise<KeyVaultKey> {
  return clients.keys(vaultUrl).rotateKey(name);
}
