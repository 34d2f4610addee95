import { parentPort, workerData } from 'node:worker_threads';
import { firstBroken, type Wanted } from './check.ts';
import { emptyTally, tell } from './tally.ts';

const everyRuns = 50;

/** In a thread of `events.ts`: runs its share, and tells from time to time. */
if (parentPort) {
  const port = parentPort;
  let tally = emptyTally();
  const broken = await firstBroken(workerData as Wanted, (told) => {
    tell(tally, told);
    if (tally.runs < everyRuns) return;
    port.postMessage({ tally });
    tally = emptyTally();
  });
  port.postMessage({ tally, ...(broken && { broken }) });
}
