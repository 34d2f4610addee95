import { setTimeout as sleep } from 'node:timers/promises';
import type { Announcement } from '../narrate.ts';
import type { Stage } from '../stage.ts';
import type { DemoTarget } from '../targets.ts';
import type { User, Users } from '../users.ts';

/** What a story is told on: the app that hears of everything by events, and a person's means. */
export interface Ground extends Pick<Stage, 'azure' | 'scene'> {
  /** What the app announced and decided so far. */
  readonly said: readonly Announcement[];
  readonly tell: (about: DemoTarget, sentence: string) => void;
  /** Asks the app over HTTP, with the host's key. */
  readonly post: (path: string, body: unknown) => Promise<Response>;
  /** Runs a timer's function now, as its schedule would. */
  readonly ring: (timer: string) => Promise<void>;
  /** Lets applications use a secret until they are stopped or the stories are over. */
  readonly use: (users: readonly User[]) => Users;
  /** The stories are over, however they ended. */
  readonly over: AbortSignal;
}

const patienceMs = 20_000;

/** Looks until there is something to be found. */
export async function found<T>({ over }: Ground, what: string, look: () => T | undefined): Promise<T> {
  const deadlineMs = Date.now() + patienceMs;
  while (Date.now() < deadlineMs) {
    const it = look();
    if (it !== undefined) return it;
    await sleep(20, undefined, { signal: over });
  }
  throw new Error(`Waited in vain for ${what}.`);
}

export async function waitUntil({ over }: Ground, atMs: number): Promise<void> {
  await sleep(Math.max(0, atMs - Date.now()), undefined, { signal: over });
}
