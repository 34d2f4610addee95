import type { KeyVault } from '../../keyvault/vault.ts';

/** What the Batch service asks a vault in an account's name. */
export interface KeyAccess extends Pick<KeyVault, 'canWrap'> {
  /** The newest enabled version of the key. */
  newestVersion(keyIdentifier: string): string | undefined;
}

export function keyAccess({ vaults, canWrap }: KeyVault): KeyAccess {
  function newestVersion(keyIdentifier: string): string | undefined {
    const { host, pathname } = new URL(keyIdentifier);
    const versions = vaults.get(host)?.keys.versions(pathname.split('/')[2] ?? '') ?? [];
    return versions.findLast(({ enabled }) => enabled)?.version;
  }
  return { canWrap, newestVersion };
}

/** Outside its dates a key does not wrap, but what it wrapped can still be read. */
export function unwraps(keys: KeyAccess, keyIdentifier: string, principalId: string): boolean {
  return ['yes', 'KeyNotYetValid', 'KeyExpired'].includes(keys.canWrap(keyIdentifier, principalId));
}
