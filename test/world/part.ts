import { parentPort, workerData } from 'node:worker_threads';
import type { Ran } from './ran.ts';
import { scenariosOf } from './sdk/scenarios.ts';
import { schedulesOf } from './sdk/schedules.ts';
import { kinds, type Kind } from './sdk/targets.ts';

/** A share of all schedules, for one thread. */
export interface Part {
  readonly seam: 'SDK clients';
  readonly kind: Kind;
}

export const parts: readonly Part[] = kinds.map((kind) => ({ seam: 'SDK clients', kind }));

async function* ranIn({ kind }: Part): AsyncGenerator<Ran> {
  for (const scenario of scenariosOf(kind)) yield* schedulesOf(scenario);
}

/** In a thread of `crash.ts`: runs its part and tells of every schedule. */
if (parentPort) {
  for await (const ran of ranIn(workerData as Part)) parentPort.postMessage(ran);
}
