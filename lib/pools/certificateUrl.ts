import { parseVaultObject } from '../model/vaultObject.ts';

/** The URL of a certificate in the settings of nodes. */
export interface CertificateUrl {
  readonly host: string;
  readonly name: string;
  /** Only `secrets` answers with the private key. */
  readonly isSecret: boolean;
  readonly version?: string | undefined;
}

/** Reads any spelling that Key Vault takes: case and a slash at the end make no difference. */
export function certificateUrl(text: string): CertificateUrl | undefined {
  const found = parseVaultObject(text);
  if (!found) return undefined;
  const { vaultUrl, collection, name, version } = found;
  return { host: new URL(vaultUrl).host, name, isSecret: collection === 'secrets', version };
}

export function isSame(one: CertificateUrl, other: CertificateUrl | undefined): boolean {
  return one.host === other?.host && one.name.toLowerCase() === other.name.toLowerCase();
}

/**
 * The form that renews: the secret holds certificate and private key, and no version is pinned (azure-facts: Key Vault
 * extension).
 */
export function renewingUrl({ host, name }: CertificateUrl): string {
  return `https://${host}/secrets/${name}`;
}
