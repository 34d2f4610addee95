import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { HistoryReport, HistoryShare } from './histories/check.ts';
import { createCounts, showProgress } from './progress.ts';
import { createWorkers } from './workers.ts';

/**
 * `npm run events`: histories in which every kind of event is lost, repeated, late or out of order while people act,
 * requests fail and the service announces regenerations. Each share of them has a seed. A history that breaks a promise
 * is made short and printed with what runs it again (`--seed` and `--path`).
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    path: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});

const shareRuns = 50;
const workers = createWorkers(Number(values.workers));
const counts = createCounts();
const broken: string[] = [];
const shares = sharesOf(Number(values.runs), Number(values.seed));
console.log(`seeds from ${values.seed} on, ${shareRuns} histories each`);
const finish = showProgress('histories', Number(values.runs), () => counts.sum('histories'));
await workers.run(
  shares,
  (report) => {
    take(report as HistoryReport);
  },
  addBroken,
);
await workers.close();
console.log(counts.list('all'));
console.log(`${counts.sum('histories')} histories, ${broken.length} violations, ${finish()}`);
process.exitCode = broken.length === 0 ? 0 : 1;

function sharesOf(runs: number, seed: number): readonly (HistoryShare & { is: 'histories' })[] {
  if (values.path !== undefined) return [{ is: 'histories', runs: 1, seed, path: values.path }];
  return Array.from({ length: Math.ceil(runs / shareRuns) }, (_, nth) => {
    return { is: 'histories', seed: seed + nth, runs: Math.min(shareRuns, runs - nth * shareRuns) };
  });
}

function take(report: HistoryReport): void {
  counts.add('all', report.counts);
  if (report.broken !== undefined) addBroken(report.broken);
}

function addBroken(text: string): void {
  broken.push(text);
  console.log(`VIOLATION: ${text}`);
}
