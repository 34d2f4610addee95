import fc from 'fast-check';
import { history as ofGrid } from '../grid/history.ts';
import { play as playGrid } from '../grid/play.ts';
import { history } from './history.ts';
import { play } from './play.ts';
import type { Told } from './tally.ts';

export const seams = ['ports', 'event grid'] as const;
export type Seam = (typeof seams)[number];

/** Which histories: as many as wanted, from a seed; or the one at the end of a path, as a failure printed it. */
export interface Wanted {
  readonly seam: Seam;
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
}

/** The shortest history found that breaks a promise, told so that it can be run again; nothing if none does. */
export function firstBroken(wanted: Wanted, heard: (told: Told) => void): Promise<string | undefined> {
  return wanted.seam === 'ports' ? broken(wanted, history, play, heard) : broken(wanted, ofGrid, playGrid, heard);
}

async function broken<History>(
  { seam, runs: numRuns, seed, path }: Wanted,
  histories: fc.Arbitrary<History>,
  playOne: (one: History) => Promise<Told>,
  heard: (told: Told) => void,
): Promise<string | undefined> {
  const property = fc.asyncProperty(histories, async (one) => {
    const told = await playOne(one);
    heard(told);
    if (told.wrong.length > 0) throw new Error(told.wrong.join('\n  '));
  });
  const found = await fc.check(property, { numRuns, seed, ...(path && { path }) });
  if (!found.failed) return undefined;
  const again = `--seam '${seam}' --seed ${found.seed} --path ${found.counterexamplePath ?? ''}`;
  return [again, JSON.stringify(found.counterexample?.[0]), String(found.errorInstance)].join('\n  ');
}
