import type { KeyVault, Vault } from '../key-vault/index.ts';
import type { Clock } from '../shared/clock.ts';

/** A reference to a secret: an address with or without a version, or names. */
export type SecretSource =
  string | { readonly vaultName: string; readonly secretName: string; readonly secretVersion?: string };

export interface SecretPointer {
  /** The vault's authority, or its name if the reference uses names. */
  readonly vault: string;
  readonly secretName: string;
  /** Set if the app wants exactly this version. */
  readonly secretVersion: string | undefined;
  /** The text in the app's settings. */
  readonly reference: string;
}

/** Reads both forms of https://learn.microsoft.com/azure/app-service/app-service-key-vault-references. */
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

/** The words of App Service's `ResolveStatus`, which has none for a disabled secret. */
type UnresolvedStatus =
  'VaultNotFound' | 'SecretNotFound' | 'SecretVersionNotFound' | 'AccessToKeyVaultDenied' | 'OtherReasons';

type Resolution =
  | { readonly status: 'Resolved'; readonly version: string; readonly value: string }
  | { readonly status: UnresolvedStatus };

/** Returns what a platform got that fetched the secret at this time. */
export function resolveReference({ vaults }: KeyVault, pointer: SecretPointer, atMs: number): Resolution {
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

/** One secret in a running app: the last value that was fetched, and how the last fetch ended. */
export interface ResolvedReference {
  readonly pointer: SecretPointer;
  readonly status: Resolution['status'];
  readonly activeVersion: string | undefined;
  readonly value: string | undefined;
}

interface ReferenceHolder {
  /** By the app's own name for the secret. */
  held(): ReadonlyMap<string, ResolvedReference>;
  /** Fetches every secret again after this time and restarts the app with the values. */
  refetchAfter(ms: number): void;
  /** Restarts the app with the values fetched before. */
  restart(): void;
  restarts(): readonly Date[];
  isDown(): boolean;
  /** A stopped app fetches nothing; it fetches everything when it starts again. */
  setDown(down: boolean): void;
}

interface HolderOptions {
  readonly clock: Clock;
  readonly keyVault: KeyVault;
  readonly pointers: ReadonlyMap<string, SecretPointer>;
  /** How long after a fetch everything is fetched again. */
  readonly periodMs: number;
}

/**
 * The part of an app's platform that fetches secrets from Key Vault. It acts by the clock and catches up on demand:
 * each missed fetch sees the secrets as they were at its time.
 */
export function createReferenceHolder({ clock, keyVault, pointers, periodMs }: HolderOptions): ReferenceHolder {
  const nowMs = () => clock.now().getTime();
  const restarts: Date[] = [];
  const wantedMs = new Set<number>();
  let held: ReadonlyMap<string, ResolvedReference> = new Map();
  let fetchedMs = 0;
  let down = false;
  fetchAll(nowMs());

  function fetchAll(atMs: number): void {
    const fetched = [...pointers].map(
      ([name, pointer]) =>
        [name, nextReference(held.get(name), pointer, resolveReference(keyVault, pointer, atMs))] as const,
    );
    held = new Map(fetched);
    fetchedMs = atMs;
  }
  /** A running app gets a new value only by a restart. */
  function refetch(atMs: number): void {
    const before = held;
    fetchAll(atMs);
    const moved = [...held].some(([name, { activeVersion }]) => activeVersion !== before.get(name)?.activeVersion);
    if (wantedMs.delete(atMs) || moved) restarts.push(new Date(atMs));
  }
  function catchUp(): void {
    const dueMs = () => Math.min(fetchedMs + periodMs, ...wantedMs);
    while (!down && dueMs() <= nowMs()) refetch(dueMs());
  }
  function setDown(wanted: boolean): void {
    catchUp();
    const comesUp = down && !wanted;
    down = wanted;
    if (!comesUp) return;
    wantedMs.clear();
    fetchAll(nowMs());
    restarts.push(clock.now());
  }
  return {
    held() {
      catchUp();
      return held;
    },
    refetchAfter(ms) {
      catchUp();
      wantedMs.add(nowMs() + ms);
    },
    restart() {
      catchUp();
      restarts.push(clock.now());
    },
    restarts() {
      catchUp();
      return restarts;
    },
    isDown: () => down,
    setDown,
  };
}

function nextReference(
  old: ResolvedReference | undefined,
  pointer: SecretPointer,
  found: Resolution,
): ResolvedReference {
  const { status } = found;
  if (status !== 'Resolved') return { pointer, status, activeVersion: old?.activeVersion, value: old?.value };
  return { pointer, status, activeVersion: found.version, value: found.value };
}
