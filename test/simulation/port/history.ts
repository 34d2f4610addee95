import { hour, later } from '../../../lib/model/clock.ts';
import type { Act } from './act.ts';
import { acts } from './acts.ts';
import type { Fault, Plan } from './effects.ts';
import type { Sort } from './resource.ts';
import { judged } from './judged.ts';
import { World, type Surroundings } from './world.ts';

/** What happens at which step. */
export interface History {
  readonly sort: Sort;
  /** With applications that are waited for, and a topic that nobody listens to. */
  readonly hasConsumers?: true;
  readonly faults?: readonly (readonly [step: number, fault: Fault])[];
  readonly acts?: readonly (readonly [step: number, does: string])[];
}

export interface Told {
  readonly world: World;
  /** Broken promises, and what should not be so at the end. */
  readonly wrong: readonly string[];
}

const named = new Map<string, Act>(acts.map((act) => [act.does, act]));
/** Long enough to find drift at rest, which is looked for once in six hours, to repair it and to settle. */
const aftermathMs = 9 * hour;
const longestMs = 16 * hour;

function surroundings(): Surroundings {
  const apps = (['app', 'app', 'container-app'] as const).map((kind, nth) => {
    return { name: `app${nth}`, plan: 'plan', kind, condition: 'well' as const };
  });
  return { apps, waits: true, takes: () => undefined };
}

/** Lets it happen, and waits for the dust to settle. */
export async function play({ sort, hasConsumers, faults = [], acts: planned = [] }: History): Promise<Told> {
  let lastMs = 0;
  let ends = false;
  const plan: Plan = {
    before: (step) => {
      for (const [at, does] of planned) {
        const act = at === step ? named.get(does) : undefined;
        if (!act) continue;
        lastMs = world.effects.now.getTime();
        ends ||= act.ends === true;
        act.act(world);
      }
    },
    faultAt: (step) => {
      const fault = faults.find(([at]) => at === step)?.[1];
      if (fault) lastMs = world.effects.now.getTime();
      return fault;
    },
  };
  const world: World = new World(sort, plan, hasConsumers ? surroundings() : {});
  const start = world.effects.now;
  const lastStep = Math.max(0, ...[...faults, ...planned].map(([step]) => step));
  const isOver = () => {
    const { now } = world.effects;
    if (world.effects.journal.length <= lastStep) return now > later(start, longestMs);
    return now > later(new Date(Math.max(lastMs, start.getTime())), aftermathMs);
  };
  while (!isOver()) await world.round();
  return {
    world,
    wrong: [
      ...world.watch.violations,
      ...world.thrown,
      ...judged({ world, did: planned.map(([, does]) => does), ends }),
    ],
  };
}
