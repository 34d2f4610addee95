import pMap from 'p-map';
import { refreshConsumers } from './refreshConsumers.ts';
import { dueAt } from '../../decide/due.ts';
import { dueSince, isTurnForDriftCheck, isSelected } from '../../decide/sweepSelection.ts';
import { phaseDueEvent } from '../events/phaseDue.ts';
import { hour, later, minute } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import type { Reason } from '../../model/reason.ts';
import type { ListedTarget } from '../../model/snapshot.ts';
import type { VisitRequest, Phase } from '../../model/state.ts';
import { secretUrl, type Target } from '../../model/target.ts';
import { noteOverdue } from './overdue.ts';
import { findOrphanedClaims } from './orphanedClaims.ts';
import { reconcile, type VisitReport } from '../../reconcile/reconcile.ts';
import { maxConcurrency, unmuted, listTargets, announceAndMute, type MutedTargets } from './listing.ts';
import type { Services } from '../../reconcile/services.ts';

export interface SelectedTarget {
  readonly target: Target;
  readonly request: VisitRequest;
  /** Since when, if a list page can tell. */
  readonly since?: Date;
}

/**
 * Takes every target that wants the phase. One target's failure never stops another's (promise 10, targets fail alone).
 */
export async function sweep(services: Services, muted: MutedTargets, phase: Phase, deadline: Date): Promise<void> {
  const seen = await listTargets(services, muted);
  const all = wanted(services, phase, unmuted(services, muted, seen));
  const { bugs, late } = await visitAll(services, muted, await handOn(services, phase, all), deadline);
  if (late > 0) services.note('sweep-over', { targets: String(late) });
  if (phase === 'generate') noteOverdue(services, muted, seen);
  if (phase === 'verify') {
    await findOrphanedClaims(services, muted, seen);
    await refreshConsumers(services, seen, deadline);
  }
  if (bugs.length > 0) throw unexpected(bugs);
}

/** Answers what is left: how many for want of time, and where something was thrown that never should be. */
export async function visitAll(
  services: Services,
  muted: MutedTargets,
  all: readonly SelectedTarget[],
  deadline: Date,
) {
  const bugs: string[] = [];
  let late = 0;
  const visit = async (one: SelectedTarget) => {
    if (services.clock.now() >= deadline) {
      late += 1;
      return undefined;
    }
    try {
      return await take(services, muted, one, deadline);
    } catch (error) {
      bugs.push(placeOf(error));
      return undefined;
    }
  };
  const reports = await pMap(all, visit, { concurrency: maxConcurrency });
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

function wanted(services: Services, phase: Phase, sightings: readonly ListedTarget[]): readonly SelectedTarget[] {
  const { settings, clock, jitter } = services;
  const now = clock.now();
  const due = sightings.filter((one) => isSelected(phase, one, now, settings.frozenPhases, jitter(one.target)));
  const [underWay, fresh] = [due.filter(({ state }) => state.rotation), due.filter(({ state }) => !state.rotation)];
  const first = fresh.toSorted((a, b) => failing(a) - failing(b) || dueMs(a) - dueMs(b)).slice(0, settings.startCap);
  if (first.length < fresh.length) services.note('start-cap', { due: String(fresh.length) });
  const plain = [...underWay, ...first].map((one): SelectedTarget => {
    const since = dueSince(one, jitter(one.target));
    return { target: one.target, request: { cause: 'schedule' }, ...(since && { since }) };
  });
  const turns =
    phase === 'verify' ? sightings.filter((one) => !due.includes(one) && isTurnForDriftCheck(one, now)) : [];
  return [
    ...plain,
    ...turns.map(({ target }) => ({ target, request: { cause: 'schedule', checkLive: true } as const })),
  ];
}

/** What keeps failing does not use up the cap. */
function failing({ state }: ListedTarget): number {
  return state.wait ? 1 : 0;
}

function dueMs({ target, createdOn, expiresOn }: ListedTarget): number {
  return dueAt({ target, secret: { createdOn, ...(expiresOn && { expiresOn }) } }, 0).getTime();
}

/** Ten minutes, and at least until the timer of the phase has come once. */
const freshMs = { generate: 15 * minute, publish: 10 * minute, verify: 10 * minute, revoke: 10 * minute };

/**
 * What just became due is announced, so that any number of instances share the work. Answers what is left for this one:
 * what was announced and is still due, what no list page can date, and everything where there is no topic.
 */
async function handOn(
  services: Services,
  phase: Phase,
  all: readonly SelectedTarget[],
): Promise<readonly SelectedTarget[]> {
  const { topic, settings, clock } = services;
  if (!topic || settings.mode === 'observe') return all;
  const now = clock.now();
  const freshFrom = later(now, -freshMs[phase]);
  const [fresh, rest] = [all.filter(isFresh), all.filter((one) => !isFresh(one))];
  const events = fresh.map(({ target, since = freshFrom }) => phaseDueEvent(target, phase, since, now));
  const sent = events.length > 0 && (await topic.send(events));
  if (sent instanceof OperationError) services.note(sent.reason, { topic: 'what is due is done by the sweep itself' });
  return sent === 'sent' ? rest : all;

  function isFresh({ since }: SelectedTarget): boolean {
    return since !== undefined && since > freshFrom;
  }
}

async function take(
  services: Services,
  muted: MutedTargets,
  { target, request }: SelectedTarget,
  deadline: Date,
): Promise<VisitReport> {
  const report = await reconcile(services, target, request, deadline);
  const reason = unwritten(report);
  if (reason) await announceAndMute(services, muted, target, reason, report.is === 'barred' ? report.hint : '');
  if (services.settings.mode === 'observe') muted.set(secretUrl(target.secret), later(services.clock.now(), hour));
  return report;
}

/** What the tags cannot remember. */
function unwritten(report: VisitReport): Reason | undefined {
  if (report.is === 'barred') return report.reason;
  return report.is === 'failed' && !report.isSaved ? report.reason : undefined;
}
