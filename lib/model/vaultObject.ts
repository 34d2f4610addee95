/** A secret, key or certificate in a vault, or one version of it. */
export interface VaultObject {
  /** As in `https://name.vault.azure.net`, in lower case and without a slash at the end. */
  readonly vaultUrl: string;
  readonly collection: 'secrets' | 'keys' | 'certificates';
  /** As written: Key Vault does not tell names apart by case. */
  readonly name: string;
  /** Lower case, as Key Vault writes versions. */
  readonly version?: string | undefined;
}

const shape =
  /^(https:\/\/[^/?#@\\\s]+)\/(secrets|keys|certificates)\/([0-9a-z-]{1,127})(?:\/([0-9a-z]+))?\/?(?:\?[^#\s]*)?$/i;

/**
 * Reads an identifier in any spelling that Key Vault takes, and returns nothing for any other text. The SDK's own
 * parsers throw then, quote the text, and know one collection each. Paths are not resolved: `a/../b` names nothing.
 */
export function parseVaultObject(text: string): VaultObject | undefined {
  const [, vault = '', collection, name, version] = shape.exec(text.trim()) ?? [];
  if (!URL.canParse(vault) || !collection || !name) return undefined;
  return {
    vaultUrl: new URL(vault).origin,
    collection: collection.toLowerCase() as VaultObject['collection'],
    name,
    version: version?.toLowerCase(),
  };
}
