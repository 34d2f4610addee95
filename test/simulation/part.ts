import { parentPort, workerData } from 'node:worker_threads';
import { sorts, type Sort } from './port/resource.ts';
import { portSchedules } from './port/schedules.ts';
import type { Ran } from './ran.ts';
import { scenariosOf, type Scenario } from './sdk/scenarios.ts';
import { schedulesOf } from './sdk/schedules.ts';
import { kinds as keyKinds, type Kind as KeyKind } from './sdk/targets.ts';
import { toldScenariosOf } from './sdk/told.ts';
import { kinds as versionKinds, type Kind as VersionKind } from './versions/followed.ts';
import { scenariosOf as versionScenariosOf } from './versions/scenarios.ts';
import { actsIn, schedulesOf as versionSchedulesOf } from './versions/schedules.ts';

/** A share of all schedules, for one thread. */
export type Part =
  | { readonly seam: 'SDK clients' | 'SDK clients, consumers and notices'; readonly kind: KeyKind }
  | { readonly seam: 'SDK clients, versions'; readonly version: VersionKind; readonly every: number }
  | { readonly seam: 'ports'; readonly sort: Sort; readonly every: number }
  | { readonly seam: 'ports, consumers'; readonly sort: Sort; readonly hasConsumers: true; readonly every: number };

/** `every`: every how many of the pairs of a fault and a person's act. */
export function parts(every: number): readonly Part[] {
  return [
    ...versionKinds.map((version) => ({ seam: 'SDK clients, versions', version, every: 100 * every }) as const),
    ...keyKinds.map((kind) => ({ seam: 'SDK clients', kind }) as const),
    ...keyKinds.map((kind) => ({ seam: 'SDK clients, consumers and notices', kind }) as const),
    ...sorts.map((sort) => ({ seam: 'ports', sort, every }) as const),
    ...sorts.map((sort) => ({ seam: 'ports, consumers', sort, hasConsumers: true, every: 8 * every }) as const),
  ];
}

/** The kind of target that it is about. */
export function kindIn(part: Part): string {
  if ('version' in part) return part.version;
  return 'sort' in part ? part.sort : `${part.kind}-key`;
}

function scenarios({ seam, kind }: Part & { kind: KeyKind }): readonly Scenario[] {
  return seam === 'SDK clients' ? scenariosOf(kind) : toldScenariosOf(kind);
}

async function* ranIn(part: Part): AsyncGenerator<Ran> {
  if ('sort' in part) yield* portSchedules({ ...part, actsEvery: 1 });
  else if ('version' in part) yield* versionsIn(part.version, part.every);
  else for (const scenario of scenarios(part)) yield* schedulesOf(scenario);
}

async function* versionsIn(kind: VersionKind, every: number): AsyncGenerator<Ran> {
  for (const scenario of versionScenariosOf(kind)) {
    yield* versionSchedulesOf(scenario);
    yield* actsIn(scenario, { actsEvery: 1, every });
  }
}

/** In a thread of `crash.ts`: runs its part and tells of every schedule. */
if (parentPort) {
  for await (const ran of ranIn(workerData as Part)) parentPort.postMessage(ran);
}
