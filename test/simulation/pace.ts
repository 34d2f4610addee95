import { isTurnForDriftCheck } from '../../lib/decide/sweepSelection.ts';
import { day, hour, minute, second } from '../../lib/model/clock.ts';
import { emptyState, type State } from '../../lib/model/state.ts';
import { currentVersion, isDeleted } from './resource.ts';
import type { Simulation } from './simulation.ts';

export const sweepEveryMs = 5 * minute;
/** While a request is under way the timers run this often, or nothing would meet it. */
const restlessMs = 50 * second;

/** The requests of a sweep, or a poll, that finds nothing to do. */
const idle = /^GET \/secrets$|^claim list$|ResourceGraph\/resources$|^round$/;

/** The timers once, then time passes to the next time of the timers at which anything can happen. */
export async function roundAndPause(simulation: Simulation): Promise<void> {
  const { network, pass, nextDueMs } = simulation;
  const count = network.requests.length;
  network.mark('round');
  await simulation.round();
  const isIdle = network.requests.slice(count).every((name) => idle.test(name));
  const nowMs = simulation.now().getTime();
  if (!network.isQuiet || nextDueMs < nowMs + sweepEveryMs) {
    await pass(restlessMs);
    return;
  }
  const untilMs = isIdle ? nextEventMs(simulation) : nowMs + 1;
  await pass(Math.ceil(untilMs / sweepEveryMs) * sweepEveryMs - nowMs);
}

/** The next time at which an idle target can have something to do. */
export function nextEventMs(simulation: Simulation): number {
  const { overlapMs, nextDueMs } = simulation;
  const nowMs = simulation.now().getTime();
  const { rotation, wait, guard } = simulation.state();
  const turnMs = driftCheckMs(simulation);
  const turn = Math.ceil((nowMs - turnMs) / (6 * hour)) * 6 * hour + turnMs;
  const createdMs = currentVersion(simulation).createdOn.getTime();
  const soon = nowMs + (isAtRest(simulation) ? 6 * hour : rotation ? 10 * minute : hour);
  const known = [wait?.until.getTime(), guard?.until.getTime(), nextDueMs, createdMs + overlapMs, turn];
  const all = [...known, createdMs + 60 * day, soon];
  return Math.min(...all.filter((ms) => ms !== undefined && ms > nowMs).map(Number));
}

function isAtRest(simulation: Simulation): boolean {
  const { stateBinding, rotation, wait, guard, held } = simulation.state();
  if (isDeleted(simulation)) return false;
  return (
    simulation.tags().is !== 'target' || held !== undefined || (stateBinding && !rotation && !wait && !guard) === true
  );
}

/** When in each six hours it is the turn of the target to be checked for drift. */
function driftCheckMs({ tags }: Simulation): number {
  const read = tags();
  if (read.is === 'foreign') return 0;
  const stateBinding = { installation: '', resource: '', value: '', credentials: [] };
  const state: State = { ...emptyState, stateBinding };
  const listed = { target: read.target, state, createdOn: new Date(0) };
  const times = Array.from({ length: 72 }, (_, nth) => nth * sweepEveryMs);
  return times.find((ms) => isTurnForDriftCheck(listed, new Date(ms))) ?? 0;
}
