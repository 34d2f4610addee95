import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join as path } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import pMap from 'p-map';
import { seams, type Seam, type Wanted } from './events/check.ts';
import { emptyTally, join, table, type Tally } from './events/tally.ts';

/**
 * `npm run events`: histories in which every kind of event is lost, repeated, late or out of order while people act.
 * Each share of them has a seed; what breaks a promise is made short and printed with what runs it again.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    /** Of that many runs so many through the real clients and the local Azure's Event Grid. */
    grid: { type: 'string', default: '1000' },
    seam: { type: 'string', default: 'ports' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    path: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});
const aShare = 250;
const startMs = Date.now();
const tallies = new Map<Seam, Tally>(seams.map((seam) => [seam, emptyTally()]));
const broken: string[] = [];
setInterval(tellProgress, 30_000).unref();
console.log(`seeds from ${values.seed} on, a share of ${aShare} each`);
await pMap(shares(), run, { concurrency: Number(values.workers) });
for (const [seam, tally] of tallies) console.log(`${seam}\n${table(tally)}`);
console.log(`${broken.length} shares broke a promise\n${minutesSoFar()} minutes`);
process.exitCode = broken.length === 0 ? 0 : 1;

function shares(): readonly Wanted[] {
  const seed = Number(values.seed);
  const seam = seams.find((each) => each === values.seam) ?? 'ports';
  if (values.path !== undefined) return [{ seam, runs: 1, seed, path: values.path }];
  const grid = Number(values.grid);
  return [...sharesOf('event grid', grid, seed), ...sharesOf('ports', Number(values.runs) - grid, seed)];
}

function sharesOf(seam: Seam, runs: number, seed: number): readonly Wanted[] {
  const count = Math.ceil(runs / aShare);
  return Array.from({ length: count }, (_, nth) => {
    return { seam, seed: seed + nth, runs: Math.min(aShare, runs - nth * aShare) };
  });
}

async function run(wanted: Wanted): Promise<void> {
  const worker = new Worker(path(import.meta.dirname, 'events', 'share.ts'), { workerData: wanted });
  worker.on('message', (said: { tally: Tally; broken?: string }) => {
    const tally = tallies.get(wanted.seam);
    if (tally) join(tally, said.tally);
    if (said.broken === undefined) return;
    broken.push(said.broken);
    console.log(`BROKEN: ${said.broken}`);
  });
  await once(worker, 'exit');
}

function tellProgress(): void {
  const runs = [...tallies.values()].reduce((sum, tally) => sum + tally.runs, 0);
  console.error(`${runs} histories in ${minutesSoFar()} minutes`);
}

function minutesSoFar(): string {
  return ((Date.now() - startMs) / 60_000).toFixed(1);
}
