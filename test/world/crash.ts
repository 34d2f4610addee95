import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import pMap from 'p-map';
import { parts, type Part } from './part.ts';
import type { Ran } from './ran.ts';

interface Count {
  schedules: number;
  fired: number;
  broken: number;
}

/**
 * `npm run crash`: the schedules at both seams; how many per fault, and each one that broke a promise. The pairs at the
 * ports take hours: every 31st of them is run (248th with consumers), `-- --every 1` runs all (8th).
 */
const { values } = parseArgs({ options: { every: { type: 'string', default: '31' } } });
const startMs = Date.now();
const counts = new Map<string, Count>();
setInterval(tellProgress, 30_000).unref();
await pMap(parts(Number(values.every)), runPart, { concurrency: availableParallelism() });
console.log(table());
console.log(`${minutesSoFar()} minutes`);
process.exitCode = [...counts.values()].every(isWell) ? 0 : 1;

async function runPart(part: Part): Promise<void> {
  const worker = new Worker(join(import.meta.dirname, 'part.ts'), { workerData: part });
  worker.on('message', (ran: Ran) => {
    count(`${part.seam}, ${ran.fault}`, ran);
  });
  await once(worker, 'exit');
}

/** A long run says how far it is. */
function tellProgress(): void {
  const soFar = [...counts.values()].reduce((sum, { schedules }) => sum + schedules, 0);
  console.error(`${soFar} schedules in ${minutesSoFar()} minutes`);
}

function minutesSoFar(): string {
  return ((Date.now() - startMs) / 60_000).toFixed(1);
}

function count(name: string, { story, fault, fired, problems }: Ran): void {
  const known = counts.get(name) ?? { schedules: 0, fired: 0, broken: 0 };
  counts.set(name, known);
  known.schedules += 1;
  if (fired) known.fired += 1;
  else console.log(`NOT FIRED: ${fault}: ${story}`);
  if (problems.length === 0) return;
  known.broken += 1;
  console.log(`BROKEN: ${fault}: ${story}\n  ${problems.join('\n  ')}`);
}

function isWell({ schedules, fired, broken }: Count): boolean {
  return fired === schedules && broken === 0;
}

function table(): string {
  const rows = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const total: Count = { schedules: 0, fired: 0, broken: 0 };
  for (const [, { schedules, fired, broken }] of rows) {
    total.schedules += schedules;
    total.fired += fired;
    total.broken += broken;
  }
  const line = (name: string, schedules: unknown, fired: unknown, broken: unknown) =>
    [name.padEnd(56), ...[schedules, fired, broken].map((cell) => String(cell).padStart(10))].join('');
  const lines = [...rows, ['all', total] as const].map(([name, each]) =>
    line(name, each.schedules, each.fired, each.broken),
  );
  return [line('seam, fault', 'schedules', 'fired', 'broken'), ...lines].join('\n');
}
