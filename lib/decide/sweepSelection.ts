import { latest, minute } from '../model/clock.ts';
import { fingerprintOf } from '../model/sealed.ts';
import { isDown } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { Sighting } from '../model/snapshot.ts';
import type { Phase, State } from '../model/state.ts';
import { secretUrl, type Target } from '../model/target.ts';
import { dueAt } from './due.ts';
import { standingGuard } from './rotation.ts';

/** The sweep's question, from a list page alone: is it worth taking this target up in this phase now? */
export function wants(
  phase: Phase,
  sighting: Sighting,
  now: Date,
  frozen: Settings['frozen'],
  jitter: number,
): boolean {
  const { state } = sighting;
  if (waits(state, now) || frozen.has(phase) || isPaused(sighting)) return false;
  const { settleMs } = sighting.target.wishes;
  const guarded = standingGuard(state, state.rotation ?? { mode: 'graceful' }, settleMs, now) !== undefined;
  if (state.rotation) return state.rotation.phase === phase && !(guarded && phase === 'revoke');
  return phase === takesUp(state) && begins(sighting, now, guarded, jitter);
}

/** The timer that takes up what rests; what is down is looked at more often. */
function takesUp({ wait }: State): Phase {
  return isDown(wait?.reason) ? 'verify' : 'generate';
}

function begins({ state, target, resumed, ...dates }: Sighting, now: Date, guarded: boolean, jitter: number): boolean {
  return (
    !state.bond ||
    resumed === true ||
    state.wait !== undefined ||
    (!guarded && dueAt({ target, secret: dates }, jitter) <= now)
  );
}

/**
 * Since when there is something to do, where a list page tells: not of a rotation that waits for nothing, which was
 * interrupted, and not of one that is to end at once.
 */
export function dueSince({ target, state, ...dates }: Sighting, jitter: number): Date | undefined {
  const { bond, rotation } = state;
  const waited = [state.wait, state.guard].flatMap((one) => one?.until ?? []);
  if (!bond || rotation?.mode === 'immediate' || (rotation && waited.length === 0)) return undefined;
  const isAtRest = !rotation && !state.wait;
  return latest(...waited, ...(isAtRest ? [dueAt({ target, secret: dates }, jitter)] : []));
}

function waits({ held, wait }: State, now: Date): boolean {
  return held !== undefined || (wait !== undefined && wait.until > now);
}

function isPaused({ target, state }: Sighting): boolean {
  return target.wishes.paused && state.rotation?.cause !== 'emergency';
}

/** How often a target that rests is looked at, and the sweeps in that time among which targets are spread. */
const sweepMs = 5 * minute;
const sweepsPerRound = 72;

/** Drift: every target that rests or settles once in six hours, one sweep's share after the other, by hash. */
export function isItsTurn({ target, state }: Sighting, now: Date): boolean {
  const atRest = !state.rotation || state.rotation.phase === 'revoke';
  if (!state.bond || state.held || !atRest || target.wishes.paused) return false;
  const turn = parseInt(fingerprintOf(secretUrl(target.secret)).slice(0, 8), 16) % sweepsPerRound;
  return Math.floor(now.getTime() / sweepMs) % sweepsPerRound === turn;
}

/** Spreads what was created together; the same for a target every time. */
export function jitterOf({ secret }: Target): number {
  return parseInt(fingerprintOf(`jitter ${secretUrl(secret)}`).slice(0, 8), 16) / 0xffffffff;
}
