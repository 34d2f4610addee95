import { fingerprintOf, type Fingerprint } from './sealed.ts';
import { parseVaultObject } from './vaultObject.ts';

/** Names a credential of a resource: the name of an access key, or the version of a key or certificate. */
export type CredentialId = string;

export interface SecretName {
  /** As in `https://name.vault.azure.net`, without a trailing slash. */
  readonly vaultUrl: string;
  readonly name: string;
}

/** `https://name.vault.azure.net/secrets/name`: how logs, claims and events name a target.
 * Key Vault does not tell names apart by case. */
export function secretUrl({ vaultUrl, name }: SecretName): string {
  return `${vaultUrl}/secrets/${name}`.toLowerCase();
}

/** Returns nothing for the URL of a version, too. */
export function secretFromUrl(url: string): SecretName | undefined {
  const { vaultUrl, collection, name, version } = parseVaultObject(url) ?? {};
  return vaultUrl && name && collection === 'secrets' && !version ? { vaultUrl, name } : undefined;
}

/** Hours of the day in which a rotation may start, in the wall clock of a time zone. */
export interface Window {
  /** ISO weekdays (1 = Monday) on which it opens. */
  readonly days: readonly number[];
  readonly opensAtMinute: number;
  readonly lengthMinutes: number;
  readonly timeZone: string;
}

/** Requests of the owner by tag, completed by the settings. */
export interface TargetOptions {
  readonly validityMs: number;
  /** Absent = derived from the validity. */
  readonly leadMs?: number | undefined;
  readonly overlapMs: number;
  readonly window?: Window | undefined;
  readonly paused: boolean;
  readonly proof: 'required' | 'best-effort';
  /** Whether the old credential lives on after the overlap for consumers that are not on the new version. */
  readonly consumers: 'wait' | 'proceed';
  /** Further options of single kinds, each a word in RotationOptions. */
  readonly kindOptions?: ReadonlySet<KindOption> | undefined;
  /** Tag RotationKey, as written: a key, or a word for the service's own key. */
  readonly key?: string | undefined;
}

export const kindOptions = ['disable-old-version', 'auto-renew', 'versionless'] as const;
type KindOption = (typeof kindOptions)[number];

/** A Key Vault secret that carries rotation tags. */
export interface Target {
  readonly secret: SecretName;
  readonly kind: string;
  /** The ARM resource id as the user wrote it. */
  readonly resource: string;
  readonly options: TargetOptions;
}

/** Returns one spelling for every way to write an ARM id: names in it are case-insensitive. */
export function normalizedId(resource: string): string {
  return resource.replace(/\/+$/, '').toLowerCase();
}

export function resourceHash(resource: string): Fingerprint {
  return fingerprintOf(normalizedId(resource));
}

declare const checked: unique symbol;
/** The id of a credential that may be regenerated or disabled. Only `revocable` makes it. */
export interface RevocableCredential<Id extends CredentialId = CredentialId> {
  readonly id: Id;
  readonly [checked]: true;
}

/**
 * Returns nothing if the credential is live.
 *
 * It counts as live if the value says so, or if the tag says so: consumers may have followed either. Providers take a
 * `RevocableCredential` where they regenerate or disable, and no other function makes one, so no path in the code can
 * end a credential without this comparison (promise 1, live credential protected).
 */
export function revocable<Id extends CredentialId>(
  id: Id,
  live: CredentialId,
  taggedId: CredentialId | undefined,
): RevocableCredential<Id> | undefined {
  return id === live || id === taggedId ? undefined : ({ id } as RevocableCredential<Id>);
}
