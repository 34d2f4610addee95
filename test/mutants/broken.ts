import { play, type History } from '../world/port/history.ts';
import { sorts } from '../world/port/resource.ts';
import { histories, stepsOf } from '../world/port/schedules.ts';

/** The first history at the port seam that breaks a promise in this tree; of the one given (JSON), or of many. */
export async function firstBroken(given: string): Promise<History | undefined> {
  return given === 'any' ? search() : brokenOf([JSON.parse(given) as History]);
}

async function search(): Promise<History | undefined> {
  for (const sort of sorts) {
    const steps = await stepsOf(sort);
    const all = [{ sort }, ...histories({ sort, every: 499, actsEvery: 3 }, steps)];
    const found = await brokenOf(shuffled(all));
    if (found) return found;
  }
  return undefined;
}

async function brokenOf(all: Iterable<History>): Promise<History | undefined> {
  for (const history of all) if ((await play(history)).wrong.length > 0) return history;
  return undefined;
}

/** In strides, so that faults, acts and pairs come early; the same every time. */
function shuffled<T>([clean, ...rest]: readonly T[]): readonly T[] {
  const stride = 61;
  const strides = Array.from({ length: stride }, (_, from) => rest.filter((_one, index) => index % stride === from));
  return [...(clean === undefined ? [] : [clean]), ...strides.flat()];
}
