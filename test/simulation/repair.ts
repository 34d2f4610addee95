import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { showProgress } from './progress.ts';
import { caseNamed, casesOf, nameOf, sample, type RepairCase, type RepairStart } from './repair/cases.ts';
import type { Repair } from './repair/play.ts';
import { perform } from './worker.ts';
import { createWorkers } from './workers.ts';

/**
 * `npm run repair`: a person replaces the live key at every moment of a rotation and at rest, one read fails
 * afterwards, and every event arrives or is lost. Prints how long the secret held a dead key. Cases are taken evenly
 * from all; `--seed` takes others. `--case` runs one again, by its name.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    case: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});

/** So many are one task of a worker. */
const chunk = 10;
const workers = createWorkers(Number(values.workers));
const errors: string[] = [];
const repairs = await repairsOf(values.case === undefined ? await sampled() : [caseNamed(values.case)]);
await workers.close();

const groups = [...new Set(repairs.map(({ group }) => group))].toSorted();
console.log(row('', ['cases', 'read failed', 'median s', 'p99 s', 'maximum s', 'unseen', 'wrong']));
for (const name of groups) console.log(row(name, figuresOf(repairs.filter(({ group }) => group === name))));
console.log(row('all', figuresOf(repairs)));
const wrong = repairs.filter(({ problems }) => problems.length > 0);
for (const { name, problems } of wrong)
  console.log(`WRONG: ${problems.join(', ')}\n  npm run repair -- --case '${name}'`);
for (const error of errors) console.log(`WRONG: ${error}`);
console.log('slowest:');
for (const one of slowest(repairs)) console.log(`  ${secondsOf(one)} s, ${one.group}: --case '${one.name}'`);
console.log(`${repairs.length} repairs, ${wrong.length + errors.length} wrong`);
process.exitCode = wrong.length + errors.length === 0 ? 0 : 1;

/** Each start is run once without a failing read, which shows the reads that can fail. */
async function sampled(): Promise<readonly RepairCase[]> {
  const starts = (await perform({ is: 'starts' })) as readonly RepairStart[];
  const cases: RepairCase[] = [];
  let counted = 0;
  const finish = showProgress('starts', starts.length, () => counted);
  await workers.run(
    chunksOf(starts).map((some) => ({ is: 'reads' as const, starts: some })),
    (reads, task) => {
      counted += task.starts.length;
      const found = reads as readonly number[];
      cases.push(...task.starts.flatMap((start, nth) => casesOf(start, found[nth] ?? 0)));
    },
    fail,
  );
  console.log(`${cases.length} cases of ${starts.length} starts, ${finish()}`);
  const inOrder = cases.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  return sample(inOrder, Number(values.count), Number(values.seed));
}

async function repairsOf(cases: readonly RepairCase[]): Promise<readonly Repair[]> {
  const done: Repair[] = [];
  const finish = showProgress('repairs', cases.length, () => done.length);
  await workers.run(
    chunksOf(cases).map((some) => ({ is: 'repairs' as const, cases: some })),
    (some) => {
      done.push(...(some as readonly Repair[]));
    },
    fail,
  );
  console.log(`${done.length} repairs, ${finish()}`);
  return done;
}

function fail(error: string): void {
  errors.push(error);
}

function chunksOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / chunk) }, (_, nth) => all.slice(nth * chunk, (nth + 1) * chunk));
}

function figuresOf(some: readonly Repair[]): readonly string[] {
  const taken = slowest(some, some.length).toReversed();
  const at = (share: number) => secondsOf(taken[Math.max(0, Math.ceil(taken.length * share) - 1)]);
  const count = (is: (one: Repair) => boolean) => String(some.filter(is).length);
  return [
    ...[count(() => true), count(({ hasReadFailed }) => hasReadFailed), at(0.5), at(0.99), at(1)],
    ...[count(({ isAcknowledgedUnseen }) => isAcknowledgedUnseen), count(({ problems }) => problems.length > 0)],
  ];
}

function slowest(some: readonly Repair[], count = 5): readonly Repair[] {
  return some.toSorted((one, other) => msOf(other) - msOf(one)).slice(0, count);
}

function msOf({ tookMs = Infinity }: Repair): number {
  return tookMs;
}

function secondsOf(one: Repair | undefined): string {
  return one ? (msOf(one) / 1_000).toFixed(1) : '';
}

function row(name: string, cells: readonly string[]): string {
  return [name.padEnd(34), ...cells.map((cell) => cell.padStart(12))].join('');
}
