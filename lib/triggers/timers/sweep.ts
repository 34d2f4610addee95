import pMap from 'p-map';
import { dueAt } from '../../decide/due.ts';
import { dueSince, isSelected } from '../../decide/sweepSelection.ts';
import { hour, later, minute } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import type { Reason } from '../../model/reason.ts';
import type { ListedTarget } from '../../model/snapshot.ts';
import type { Phase } from '../../model/state.ts';
import { secretUrl } from '../../model/target.ts';
import { reconcile, type VisitReport } from '../../reconcile/reconcile.ts';
import type { Services } from '../../reconcile/services.ts';
import { phaseDueEvent } from '../events/phaseDue.ts';
import { driftChecks, rememberOwed } from './driftChecks.ts';
import {
  announceAndMute,
  listTargets,
  maxConcurrency,
  noteRecovered,
  unmuted,
  type InstanceMemory,
  type SelectedTarget,
} from './listing.ts';
import { findOrphanedClaims } from './orphanedClaims.ts';
import { noteOverdue } from './overdue.ts';
import { refreshConsumers } from './refreshConsumers.ts';

/** Visits every target that is to be taken up in the phase. */
export async function sweep(services: Services, memory: InstanceMemory, phase: Phase, deadline: Date): Promise<void> {
  const vaults = await listTargets(services, memory);
  const selected = selectTargets(services, phase, unmuted(services, memory, vaults));
  const left = await announceNewlyDue(services, phase, selected);
  const checks = phase === 'verify' ? driftChecks(services, memory, vaults).filter(isNotIn(selected)) : [];
  const { reports, bugs, late } = await visitAll(services, memory, [...left, ...checks], deadline);
  rememberOwed(memory, checks, reports.slice(left.length), services.clock.now());
  if (late > 0) services.note('sweep-over', { targets: String(late) });
  if (phase === 'generate') noteOverdue(services, memory, vaults);
  if (phase === 'verify') {
    const unclaimed = await findOrphanedClaims(services, memory, vaults);
    const visits = unclaimed.map(({ target }): SelectedTarget => ({ target, request: { cause: 'schedule' } }));
    bugs.push(...(await visitAll(services, memory, visits, deadline)).bugs);
    await refreshConsumers(services, vaults, deadline);
  }
  if (bugs.length > 0) throw unexpectedErrors(bugs);
}

/**
 * Visits the targets, a few at a time. Returns each report, how many found no time, and the places of unexpected
 * errors: one target's failure never stops another's (promise 10, targets fail alone).
 */
export async function visitAll(
  services: Services,
  memory: InstanceMemory,
  targets: readonly SelectedTarget[],
  deadline: Date,
): Promise<{ reports: readonly (VisitReport | undefined)[]; bugs: string[]; late: number }> {
  const bugs: string[] = [];
  let late = 0;
  const reports = await pMap(targets, visit, { concurrency: maxConcurrency });
  return { reports, bugs, late };

  async function visit(target: SelectedTarget): Promise<VisitReport | undefined> {
    if (services.clock.now() >= deadline) {
      late += 1;
      return undefined;
    }
    try {
      return await visitTarget(services, memory, target, deadline);
    } catch (error) {
      bugs.push(placeOf(error));
      return undefined;
    }
  }
}

export function unexpectedErrors(bugs: readonly string[]): Error {
  return new Error(`${bugs.length} target(s) ended unexpectedly: ${bugs.join(', ')}`);
}

/** Returns name and place of an error, without its message: that may hold anything. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no error';
  const place = /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim() ?? 'nowhere';
  return `${error.name} ${place}`;
}

/**
 * Selects what is under way or may have a dead credential, then what is due to start, the longest due first and no more
 * than the cap allows. Targets that keep failing come last, so that they do not use up the cap.
 */
function selectTargets(services: Services, phase: Phase, listed: readonly ListedTarget[]): readonly SelectedTarget[] {
  const { settings, clock, jitter } = services;
  const now = clock.now();
  const due = listed.filter((one) => isSelected(phase, one, now, settings.frozenPhases, jitter(one.target)));
  const isStart = ({ state }: ListedTarget) => !state.rotation && !state.isSuspect;
  const underWay = due.filter((one) => !isStart(one));
  const starts = due.filter(isStart).toSorted(byUrgency);
  if (starts.length > settings.startCap) services.note('start-cap', { due: String(starts.length) });
  return [...underWay, ...starts.slice(0, settings.startCap)].map((one): SelectedTarget => {
    const since = dueSince(one, jitter(one.target));
    return { target: one.target, request: { cause: 'schedule' }, ...(since && { since }) };
  });
}

function isNotIn(selected: readonly SelectedTarget[]): (one: SelectedTarget) => boolean {
  const urls = new Set(selected.map(({ target }) => secretUrl(target.secret)));
  return ({ target }) => !urls.has(secretUrl(target.secret));
}

function byUrgency(a: ListedTarget, b: ListedTarget): number {
  return Number(a.state.wait !== undefined) - Number(b.state.wait !== undefined) || dueMs(a) - dueMs(b);
}

function dueMs({ target, createdOn, expiresOn }: ListedTarget): number {
  return dueAt({ target, secret: { createdOn, ...(expiresOn && { expiresOn }) } }, 0).getTime();
}

/** Ten minutes, and at least until the timer of the phase has fired once. */
const freshMs = { generate: 15 * minute, publish: 10 * minute, verify: 10 * minute, revoke: 10 * minute };

/**
 * Announces on the topic what became due just now, so that any number of instances share the work. Returns what is left
 * for this instance: what was announced before and is still due, what no list page can date, and everything where there
 * is no topic.
 */
async function announceNewlyDue(
  services: Services,
  phase: Phase,
  selected: readonly SelectedTarget[],
): Promise<readonly SelectedTarget[]> {
  const { topic, settings, clock } = services;
  if (!topic || settings.mode === 'observe') return selected;
  const now = clock.now();
  const freshFrom = later(now, -freshMs[phase]);
  const isFresh = ({ since }: SelectedTarget) => since !== undefined && since > freshFrom;
  const fresh = selected.filter(isFresh);
  if (fresh.length === 0) return selected;
  const sent = await topic.send(fresh.map(({ target, since = freshFrom }) => phaseDueEvent(target, phase, since, now)));
  if (sent instanceof OperationError) services.note(sent.reason, { topic: 'the sweep itself does the work' });
  return sent === 'sent' ? selected.filter((one) => !isFresh(one)) : selected;
}

async function visitTarget(
  services: Services,
  memory: InstanceMemory,
  { target, request }: SelectedTarget,
  deadline: Date,
): Promise<VisitReport> {
  const report = await reconcile(services, target, request, deadline);
  const reason = unsavedReason(report);
  if (reason) await announceAndMute(services, memory, target, reason, report.is === 'barred' ? report.hint : '');
  else if (report.is !== 'busy') noteRecovered(memory, target);
  if (services.settings.mode === 'observe') memory.set(secretUrl(target.secret), later(services.clock.now(), hour));
  return report;
}

/** Why the visit failed, where the tags cannot remember it. */
function unsavedReason(report: VisitReport): Reason | undefined {
  if (report.is === 'barred') return report.reason;
  return report.is === 'failed' && !report.isSaved ? report.reason : undefined;
}
