export interface CertificateIdentifier {
  readonly vaultUrl: string;
  readonly name: string;
  readonly version?: string;
}

/** A certificate's own identifier, or that of the secret which holds its private key and is named to nodes. */
const shape = /^(https:\/\/[0-9a-z.:-]+)\/(?:certificates|secrets)\/([0-9A-Za-z-]+)(?:\/([0-9A-Za-z]+))?\/?$/i;

/** One spelling: Key Vault does not tell names apart by case. Nothing for what is no identifier. */
export function certificateIdentifier(text: string): CertificateIdentifier | undefined {
  const [, vaultUrl, name, version] = shape.exec(text.trim()) ?? [];
  if (!vaultUrl || !name) return undefined;
  const base = { vaultUrl: vaultUrl.toLowerCase(), name: name.toLowerCase() };
  return { ...base, ...(version && { version: version.toLowerCase() }) };
}

export function certificateId({ vaultUrl, name, version }: CertificateIdentifier): string {
  return [`${vaultUrl}/certificates/${name}`, ...(version ? [version] : [])].join('/');
}

/** The text as it was, with another version where it had one. */
export function withVersion(text: string, version: string): string {
  const before = certificateIdentifier(text)?.version;
  return before === undefined ? text : text.trim().replace(/[^/]+\/?$/, version);
}
