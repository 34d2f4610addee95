import { hour, minute, second } from '../../../lib/model/clock.ts';
import type { Act } from './acts.ts';
import { disagreements, leaked } from './end.ts';
import { isAtRest } from './scenes.ts';
import type { World } from './world.ts';

const roundMs = 5 * minute;
/** While a request is still on its way somebody looks more often, or nobody would meet it. */
const restlessMs = 50 * second;
const longestMs = 3 * hour;
/** Long enough for every wait; at rest a target is looked at once in six hours, and one look may fail. */
const rounds = 170;
/** After what may have no good end. */
export const fewRounds = 30;

/** Timers, until it is over, or for so many rounds. */
export async function untilDone(world: World, isOver: () => boolean, most = rounds): Promise<void> {
  for (let round = 0; round < most; round += 1) {
    await world.round();
    if (isOver() && world.wire.isQuiet) return;
    await world.pass(world.wire.isQuiet ? pauseMs(world) : restlessMs);
  }
}

/** Until the first target that waits may go on; nothing happens before. */
function pauseMs({ followers, state, azure }: World): number {
  const now = azure.clock.now().getTime();
  const leftMs = followers.map(({ secret }) => {
    const { rotation, wait, guard } = state(secret);
    return ((wait ?? (rotation && guard))?.until.getTime() ?? now) - now;
  });
  return Math.max(roundMs, Math.min(longestMs, ...leftMs));
}

/** What is left to people: they have to mend what they did. */
const forPeople: ReadonlySet<string> = new Set(['value-not-of-resource', 'key-access-lost', 'microsoft-managed']);

/** Whatever a person did: it rests and all agree, or it is said what he has to mend. */
export function hasEndedWithAct(world: World): boolean {
  return world.isCalm() && (isLeftToPeople(world) || (isAtRest(world) && disagreements(world).length === 0));
}

function isLeftToPeople({ followers, state }: World): boolean {
  return followers.some(({ secret }) => forPeople.has(state(secret).wait?.reason ?? ''));
}

export function problemsAfter(world: World, act: Act): readonly string[] {
  return [...(act.breaks || isLeftToPeople(world) ? [] : disagreements(world)), ...leaked(world)];
}
