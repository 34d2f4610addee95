import { fingerprintOf, type Fingerprint } from './sealed.ts';
import { parseVaultObject } from './vaultObject.ts';

/** Names one credential of a resource: for access keys the key's name, else a key or certificate version. */
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

/** What the user asks for by tag, completed by the settings. */
export interface TargetOptions {
  readonly validityMs: number;
  /** Absent = derived from the validity. */
  readonly leadMs?: number | undefined;
  readonly overlapMs: number;
  readonly window?: Window | undefined;
  readonly paused: boolean;
  readonly proof: 'required' | 'best-effort';
  /** Does the old credential live on for consumers that are not seen on the new version when settle ends? */
  readonly consumers: 'wait' | 'proceed';
  /** What kinds may be asked for besides, by a word each in RotationOptions. */
  readonly kindOptions?: ReadonlySet<KindOption> | undefined;
  /** Tag RotationKey, as written: the key wanted, or who is to have it. */
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

/** One spelling for every way to write an ARM id: names in it are case-insensitive. */
export function normalizedId(resource: string): string {
  return resource.replace(/\/+$/, '').toLowerCase();
}

export function resourceHash(resource: string): Fingerprint {
  return fingerprintOf(normalizedId(resource));
}

declare const checked: unique symbol;
/** A credential id that was held against the live one. Only `spare` makes it, and only it can be regenerated. */
export interface RevocableCredential<Id extends CredentialId = CredentialId> {
  readonly id: Id;
  readonly [checked]: true;
}

/** Answers nothing where `id` is the live credential by value or by tag (promise 1, live credential protected). */
export function revocable<Id extends CredentialId>(
  id: Id,
  live: CredentialId,
  taggedId: CredentialId | undefined,
): RevocableCredential<Id> | undefined {
  return id === live || id === taggedId ? undefined : ({ id } as RevocableCredential<Id>);
}
