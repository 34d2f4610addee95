import { isTurnForDriftCheck } from '../../../lib/decide/sweepSelection.ts';
import { day, earliest, hour, later, minute, second } from '../../../lib/model/clock.ts';
import type { State } from '../../../lib/model/state.ts';
import { overlapMs } from './process.ts';
import type { World } from './world.ts';

const sweepEveryMs = 5 * minute;
/** While something is on its way somebody comes by more often, or nobody would meet it. */
const restlessMs = 50 * second;

/** To the next time of the timers at which anything can happen. */
export function passQuietly(world: World, until: Date): void {
  const { effects } = world;
  const nowMs = effects.now.getTime();
  const coming = effects.nextComing;
  if (coming && coming.getTime() < nowMs + sweepEveryMs) {
    effects.pass(restlessMs);
    return;
  }
  const from = Math.max(until.getTime(), nowMs + 1);
  effects.pass(Math.ceil(from / sweepEveryMs) * sweepEveryMs - nowMs);
}

export function nextEvent({ effects, state, secret, turnMs, tagged }: World): Date {
  const { now, nextComing } = effects;
  const { stateBinding, rotation, wait, guard } = state;
  const rests = tagged.is === 'target' && stateBinding && !rotation && !wait && !guard && !secret.deleted;
  const turn = new Date(Math.ceil((now.getTime() - turnMs) / (6 * hour)) * 6 * hour + turnMs);
  const overlapEnd = later(secret.current.createdOn, overlapMs);
  const due = later(secret.current.createdOn, 60 * day);
  const soon = later(now, rests ? 6 * hour : rotation ? 10 * minute : hour);
  const dates = [wait?.until, guard?.until, nextComing, overlapEnd, turn, due, soon];
  return earliest(...dates.flatMap((date) => (date && date > now ? [date] : [])));
}

/** When in each six hours it is this target's turn to be looked at for drift. */
export function turnOf({ tagged }: Pick<World, 'tagged'>): number {
  const state: State = { refusals: 0, stateBinding: { installation: '', resource: '', value: '', credentials: [] } };
  if (tagged.is === 'foreign') return 0;
  const target = { target: tagged.target, state, createdOn: new Date(0) };
  const times = Array.from({ length: 72 }, (_, i) => i * sweepEveryMs);
  return times.find((ms) => isTurnForDriftCheck(target, new Date(ms))) ?? 0;
}
