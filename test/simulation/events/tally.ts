import type { Cause } from '../../../lib/model/state.ts';

/** How one history went. */
export interface Told {
  readonly counts: Readonly<Record<string, number>>;
  /** How many rotations began, by cause. */
  readonly byCause: ReadonlyMap<Cause, number>;
  readonly requests: number;
  /** Broken promises, and what should not be so at the end. */
  readonly wrong: readonly string[];
}

/** What came about in many histories; plain, so that threads can tell it to each other. */
export interface Tally {
  runs: number;
  counts: Record<string, number>;
}

export function emptyTally(): Tally {
  return { runs: 0, counts: {} };
}

export function tell(tally: Tally, { counts, byCause, requests }: Told): void {
  tally.runs += 1;
  for (const [what, times] of Object.entries(counts)) add(tally, what, times);
  for (const [cause, times] of byCause) add(tally, `rotations: ${cause}`, times);
  add(tally, 'requests', requests);
}

export function join(tally: Tally, { runs, counts }: Tally): void {
  tally.runs += runs;
  for (const [what, times] of Object.entries(counts)) add(tally, what, times);
}

function add({ counts }: Tally, what: string, times: number): void {
  counts[what] = (counts[what] ?? 0) + times;
}

export function table({ runs, counts }: Tally): string {
  const rows = [['histories', runs] as const, ...Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1))];
  return rows.map(([what, times]) => `${what.padEnd(28)}${String(times).padStart(12)}`).join('\n');
}
