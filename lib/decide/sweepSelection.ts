import { later, latest, minute } from '../model/clock.ts';
import { fingerprintOf } from '../model/sealed.ts';
import { hasClass } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { ListedTarget } from '../model/snapshot.ts';
import type { Phase, Rotation, Wait } from '../model/state.ts';
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
  const { wait, held, isSuspect } = listed.state;
  if (held !== undefined || frozen.has(phase) || isPaused(listed)) return false;
  const isWaiting = wait !== undefined && wait.until > now;
  // By every sweep of every phase, until an inspection clears it (R48, look before acknowledging).
  if (isSuspect) return !isWaiting || !endsNotBefore(wait);
  return !isWaiting && wantsPhase(phase, listed, now, jitter);
}

/** Nothing can change before the wait ends: the service named that time, or a person has to act first. */
function endsNotBefore({ reason }: Wait): boolean {
  return reason === 'throttled' || hasClass(reason, 'person', 'grant', 'down', 'nothing-to-rotate');
}

function wantsPhase(phase: Phase, listed: ListedTarget, now: Date, jitter: number): boolean {
  const { state, target } = listed;
  const { rotation, wait } = state;
  if (rotation) {
    const isQuiet = phase === 'revoke' && standingGuard(state, rotation, target.options.overlapMs, now) !== undefined;
    return timerOf(rotation) === phase && !isQuiet;
  }
  const timerAtRest = hasClass(wait?.reason, 'down') ? 'verify' : 'generate'; // the verify timer runs more often
  return phase === timerAtRest && needsVisitAtRest(listed, now, jitter);
}

/** The timer of `generate` runs less often than the others, too seldom for an emergency that waits for consumers. */
function timerOf({ phase, mode }: Rotation): Phase {
  return phase === 'generate' && mode === 'immediate' ? 'publish' : phase;
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
  const { stateBinding, rotation, wait, guard, isSuspect } = listed.state;
  const waits = [wait, guard].flatMap((each) => each?.until ?? []);
  if (!stateBinding || isSuspect || rotation?.mode === 'immediate' || (rotation && waits.length === 0))
    return undefined;
  const isAtRest = !rotation && !wait;
  return latest(...waits, ...(isAtRest ? [dueOf(listed, jitter)] : []));
}

function isPaused({ target, state }: ListedTarget): boolean {
  return target.options.paused && state.rotation?.cause !== 'emergency';
}

/** The verify timer fires this often. */
export const driftSweepMs = 5 * minute;
/** A round of checks takes six hours. */
const sweepsPerRound = 72;

/**
 * Whether this sweep checks a target for drift: once in six hours, by a hash of its name.
 * `since` is the time of a sweep after which the list of its vault broke off: a turn since then was missed.
 */
export function isTurnForDriftCheck(listed: ListedTarget, now: Date, since = later(now, -driftSweepMs)): boolean {
  if (!isCheckedForDrift(listed, now)) return false;
  const turn = parseInt(fingerprintOf(secretUrl(listed.target.secret)).slice(0, 8), 16) % sweepsPerRound;
  const [first, last] = [Math.floor(since.getTime() / driftSweepMs) + 1, Math.floor(now.getTime() / driftSweepMs)];
  const nextTurn = first + ((turn - (first % sweepsPerRound) + sweepsPerRound) % sweepsPerRound);
  return nextTurn <= last;
}

/** A rotation under way inspects the resource itself, unless it waits (R47, dead live credential first). */
function isCheckedForDrift(
  { target, state: { stateBinding, rotation, wait, held } }: ListedTarget,
  now: Date,
): boolean {
  if (!stateBinding || target.options.paused) return false;
  if (held !== undefined) return wait?.reason !== 'live-dead'; // that was announced
  const isWaiting = wait !== undefined && wait.until > now;
  return !rotation || rotation.phase === 'revoke' || isWaiting;
}

/** Returns a number from 0 to 1, the same for a target every time. It spreads targets that were created together. */
export function jitterOf({ secret }: Target): number {
  return parseInt(fingerprintOf(`jitter ${secretUrl(secret)}`).slice(0, 8), 16) / 0xffffffff;
}
