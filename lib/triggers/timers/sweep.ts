import pMap from 'p-map';
import { bringAll } from './refreshConsumers.ts';
import { dueAt } from '../../decide/due.ts';
import { dueSince, isItsTurn, wants } from '../../decide/sweepSelection.ts';
import { phaseDue } from '../events/phaseDue.ts';
import { hour, later, minute } from '../../model/clock.ts';
import { Failure } from '../../model/operationError.ts';
import type { Reason } from '../../model/reason.ts';
import type { Sighting } from '../../model/snapshot.ts';
import type { Ask, Phase } from '../../model/state.ts';
import { secretUrl, type Target } from '../../model/target.ts';
import { noteLate } from './overdue.ts';
import { missingTargets } from './orphanedClaims.ts';
import { reconcile, type Report } from '../../reconcile/reconcile.ts';
import { atOnce, awake, lists, tell, type Memory } from './listing.ts';
import type { Core } from '../../reconcile/visit.ts';

export interface Wanted {
  readonly target: Target;
  readonly ask: Ask;
  /** Since when, if a list page can tell. */
  readonly since?: Date;
}

/** Takes every target that wants the phase. One target's failure never stops another's (promise 10). */
export async function sweep(core: Core, memory: Memory, phase: Phase, deadline: Date): Promise<void> {
  const seen = await lists(core, memory);
  const all = wanted(core, phase, awake(core, memory, seen));
  const { bugs, late } = await visitAll(core, memory, await handOn(core, phase, all), deadline);
  if (late > 0) core.note('sweep-over', { targets: String(late) });
  if (phase === 'generate') noteLate(core, memory, seen);
  if (phase === 'verify') {
    await missingTargets(core, memory, seen);
    await bringAll(core, seen, deadline);
  }
  if (bugs.length > 0) throw unexpected(bugs);
}

/** Answers what is left: how many for want of time, and where something was thrown that never should be. */
export async function visitAll(core: Core, memory: Memory, all: readonly Wanted[], deadline: Date) {
  const bugs: string[] = [];
  let late = 0;
  const visit = async (one: Wanted) => {
    if (core.clock.now() >= deadline) {
      late += 1;
      return undefined;
    }
    try {
      return await take(core, memory, one, deadline);
    } catch (error) {
      bugs.push(placeOf(error));
      return undefined;
    }
  };
  const reports = await pMap(all, visit, { concurrency: atOnce });
  return { reports, bugs, late };
}

export function unexpected(bugs: readonly string[]): Error {
  return new Error(`${bugs.length} target(s) ended unexpectedly: ${bugs.join(', ')}`);
}

/** What and where, without a message that may hold anything. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no error';
  const place = /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim() ?? 'nowhere';
  return `${error.name} ${place}`;
}

function wanted(core: Core, phase: Phase, sightings: readonly Sighting[]): readonly Wanted[] {
  const { settings, clock, jitter } = core;
  const now = clock.now();
  const due = sightings.filter((one) => wants(phase, one, now, settings.frozen, jitter(one.target)));
  const [underWay, fresh] = [due.filter(({ state }) => state.rotation), due.filter(({ state }) => !state.rotation)];
  const first = fresh.toSorted((a, b) => failing(a) - failing(b) || dueMs(a) - dueMs(b)).slice(0, settings.startCap);
  if (first.length < fresh.length) core.note('start-cap', { due: String(fresh.length) });
  const plain = [...underWay, ...first].map((one): Wanted => {
    const since = dueSince(one, jitter(one.target));
    return { target: one.target, ask: { cause: 'schedule' }, ...(since && { since }) };
  });
  const turns = phase === 'verify' ? sightings.filter((one) => !due.includes(one) && isItsTurn(one, now)) : [];
  return [...plain, ...turns.map(({ target }) => ({ target, ask: { cause: 'schedule', check: true } as const }))];
}

/** What keeps failing does not use up the cap. */
function failing({ state }: Sighting): number {
  return state.wait ? 1 : 0;
}

function dueMs({ target, createdOn, expiresOn }: Sighting): number {
  return dueAt({ target, secret: { createdOn, ...(expiresOn && { expiresOn }) } }, 0).getTime();
}

/** Ten minutes, and at least until the timer of the phase has come once. */
const freshMs = { generate: 15 * minute, publish: 10 * minute, verify: 10 * minute, revoke: 10 * minute };

/**
 * What just became due is announced, so that any number of instances share the work. Answers what is left for this one:
 * what was announced and is still due, what no list page can date, and everything where there is no topic.
 */
async function handOn(core: Core, phase: Phase, all: readonly Wanted[]): Promise<readonly Wanted[]> {
  const { topic, settings, clock } = core;
  if (!topic || settings.mode === 'observe') return all;
  const now = clock.now();
  const freshFrom = later(now, -freshMs[phase]);
  const [fresh, rest] = [all.filter(isFresh), all.filter((one) => !isFresh(one))];
  const events = fresh.map(({ target, since = freshFrom }) => phaseDue(target, phase, since, now));
  const sent = events.length > 0 && (await topic.send(events));
  if (sent instanceof Failure) core.note(sent.reason, { topic: 'what is due is done by the sweep itself' });
  return sent === 'sent' ? rest : all;

  function isFresh({ since }: Wanted): boolean {
    return since !== undefined && since > freshFrom;
  }
}

async function take(core: Core, memory: Memory, { target, ask }: Wanted, deadline: Date): Promise<Report> {
  const report = await reconcile(core, target, ask, deadline);
  const reason = unwritten(report);
  if (reason) await tell(core, memory, target, reason, report.is === 'barred' ? report.hint : '');
  if (core.settings.mode === 'observe') memory.set(secretUrl(target.secret), later(core.clock.now(), hour));
  return report;
}

/** What the tags cannot remember. */
function unwritten(report: Report): Reason | undefined {
  if (report.is === 'barred') return report.reason;
  return report.is === 'failed' && !report.kept ? report.reason : undefined;
}
