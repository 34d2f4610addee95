import { parseVaultObject, type VaultObject } from '../../model/vaultObject.ts';

export type CertificateIdentifier = Omit<VaultObject, 'collection'>;

/**
 * Reads the identifier of a certificate, or of the secret which holds its private key and which nodes are given. Names
 * come in lower case. Returns nothing for any other text.
 */
export function certificateIdentifier(text: string): CertificateIdentifier | undefined {
  const found = parseVaultObject(text);
  if (!found || found.collection === 'keys') return undefined;
  const { vaultUrl, name, version } = found;
  return { vaultUrl, name: name.toLowerCase(), ...(version && { version }) };
}

export function certificateId({ vaultUrl, name, version }: CertificateIdentifier): string {
  return [`${vaultUrl}/certificates/${name}`, ...(version ? [version] : [])].join('/');
}

/** Returns the text as it was, with another version if it had one. A query after the version goes. */
export function withVersion(text: string, version: string): string {
  const before = certificateIdentifier(text)?.version;
  if (before === undefined) return text;
  const [path = ''] = text.trim().split('?');
  return path.replace(/[^/]+\/?$/, version);
}
