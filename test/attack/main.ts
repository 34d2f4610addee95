import process from 'node:process';
import { parseArgs } from 'node:util';
import { hour } from '../../lib/model/clock.ts';
import { createWorkers } from '../simulation/workers.ts';
import { attackProcesses } from './processes.ts';
import { lastLine, type Report } from './report.ts';

/**
 * `npm run attack -- [--minutes 10] [--seed 1] [--targets 150]`: two hosts on one local Azure, while processes die,
 * services fail, events are lost and people act. The seed fixes faults and people, not how they interleave. The last
 * line counts what should not happen; only zeros end it well.
 *
 * With `--hours 6` the same takes seconds: everything in this process, on a virtual clock.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    targets: { type: 'string' },
    hours: { type: 'string' },
  },
});
const seed = Number(values.seed);
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
const startMs = Date.now();
try {
  const report =
    values.hours === undefined ? await attack(Number(values.minutes)) : await simulate(Number(values.hours));
  for (const line of report.lines) console.log(line);
  for (const problem of report.problems) console.log(`\n${problem}`);
  console.log(`\nseed ${seed}: ${lastLine(report)}`);
  process.exitCode = Object.values(report.zeros).every((count) => count === 0) ? 0 : 1;
} catch (error) {
  if (!ended.signal.aborted) throw error;
  console.log('Interrupted.');
  process.exitCode = 130;
}

function attack(minutes: number): Promise<Report> {
  return attackProcesses({ minutes, seed, targets: Number(values.targets ?? 150), signal: ended.signal, print });
}

async function simulate(hours: number): Promise<Report> {
  const task = { is: 'attack', seed, targets: Number(values.targets ?? 25), ms: hours * hour } as const;
  const workers = createWorkers(1);
  const reports: Report[] = [];
  await workers.run([task], (report) => reports.push(report as Report), fail);
  await workers.close();
  return reports[0] ?? fail('nothing was reported');
}

function fail(error: string): never {
  throw new Error(error);
}

function interrupt(): void {
  ended.abort(new Error('Interrupted.'));
}

function print(line: string): void {
  console.log(`${((Date.now() - startMs) / 1_000).toFixed(0).padStart(4)} s  ${line}`);
}
