import { setTimeout as sleep } from 'node:timers/promises';
import type { Vault } from '../azure-emulator/src/index.ts';
import { currentKey } from './targets.ts';
import type { DemoTarget } from './targets.ts';

/** An application that takes the secret up, holds it for so long, uses it all the while and never tries twice. */
export interface User {
  readonly name: string;
  readonly vault: Vault;
  readonly target: DemoTarget;
  readonly read: () => Promise<string>;
  readonly holdMs: number;
  /** Before it reads for the first time. */
  readonly delayMs?: number;
}

/** What became of its calls. */
export interface Trail {
  readonly name: string;
  calls: number;
  /** Calls with a key that was not the secret's current one any more. */
  withOldKey: number;
  readonly failures: { readonly atMs: number; readonly why: string }[];
  /** The keys it took up, and when. */
  readonly keys: { readonly atMs: number; readonly key: string }[];
}

export interface Users {
  readonly trails: readonly Trail[];
  stop(): Promise<void>;
}

const pauseMs = 40;

/** Until they are stopped, or everything is over. */
export function startUsers(users: readonly User[], over?: AbortSignal): Users {
  const stopping = new AbortController();
  const signal = over ? AbortSignal.any([stopping.signal, over]) : stopping.signal;
  const trails = users.map(({ name }): Trail => ({ name, calls: 0, withOldKey: 0, failures: [], keys: [] }));
  const loops = users.map(async (user, index) => {
    const trail = trails[index];
    await pause(user.delayMs ?? 0, signal);
    while (trail && !signal.aborted) await holdOnce(user, trail, signal);
  });
  return {
    trails,
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function holdOnce(user: User, trail: Trail, signal: AbortSignal): Promise<void> {
  const { vault, target, holdMs } = user;
  const untilMs = Date.now() + holdMs;
  const value = await attempt(trail, 'reading the secret', user.read);
  if (value === undefined) return pause(pauseMs, signal);
  const key = target.keyIn(value);
  if (trail.keys.at(-1)?.key !== key) trail.keys.push({ atMs: Date.now(), key });
  do {
    trail.calls += 1;
    if (key !== currentKey(vault, target)) trail.withOldKey += 1;
    await attempt(trail, `calling ${target.resource.name}`, () => target.call(key).then(assertGood));
    await pause(pauseMs, signal);
  } while (!signal.aborted && Date.now() < untilMs);
}

async function attempt<T>(trail: Trail, doing: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    trail.failures.push({ atMs: Date.now(), why: `${doing}: ${String(error)}` });
    return undefined;
  }
}

export async function assertGood(response: Response): Promise<Response> {
  if (response.ok) {
    if (response.status === 202) await response.body?.cancel();
    return response;
  }
  await response.body?.cancel(); // a refusal may repeat the signature
  throw new Error(String(response.status));
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
