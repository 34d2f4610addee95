import { latest, minute } from '../model/clock.ts';
import { fingerprintOf } from '../model/sealed.ts';
import { hasClass } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { ListedTarget } from '../model/snapshot.ts';
import type { Phase, State } from '../model/state.ts';
import { secretUrl, type Target } from '../model/target.ts';
import { dueAt } from './due.ts';
import { standingGuard } from './rotation.ts';

/** Whether a sweep of a phase visits a target now, as far as a page of the list shows it. */
export function isSelected(
  phase: Phase,
  listed: ListedTarget,
  now: Date,
  frozen: Settings['frozenPhases'],
  jitter: number,
): boolean {
  const { state } = listed;
  if (isWaiting(state, now) || frozen.has(phase) || isPaused(listed)) return false;
  const { rotation, wait } = state;
  if (rotation) {
    const { overlapMs } = listed.target.options;
    const isQuiet = phase === 'revoke' && standingGuard(state, rotation, overlapMs, now) !== undefined;
    return rotation.phase === phase && !isQuiet;
  }
  const timerAtRest = hasClass(wait?.reason, 'down') ? 'verify' : 'generate'; // the verify timer runs more often
  return phase === timerAtRest && needsVisitAtRest(listed, now, jitter);
}

function needsVisitAtRest(listed: ListedTarget, now: Date, jitter: number): boolean {
  const { state, target, resumed } = listed;
  if (!state.stateBinding || resumed || state.wait) return true;
  const isQuiet = standingGuard(state, { mode: 'graceful' }, target.options.overlapMs, now) !== undefined;
  return !isQuiet && dueOf(listed, jitter) <= now;
}

function dueOf({ target, ...dates }: ListedTarget, jitter: number): Date {
  return dueAt({ target, secret: dates }, jitter);
}

/**
 * Returns since when a target has something to do. The list does not show it for an immediate emergency, nor for a
 * rotation that waits for nothing, because that one was interrupted.
 */
export function dueSince(listed: ListedTarget, jitter: number): Date | undefined {
  const { stateBinding, rotation, wait, guard } = listed.state;
  const waits = [wait, guard].flatMap((each) => each?.until ?? []);
  if (!stateBinding || rotation?.mode === 'immediate' || (rotation && waits.length === 0)) return undefined;
  const isAtRest = !rotation && !wait;
  return latest(...waits, ...(isAtRest ? [dueOf(listed, jitter)] : []));
}

function isWaiting({ held, wait }: State, now: Date): boolean {
  return held !== undefined || (wait !== undefined && wait.until > now);
}

function isPaused({ target, state }: ListedTarget): boolean {
  return target.options.paused && state.rotation?.cause !== 'emergency';
}

/** Targets are spread over the sweeps of six hours. */
const sweepMs = 5 * minute;
const sweepsPerRound = 72;

/** Whether this sweep checks a target for drift: once in six hours, at rest and in the overlap, by a hash of its name. */
export function isTurnForDriftCheck({ target, state }: ListedTarget, now: Date): boolean {
  const isStill = !state.rotation || state.rotation.phase === 'revoke';
  if (!state.stateBinding || state.held || !isStill || target.options.paused) return false;
  const turn = parseInt(fingerprintOf(secretUrl(target.secret)).slice(0, 8), 16) % sweepsPerRound;
  return Math.floor(now.getTime() / sweepMs) % sweepsPerRound === turn;
}

/** Returns a number from 0 to 1, the same for a target every time. It spreads targets that were created together. */
export function jitterOf({ secret }: Target): number {
  return parseInt(fingerprintOf(`jitter ${secretUrl(secret)}`).slice(0, 8), 16) / 0xffffffff;
}
