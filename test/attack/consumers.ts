import { later } from '../../lib/model/clock.ts';
import { hasKeys } from './people.ts';
import type { Ledger } from './ledger.ts';
import type { AttackTarget } from './world.ts';

/** How a target's consumers reach the vault and the service. Answers a status, or 0 where no answer came. */
export interface Reach {
  read(target: AttackTarget): Promise<{ readonly status: number; readonly value?: string }>;
  call(target: AttackTarget, value: string): Promise<number>;
}

/** A consumer reads the secret, calls with what it read for 0.8 of the overlap, and never retries. */
export interface Consumer {
  readonly target: AttackTarget;
  held: { readonly value: string; readonly readAt: Date; readonly until: Date } | undefined;
}

/** `outage`: the service answered no refusal but a planted fault, or not at all. */
type FailureCause = 'person' | 'emergency' | 'outage' | 'app';

interface FailedCall {
  readonly target: AttackTarget;
  readonly at: Date;
  readonly readAt: Date;
  readonly status: number;
}

export interface Tally {
  calls: number;
  readonly failed: Record<FailureCause, number>;
  /** What nothing but the app explains. */
  readonly unexplained: FailedCall[];
}

export function newTally(): Tally {
  return { calls: 0, failed: { person: 0, emergency: 0, outage: 0, app: 0 }, unexplained: [] };
}

const heldFor = 0.8;

/** Makes so many consumers of a target. The first read of each comes at another time of the overlap. */
export function consumersOf(target: AttackTarget, count: number, from: Date): Consumer[] {
  return Array.from({ length: count }, (_, nth) => {
    const { value } = target.vault.current(target.name) ?? { value: '' };
    const until = later(from, ((nth + 1) / count) * heldFor * target.overlapMs);
    return { target, held: { value, readAt: from, until } };
  });
}

interface Calling {
  readonly reach: Reach;
  readonly ledger: Ledger;
  readonly tally: Tally;
  now(): Date;
}

/** One call of a consumer, which reads the secret before it where its time is over. */
export async function callOnce(consumer: Consumer, calling: Calling): Promise<void> {
  const { target } = consumer;
  const { reach, tally, now } = calling;
  if (consumer.held === undefined || consumer.held.until <= now()) consumer.held = await readSecret(target, calling);
  const { held } = consumer;
  if (held === undefined) return;
  const status = await reach.call(target, held.value);
  tally.calls += 1;
  if (status < 200 || status >= 300) recordFailure(consumer.target, held, status, calling);
}

/** A version that a person disabled cannot be read; a read that fails is made again with the next call. */
async function readSecret(target: AttackTarget, { reach, now }: Calling): Promise<Consumer['held']> {
  const readAt = now();
  const { value } = await reach.read(target);
  return value === undefined ? undefined : { value, readAt, until: later(readAt, heldFor * target.overlapMs) };
}

function recordFailure(
  target: AttackTarget,
  { value, readAt }: NonNullable<Consumer['held']>,
  status: number,
  { ledger, tally, now }: Calling,
): void {
  const cause = causeOf(target, value, status, ledger);
  tally.failed[cause] += 1;
  if (cause === 'app') tally.unexplained.push({ target, at: now(), readAt, status });
}

const refusals: readonly number[] = [401, 403];

function causeOf(target: AttackTarget, value: string, status: number, ledger: Ledger): FailureCause {
  if (!refusals.includes(status)) return 'outage';
  return (hasKeys(target) ? ledger.explain(target, target.keyIn(value)) : undefined) ?? 'app';
}
