import { parentPort, workerData } from 'node:worker_threads';
import { sorts, type Sort } from './port/resource.ts';
import { portSchedules } from './port/schedules.ts';
import type { Ran } from './ran.ts';
import { scenariosOf, type Scenario } from './sdk/scenarios.ts';
import { schedulesOf } from './sdk/schedules.ts';
import { kinds, type Kind } from './sdk/targets.ts';
import { toldScenariosOf } from './sdk/told.ts';

/** A share of all schedules, for one thread. */
export type Part =
  | { readonly seam: 'SDK clients' | 'SDK clients, consumers and notices'; readonly kind: Kind }
  | { readonly seam: 'ports'; readonly sort: Sort; readonly every: number }
  | { readonly seam: 'ports, consumers'; readonly sort: Sort; readonly hasConsumers: true; readonly every: number };

/** `every`: every how many of the pairs of a fault and a person's act. */
export function parts(every: number): readonly Part[] {
  return [
    ...kinds.map((kind) => ({ seam: 'SDK clients', kind }) as const),
    ...kinds.map((kind) => ({ seam: 'SDK clients, consumers and notices', kind }) as const),
    ...sorts.map((sort) => ({ seam: 'ports', sort, every }) as const),
    ...sorts.map((sort) => ({ seam: 'ports, consumers', sort, hasConsumers: true, every: 8 * every }) as const),
  ];
}

function scenarios({ seam, kind }: Part & { kind: Kind }): readonly Scenario[] {
  return seam === 'SDK clients' ? scenariosOf(kind) : toldScenariosOf(kind);
}

async function* ranIn(part: Part): AsyncGenerator<Ran> {
  if ('sort' in part) yield* portSchedules({ ...part, actsEvery: 1 });
  else for (const scenario of scenarios(part)) yield* schedulesOf(scenario);
}

/** In a thread of `crash.ts`: runs its part and tells of every schedule. */
if (parentPort) {
  for await (const ran of ranIn(workerData as Part)) parentPort.postMessage(ran);
}
