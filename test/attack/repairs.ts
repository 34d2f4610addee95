import { hour, later, minute, second } from '../../lib/model/clock.ts';
import { callFailed, type Excuse, type Ledger, type Repair } from './ledger.ts';
import type { AttackTarget } from './world.ts';

/** How long a repair may take after the last thing that it had to wait for. */
export interface Limits {
  readonly sweepMs: number;
  /** The end of the run. */
  readonly end: Date;
  /** When an event was delivered, by its id, in order; `lost`: it never will be. */
  readonly deliveries: ReadonlyMap<string, readonly Date[] | 'lost'>;
  readonly held: ReadonlySet<AttackTarget>;
}

export interface JudgedRepair extends Repair {
  readonly tookMs: number;
  readonly isDone: boolean;
  /** What it waited for, one after the other. */
  readonly met: readonly Excuse[];
  /** The first of these in a word, or `nothing`. */
  readonly cause: string;
  readonly isLate: boolean;
}

/**
 * A repair is late if it takes more than a minute, not counting what stood in its way. Behind something that did, the
 * next sweep finds it.
 */
export function judgeRepairs(ledger: Ledger, world: readonly Excuse[], limits: Limits): readonly JudgedRepair[] {
  return ledger.repairs().map((repair) => judge(repair, [...world, ...ledger.of(repair.target).excuses], limits));
}

/** A repair that comes at once waited for nothing, whatever was planted at the time. */
const promptMs = 5 * second;

function judge(repair: Repair, excuses: readonly Excuse[], limits: Limits): JudgedRepair {
  const isDone = repair.doneAt !== undefined;
  const until = repair.doneAt ?? limits.end;
  const tookMs = Math.max(0, until.getTime() - repair.at.getTime());
  const { met, clearMs } = standingInTheWay(repair, until, excuses, limits);
  const unlimited = causeWithoutLimit(repair, limits);
  const cause = isDone && tookMs < promptMs ? 'nothing' : (unlimited ?? met[0]?.cause ?? 'nothing');
  const isLate = unlimited === undefined && until.getTime() > dueMs(repair, met, clearMs, limits);
  return { ...repair, tookMs, isDone, met, cause, isLate };
}

/**
 * A minute after nothing stood in the way any more, or a minute after the next sweep where more than one call failed.
 * Where the vault took no write, no state remembers what is to be done, and a delivery that was refused brings it back
 * (R48, look before acknowledging).
 */
function dueMs({ event }: Repair, met: readonly Excuse[], clearMs: number, limits: Limits): number {
  if (met.length === 0) return clearMs + minute;
  const deliveries = limits.deliveries.get(event.id) ?? [];
  const next = deliveries === 'lost' ? undefined : deliveries.find((at) => at.getTime() >= clearMs);
  const bySweepMs = clearMs + (met.every(isOneCall) ? 0 : limits.sweepMs) + (met.some(isTriedHourly) ? hour : 0);
  return Math.max(bySweepMs, next?.getTime() ?? 0) + minute;
}

function isOneCall({ cause }: Excuse): boolean {
  return cause === callFailed;
}

/** A wait for a person is tried once an hour (design: Waiting and holding). */
function isTriedHourly({ cause }: Excuse): boolean {
  return cause === 'disabled' || cause === 'foreign value';
}

/** After these only the next check for drift, within six hours, or a person finds the dead key. */
function causeWithoutLimit({ event, target, isAdopted, doneAt }: Repair, limits: Limits): string | undefined {
  if (!isAdopted) return 'not a target';
  if (limits.deliveries.get(event.id) === 'lost') return 'event lost';
  return doneAt === undefined && limits.held.has(target) ? 'held' : undefined;
}

/** The event comes late, or has not come yet. */
function lateDelivery({ at, event }: Repair, { deliveries, end }: Limits): readonly Excuse[] {
  const delivered = deliveries.get(event.id) ?? [];
  const first = delivered === 'lost' ? at : (delivered[0] ?? end);
  return first <= later(at, second) ? [] : [{ cause: 'event late', from: at, to: first }];
}

/** One thing may stand in the way after another: returns all of them, and when the last one ended. */
function standingInTheWay(repair: Repair, until: Date, planted: readonly Excuse[], limits: Limits) {
  const { sweepMs, end } = limits;
  const { at } = repair;
  const excuses = [...planted, ...lateDelivery(repair, limits)];
  const met: Excuse[] = [];
  let clearMs = at.getTime();
  for (const excuse of excuses.toSorted((one, other) => one.from.getTime() - other.from.getTime())) {
    const { from, to = end } = excuse;
    const isElsewhere = to < at || from >= until || from.getTime() > clearMs + minute + sweepMs;
    if (isElsewhere) continue;
    met.push(excuse);
    clearMs = Math.max(clearMs, to.getTime());
  }
  return { met, clearMs };
}

/** Records that a target had to wait until a person takes something back. Returns what ends the wait. */
export function openExcuse(ledger: Ledger, target: AttackTarget, cause: string, from: Date): (to: Date) => void {
  const excuse: Excuse = { cause, from };
  ledger.of(target).excuses.push(excuse);
  return (to) => {
    excuse.to = to;
  };
}
