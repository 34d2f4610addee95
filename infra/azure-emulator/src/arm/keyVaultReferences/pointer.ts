/** How an app names a secret: by the secret's address, with or without a version, or by names. */
export type SecretSource =
  string | { readonly vaultName: string; readonly secretName: string; readonly secretVersion?: string };

export interface SecretPointer {
  /** The vault's authority, or its name where names are given. */
  readonly vault: string;
  readonly secretName: string;
  /** Set where the app wants this version and no other. */
  readonly secretVersion: string | undefined;
  /** As it stands in the app's settings. */
  readonly reference: string;
}

/** Both forms of https://learn.microsoft.com/azure/app-service/app-service-key-vault-references. */
export function pointerTo(source: SecretSource): SecretPointer {
  if (typeof source !== 'string') {
    const { vaultName, secretName, secretVersion } = source;
    const names = [`VaultName=${vaultName}`, `SecretName=${secretName}`];
    const parts = secretVersion === undefined ? names : [...names, `SecretVersion=${secretVersion}`];
    return { vault: vaultName, secretName, secretVersion, reference: referenceOf(parts.join(';')) };
  }
  const { host, pathname } = new URL(source);
  const [, , secretName = '', secretVersion] = pathname.split('/');
  const reference = referenceOf(`SecretUri=${source}`);
  return { vault: host, secretName, secretVersion: secretVersion === '' ? undefined : secretVersion, reference };
}

function referenceOf(text: string): string {
  return `@Microsoft.KeyVault(${text})`;
}
