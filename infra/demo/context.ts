import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSpec } from '../azure-emulator/src/index.ts';
import type { App } from './app.ts';
import type { Announcement, AppLog, Print } from './appLog.ts';
import { startConsumers } from './consumers.ts';
import type { Consumer, Consumers } from './consumers.ts';
import type { Environment } from './environment.ts';
import type { DemoTarget } from './targets.ts';

/** What every part of the demo works with. */
export interface DemoContext extends Pick<Environment, 'azure' | 'vault'> {
  readonly log: AppLog;
  readonly print: Print;
  /** Aborted when the demo ends, for whatever reason. */
  readonly signal: AbortSignal;
}

export interface DemoOptions {
  readonly overlapMs: number;
  readonly mode: 'rotate' | 'observe';
  readonly faults: readonly FaultSpec[];
  /** Ends the demo when everything is shown. Otherwise everything stays up until it is interrupted. */
  readonly isOnce: boolean;
  readonly interrupted: Promise<unknown>;
}

/** What the demo works with while the app runs. */
export interface Demo extends DemoContext, Pick<Environment, 'targets'> {
  readonly options: DemoOptions;
  readonly consumers: Consumers;
  startApp(settings?: Record<string, string>, schedule?: string): App;
}

const patienceMs = 30_000;

/** Polls until `find` returns something. */
export async function waitFor<T>(context: DemoContext, what: string, find: () => T | undefined): Promise<T> {
  const deadlineMs = Date.now() + patienceMs;
  while (Date.now() < deadlineMs) {
    const found = find();
    if (found !== undefined) return found;
    await sleep(20, undefined, { signal: context.signal });
  }
  throw new Error(`Waited in vain for ${what}.`);
}

export async function waitUntil({ signal }: DemoContext, at: Date | undefined): Promise<void> {
  await sleep(Math.max(0, (at?.getTime() ?? 0) - Date.now()), undefined, { signal });
}

/** Waits for the first announcement of a type about a secret, such as `Rotation.Completed`. */
export function waitForAnnouncement(context: DemoContext, { secret }: DemoTarget, type: string): Promise<Announcement> {
  const subject = secretUrl(context, secret);
  return waitFor(context, `${type} of ${secret}`, () =>
    context.log.announcements.find((each) => each.type === `Keyturn.${type}` && each.subject === subject),
  );
}

export function secretUrl({ vault }: Pick<DemoContext, 'vault'>, secret: string): string {
  return `${vault.uri}/secrets/${secret}`;
}

/** Starts consumers, and returns once each has made a call. */
export async function startCalling(context: DemoContext, consumers: readonly Consumer[]): Promise<Consumers> {
  const started = startConsumers(consumers, context.signal);
  await waitFor(context, 'the first calls', () => started.records.every(({ calls }) => calls > 0) || undefined);
  return started;
}
