import { latest, minute } from '../model/clock.ts';
import { fingerprintOf } from '../model/sealed.ts';
import { hasClass } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { ListedTarget } from '../model/snapshot.ts';
import type { Phase, State } from '../model/state.ts';
import { secretUrl, type Target } from '../model/target.ts';
import { dueAt } from './due.ts';
import { standingGuard } from './rotation.ts';

/** The sweep's question, from a list page alone: is it worth taking this target up in this phase now? */
export function isSelected(
  phase: Phase,
  listed: ListedTarget,
  now: Date,
  frozen: Settings['frozenPhases'],
  jitter: number,
): boolean {
  const { state } = listed;
  if (isWaiting(state, now) || frozen.has(phase) || isPaused(listed)) return false;
  const { overlapMs } = listed.target.options;
  const guarded = standingGuard(state, state.rotation ?? { mode: 'graceful' }, overlapMs, now) !== undefined;
  if (state.rotation) return state.rotation.phase === phase && !(guarded && phase === 'revoke');
  return phase === timerForIdle(state) && hasReasonToStart(listed, now, guarded, jitter);
}

/** The timer that takes up what rests; what is down is looked at more often. */
function timerForIdle({ wait }: State): Phase {
  return hasClass(wait?.reason, 'down') ? 'verify' : 'generate';
}

function hasReasonToStart(
  { state, target, resumed, ...dates }: ListedTarget,
  now: Date,
  guarded: boolean,
  jitter: number,
): boolean {
  return (
    !state.stateBinding ||
    resumed === true ||
    state.wait !== undefined ||
    (!guarded && dueAt({ target, secret: dates }, jitter) <= now)
  );
}

/**
 * Since when there is something to do, where a list page tells: not of a rotation that waits for nothing, which was
 * interrupted, and not of one that is to end at once.
 */
export function dueSince({ target, state, ...dates }: ListedTarget, jitter: number): Date | undefined {
  const { stateBinding, rotation } = state;
  const waited = [state.wait, state.guard].flatMap((one) => one?.until ?? []);
  if (!stateBinding || rotation?.mode === 'immediate' || (rotation && waited.length === 0)) return undefined;
  const isAtRest = !rotation && !state.wait;
  return latest(...waited, ...(isAtRest ? [dueAt({ target, secret: dates }, jitter)] : []));
}

function isWaiting({ held, wait }: State, now: Date): boolean {
  return held !== undefined || (wait !== undefined && wait.until > now);
}

function isPaused({ target, state }: ListedTarget): boolean {
  return target.options.paused && state.rotation?.cause !== 'emergency';
}

/** How often a target that rests is looked at, and the sweeps in that time among which targets are spread. */
const sweepMs = 5 * minute;
const sweepsPerRound = 72;

/** Drift: every target that rests or settles once in six hours, one sweep's share after the other, by hash. */
export function isTurnForDriftCheck({ target, state }: ListedTarget, now: Date): boolean {
  const atRest = !state.rotation || state.rotation.phase === 'revoke';
  if (!state.stateBinding || state.held || !atRest || target.options.paused) return false;
  const turn = parseInt(fingerprintOf(secretUrl(target.secret)).slice(0, 8), 16) % sweepsPerRound;
  return Math.floor(now.getTime() / sweepMs) % sweepsPerRound === turn;
}

/** Spreads what was created together; the same for a target every time. */
export function jitterOf({ secret }: Target): number {
  return parseInt(fingerprintOf(`jitter ${secretUrl(secret)}`).slice(0, 8), 16) / 0xffffffff;
}
