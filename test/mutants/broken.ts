import fc from 'fast-check';
import { history, type History as OfEvents } from '../simulation/events/history.ts';
import { play as playEvents } from '../simulation/events/play.ts';
import { play, type History } from '../simulation/port/history.ts';
import { sorts } from '../simulation/port/resource.ts';
import { histories, stepsOf } from '../simulation/port/schedules.ts';

type Any = History | OfEvents;

/** The first history at the port seam that breaks a promise in this tree; of the one given (JSON), or of many. */
export async function firstBroken(given: string): Promise<Any | undefined> {
  return given === 'any' ? search() : brokenOf([JSON.parse(given) as Any]);
}

async function search(): Promise<Any | undefined> {
  const ofEvents = fc.sample(history, { seed: 4, numRuns: 600 });
  for (const sort of sorts) {
    const steps = await stepsOf({ sort });
    const all = [{ sort }, ...histories({ sort, every: 499, actsEvery: 3 }, steps)];
    const found = await brokenOf(shuffled(all));
    if (found) return found;
  }
  return brokenOf(ofEvents);
}

async function brokenOf(all: Iterable<Any>): Promise<Any | undefined> {
  for (const one of all) {
    const { wrong } = 'moves' in one ? await playEvents(one) : await play(one);
    if (wrong.length > 0) return one;
  }
  return undefined;
}

/** In strides, so that faults, acts and pairs come early; the same every time. */
function shuffled<T>([clean, ...rest]: readonly T[]): readonly T[] {
  const stride = 61;
  const strides = Array.from({ length: stride }, (_, from) => rest.filter((_one, index) => index % stride === from));
  return [...(clean === undefined ? [] : [clean]), ...strides.flat()];
}
