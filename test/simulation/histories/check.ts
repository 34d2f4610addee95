import fc from 'fast-check';
import { history } from './history.ts';
import { play, type Played } from './play.ts';

/** Shortening ends after this long, with the shortest history so far. */
const maxShareMs = 600_000;

/** So many histories from a seed; or the one at the end of a path, as a failure printed it. */
export interface HistoryShare {
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
}

export interface HistoryReport {
  /** What came about in all of them. */
  readonly counts: Readonly<Record<string, number>>;
  /** The shortest history found that breaks a promise, with what runs it again. */
  readonly broken?: string;
}

export async function runHistories({ runs: numRuns, seed, path }: HistoryShare): Promise<HistoryReport> {
  const counts: Record<string, number> = {};
  const property = fc.asyncProperty(history, async (one) => {
    const played = await play(one);
    count(counts, played);
    if (played.problems.length > 0) throw new Error(played.problems.join('\n  '));
  });
  const interruptAfterTimeLimit = maxShareMs;
  const found = await fc.check(property, { numRuns, seed, interruptAfterTimeLimit, ...(path && { path }) });
  if (!found.failed) return { counts };
  const again = `--seed ${found.seed} --path ${found.counterexamplePath ?? ''}`;
  const broken = [again, JSON.stringify(found.counterexample?.[0]), String(found.errorInstance)].join('\n  ');
  return { counts, broken };
}

function count(counts: Record<string, number>, { counts: own, byCause }: Played): void {
  const rotations = [...byCause].map(([cause, times]) => [`rotations: ${cause}`, times] as const);
  for (const [what, times] of [['histories', 1] as const, ...Object.entries(own), ...rotations]) {
    counts[what] = (counts[what] ?? 0) + times;
  }
}
