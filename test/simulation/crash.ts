import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import pMap from 'p-map';
import { createCounts } from './counts.ts';
import { kindIn, parts, type Part } from './part.ts';
import type { Ran } from './ran.ts';

/**
 * `npm run crash`: the schedules at both seams; how many per fault and kind, and each one that broke a promise. Pairs
 * take hours: at the ports every 31st of them is run (248th with consumers), `-- --every 1` runs all (8th); of kinds whose
 * credentials are versions every 3,100th (100th).
 */
const { values } = parseArgs({ options: { every: { type: 'string', default: '31' } } });
const startMs = Date.now();
const byFault = createCounts();
const byKind = createCounts();
setInterval(tellProgress, 30_000).unref();
await pMap(parts(Number(values.every)), runPart, { concurrency: availableParallelism() });
console.log(`${byFault.table('seam, fault')}\n\n${byKind.table('seam, kind')}`);
console.log(`${minutesSoFar()} minutes`);
const { schedules, fired, broken } = byFault.total();
process.exitCode = fired === schedules && broken === 0 ? 0 : 1;

async function runPart(part: Part): Promise<void> {
  const worker = new Worker(join(import.meta.dirname, 'part.ts'), { workerData: part });
  const own = createCounts();
  const name = `${part.seam}, ${kindIn(part)}`;
  worker.on('message', (ran: Ran) => {
    for (const counts of [own, byKind]) counts.add(name, ran);
    byFault.add(`${part.seam}, ${ran.fault}`, ran);
    tell(ran);
  });
  await once(worker, 'exit');
  const { schedules, broken } = own.total();
  console.error(`${name}: ${schedules} schedules, ${broken} broken, over after ${minutesSoFar()} minutes`);
}

/** A long run says how far it is. */
function tellProgress(): void {
  console.error(`${byFault.total().schedules} schedules in ${minutesSoFar()} minutes`);
}

function minutesSoFar(): string {
  return ((Date.now() - startMs) / 60_000).toFixed(1);
}

function tell({ story, fault, fired, problems }: Ran): void {
  if (!fired) console.log(`NOT FIRED: ${fault}: ${story}`);
  if (problems.length > 0) console.log(`BROKEN: ${fault}: ${story}\n  ${problems.join('\n  ')}`);
}
