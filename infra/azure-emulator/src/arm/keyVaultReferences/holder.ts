import type { Clock } from '../../clock.ts';
import type { KeyVault } from '../../keyvault/vault.ts';
import type { SecretPointer } from './pointer.ts';
import { resolve } from './resolve.ts';
import type { Resolution } from './resolve.ts';

/** What a running app has of one secret: the last value that could be fetched, and how the last fetch ended. */
export interface Held {
  readonly pointer: SecretPointer;
  readonly status: Resolution['status'];
  readonly activeVersion: string | undefined;
  readonly value: string | undefined;
}

export interface ReferenceHolder {
  /** By the name the app knows it under. */
  held(): ReadonlyMap<string, Held>;
  /** Fetches every secret anew after so long, and the app restarts with them. */
  refetchAfter(ms: number): void;
  /** Restarts with what was fetched before. */
  restart(): void;
  restarts(): readonly Date[];
  isDown(): boolean;
  /** While it is down it fetches nothing; when it comes up again it fetches everything. */
  setDown(down: boolean): void;
}

export interface HolderOptions {
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
export function createHolder({ clock, keyVault, pointers, periodMs }: HolderOptions): ReferenceHolder {
  const nowMs = () => clock.now().getTime();
  const restarts: Date[] = [];
  const wantedMs = new Set<number>();
  let held: ReadonlyMap<string, Held> = new Map();
  let fetchedMs = 0;
  let down = false;
  fetchAll(nowMs());

  function fetchAll(atMs: number): void {
    const fetched = [...pointers].map(
      ([name, pointer]) => [name, next(held.get(name), pointer, resolve(keyVault, pointer, atMs))] as const,
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

function next(old: Held | undefined, pointer: SecretPointer, found: Resolution): Held {
  const { status } = found;
  if (status !== 'Resolved') return { pointer, status, activeVersion: old?.activeVersion, value: old?.value };
  return { pointer, status, activeVersion: found.version, value: found.value };
}
