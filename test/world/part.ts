import { parentPort, workerData } from 'node:worker_threads';
import { sorts, type Sort } from './port/resource.ts';
import { portSchedules } from './port/schedules.ts';
import type { Ran } from './ran.ts';
import { scenariosOf } from './sdk/scenarios.ts';
import { schedulesOf } from './sdk/schedules.ts';
import { kinds, type Kind } from './sdk/targets.ts';

/** A share of all schedules, for one thread. */
export type Part =
  | { readonly seam: 'SDK clients'; readonly kind: Kind }
  | { readonly seam: 'ports'; readonly sort: Sort; readonly every: number };

/** `every`: every how many of the pairs of a fault and a person's act. */
export function parts(every: number): readonly Part[] {
  return [
    ...kinds.map((kind) => ({ seam: 'SDK clients', kind }) as const),
    ...sorts.map((sort) => ({ seam: 'ports', sort, every }) as const),
  ];
}

async function* ranIn(part: Part): AsyncGenerator<Ran> {
  if (part.seam === 'ports') yield* portSchedules({ ...part, actsEvery: 1 });
  else for (const scenario of scenariosOf(part.kind)) yield* schedulesOf(scenario);
}

/** In a thread of `crash.ts`: runs its part and tells of every schedule. */
if (parentPort) {
  for await (const ran of ranIn(workerData as Part)) parentPort.postMessage(ran);
}
