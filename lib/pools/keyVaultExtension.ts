export type Os = 'linux' | 'windows';

/** How a certificate is observed: in a list of URLs, in a list of objects, or by a URL where a list belongs. */
export type Form = 'text' | 'object' | 'bare';

export const publisher = 'Microsoft.Azure.KeyVault';

/** The oldest major version that Microsoft's pages still describe: Linux 3.0, Windows 3.0 (Batch) and 4.0 (compute). */
export const oldestMajor = 3;

/** The name of the extension, and the version that a new pool gets (azure-facts: Key Vault extension). */
export const extensionFor = {
  linux: { type: 'KeyVaultForLinux', newestMajor: 3 },
  windows: { type: 'KeyVaultForWindows', newestMajor: 4 },
} satisfies Record<Os, { type: string; newestMajor: number }>;

const metadata = 'http://169.254.169.254/metadata/identity';

/** The compute pages show one form for Linux and the other for Windows, the Batch pages the first for both. */
export const msiEndpoints = { linux: metadata, windows: `${metadata}/oauth2/token` } satisfies Record<Os, string>;

export function isMsiEndpoint(text: string): boolean {
  return Object.values(msiEndpoints).includes(text.trim().replace(/\/+$/, ''));
}

/** Returns 3 for `3.0` and for `3.0.1363.13`, and nothing for a text that is no version. */
export function majorOf(version: string | undefined): number | undefined {
  const [, major] = /^([1-9]\d?)(?:\.\d+){0,3}$/.exec(version?.trim() ?? '') ?? [];
  return major === undefined ? undefined : Number(major);
}

/** Version 3.0 for Linux is documented with two forms: objects for virtual machines, text for Batch. */
export function documentedForms(os: Os, major: number): readonly Form[] {
  if (major < 3) return ['text'];
  return os === 'linux' ? ['text', 'object'] : ['object'];
}

/** Windows 4.0 takes 5 to 60 minutes only. Elsewhere a day is the longest interval that a renewal can count on. */
export function pollingLimits(os: Os, major: number): { readonly leastS: number; readonly mostS: number } {
  return isWindows4(os, major) ? { leastS: 300, mostS: 3600 } : { leastS: 1, mostS: 86_400 };
}

/** Windows 4.0 needs fewer settings: it polls hourly by default, and always waits for the first certificates. */
export function isWindows4(os: Os, major: number): boolean {
  return os === 'windows' && major >= 4;
}
