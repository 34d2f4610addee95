import type { KeyVault, Vault } from '../key-vault/state.ts';
import type { Clock } from '../shared/clock.ts';

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

/** Words of App Service's `ResolveStatus`; it has none for a disabled secret. */
type Failure = 'VaultNotFound' | 'SecretNotFound' | 'SecretVersionNotFound' | 'AccessToKeyVaultDenied' | 'OtherReasons';

type Resolution =
  { readonly status: 'Resolved'; readonly version: string; readonly value: string } | { readonly status: Failure };

/** What a platform that fetched the secret at this time was answered. */
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

/** What a running app has of one secret: the last value that could be fetched, and how the last fetch ended. */
export interface ResolvedReference {
  readonly pointer: SecretPointer;
  readonly status: Resolution['status'];
  readonly activeVersion: string | undefined;
  readonly value: string | undefined;
}

interface ReferenceHolder {
  /** By the name the app knows it under. */
  held(): ReadonlyMap<string, ResolvedReference>;
  /** Fetches every secret anew after so long, and the app restarts with them. */
  refetchAfter(ms: number): void;
  /** Restarts with what was fetched before. */
  restart(): void;
  restarts(): readonly Date[];
  isDown(): boolean;
  /** While it is down it fetches nothing; when it comes up again it fetches everything. */
  setDown(down: boolean): void;
}

interface HolderOptions {
  readonly clock: Clock;
  readonly keyVault: KeyVault;
  readonly pointers: ReadonlyMap<string, SecretPointer>;
  /** Everything is fetched anew that long after the last time, whoever asks. */
  readonly periodMs: number;
}

/**
 * An app's platform that fetches secrets from Key Vault. It acts by the clock, when it is looked at: what happened
 * since the last look is made up for, each fetch with the secrets as they were at its time.
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
  /** A new value reaches a running app only by a restart. */
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
