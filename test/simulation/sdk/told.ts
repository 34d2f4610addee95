import { hour, later, minute } from '../../../lib/model/clock.ts';
import { adoptedWorld, dueWorld, isAtRest, nothing, type Scenario } from './scenarios.ts';
import { keysNow, type Kind } from './targets.ts';
import type { World } from './world.ts';

/** With two apps that are waited for, and a topic that takes what it is told and brings it to nobody. */
export function consumers(kind: Kind): Scenario {
  return {
    name: 'rotation with consumers',
    kind,
    open: async () => {
      const world = await dueWorld(kind, true);
      const leaked = Object.values(keysNow(world.azure, world.resource));
      return { world, leaked, begin: nothing, isDone: () => isOver(world) };
    },
  };
}

const noticeMs = { 'some day': undefined, 'in 20 minutes': 20 * minute } as const;
type When = keyof typeof noticeMs;
export const whens = Object.keys(noticeMs) as readonly When[];

/** Told at rest, and seen by every question for notices from then on; with the same two apps. */
export function notice(when: When): Scenario {
  return {
    name: `notice, keys will be regenerated ${when}`,
    kind: 'signalr',
    open: async () => {
      const world = await adoptedWorld('signalr', true);
      await world.pass(hour);
      const leaked = Object.values(keysNow(world.azure, world.resource));
      const begin = async () => {
        await nothing();
        raise(world, noticeMs[when]);
      };
      return { world, leaked, begin, isDone: () => isOver(world) };
    },
  };
}

function raise({ azure, resource, watch }: World, inMs: number | undefined): void {
  const at = azure.clock.now();
  const deadline = inMs === undefined ? undefined : later(at, inMs);
  watch.told({ is: 'noticed', at, ...(deadline && { deadline }) });
  const subscriptionIds = [resource.subscriptionId];
  const mitigated = deadline && { impactMitigationTime: deadline };
  azure.health.raise({ trackingId: 'NOTICE-1', eventType: 'HealthAdvisory', subscriptionIds, ...mitigated });
}

function isOver(world: World): boolean {
  return world.state().lastRotation !== undefined && isAtRest(world);
}

/** The stories of one kind of target in which somebody else is told, or tells. */
export function toldScenariosOf(kind: Kind): readonly Scenario[] {
  return [consumers(kind), ...(kind === 'signalr' ? whens.map(notice) : [])];
}
