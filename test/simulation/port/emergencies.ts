import type { Mode } from '../../../lib/model/state.ts';
import type { Slot } from '../../../lib/providers/accessKeys.ts';
import { live, other, type Act } from './act.ts';
import type { World } from './world.ts';

const minute = 60_000;

function emergency(mode: Mode, leaked: string, named: ((world: World) => readonly Slot[]) | undefined): Act {
  return {
    does: `starts an emergency, ${mode}, ${leaked} leaked`,
    act: (world) => {
      world.emergency(mode, named?.(world));
    },
  };
}

const plain: readonly Act[] = (['graceful', 'immediate'] as const).flatMap((mode) => [
  emergency(mode, 'it is not said what', undefined),
  emergency(mode, 'the live key', (world) => [live(world)]),
  emergency(mode, 'the standby', (world) => [other(live(world))]),
  emergency(mode, 'both keys', () => ['Primary', 'Secondary']),
]);

const around: readonly Act[] = [
  {
    does: 'pauses and starts an emergency',
    act: (world) => {
      const { secret } = world;
      if (!secret.deleted) secret.tag({ ...secret.current.tags, RotationPaused: 'true' }, 'other');
      world.emergency('graceful', [live(world)]);
    },
  },
  {
    does: 'regenerates the live key, and 20 minutes later again, and starts an emergency',
    act: (world) => {
      world.resource.replace(live(world));
      world.effects.after(20 * minute, () => {
        world.resource.replace(live(world));
        world.emergency('graceful', undefined);
      });
    },
  },
];

export const emergencies: readonly Act[] = [...plain, ...around];
