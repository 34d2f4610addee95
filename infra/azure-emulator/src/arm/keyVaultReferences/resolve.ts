import type { KeyVault, Vault } from '../../keyvault/vault.ts';
import type { SecretPointer } from './pointer.ts';

/** Words of App Service's `ResolveStatus`; it has none for a disabled secret. */
type Failure = 'VaultNotFound' | 'SecretNotFound' | 'SecretVersionNotFound' | 'AccessToKeyVaultDenied' | 'OtherReasons';

export type Resolution =
  { readonly status: 'Resolved'; readonly version: string; readonly value: string } | { readonly status: Failure };

/** What a platform that fetched the secret at this time was answered. */
export function resolve({ vaults }: KeyVault, pointer: SecretPointer, atMs: number): Resolution {
  const { vault: named, secretName, secretVersion } = pointer;
  const vault = [...vaults.values()].find(({ authority, name }) => authority === named || name === named);
  if (!vault) return { status: 'VaultNotFound' };
  if (vault.rules.firewall || vault.rules.denied.has('getSecret')) return { status: 'AccessToKeyVaultDenied' };
  const there = versionsAt(vault, secretName, atMs);
  if (there.length === 0) return { status: 'SecretNotFound' };
  const found = secretVersion === undefined ? there.at(-1) : there.find(({ version }) => version === secretVersion);
  if (!found) return { status: 'SecretVersionNotFound' };
  return found.enabled
    ? { status: 'Resolved', version: found.version, value: found.value }
    : { status: 'OtherReasons' };
}

function versionsAt(vault: Vault, secretName: string, atMs: number) {
  return vault.versions(secretName).filter(({ createdOn }) => createdOn.getTime() <= atMs);
}
