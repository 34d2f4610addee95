import { parseVaultObject, type VaultObject } from '../../model/vaultObject.ts';

/** The name, in encryption properties, of the service's own keys. */
export const byService = 'Microsoft.Batch';

export type KeyIdentifier = Omit<VaultObject, 'collection'>;

/** Returns nothing for a text that does not identify a key. */
export function keyIdentifier(text: string): KeyIdentifier | undefined {
  const found = parseVaultObject(text);
  return found?.collection === 'keys' ? found : undefined;
}

export function keyUrl({ vaultUrl, name, version }: KeyIdentifier): string {
  return [`${vaultUrl}/keys/${name.toLowerCase()}`, ...(version ? [version] : [])].join('/');
}

/** Returns the one spelling of a key or of `Microsoft.Batch`, and nothing for any other text. */
export function normalisedKey(text: string): string | undefined {
  if (text.trim().toLowerCase() === byService.toLowerCase()) return byService;
  const key = keyIdentifier(text);
  return key && keyUrl(key);
}

/** Returns the key without its version. */
export function baseOf(text: string): string | undefined {
  const key = keyIdentifier(text);
  return key && keyUrl(withoutVersion(key));
}

export function withoutVersion({ vaultUrl, name }: KeyIdentifier): KeyIdentifier {
  return { vaultUrl, name };
}

/** Batch follows the newest version of a key that it knows without one (azure-facts: Batch encryption). */
export function isFollowed(text: string): boolean {
  const key = keyIdentifier(text);
  return key !== undefined && key.version === undefined;
}
