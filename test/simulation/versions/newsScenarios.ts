import { day, later, second } from '../../../lib/model/clock.ts';
import { RedeliverError } from '../../../lib/triggers/events/handlers.ts';
import type { Kind } from './followed.ts';
import { newsOf, type Happened } from './news.ts';
import { adopted, hasNewest, type Scenario } from './scenes.ts';
import type { World } from './world.ts';

export function nearExpiry(kind: Kind): Scenario {
  return {
    ...{ name: 'near expiry, by its event', kind },
    open: async () => {
      const world = await adopted(kind);
      await world.pass(day);
      world.followed.set({ expiresOn: later(world.azure.clock.now(), 29 * day) });
      const [first = ''] = world.followed.versions().map(({ version }) => version);
      return { world, begin: () => tell(world, [['NearExpiry', first]]), isDone: () => hasNewest(world) };
    },
  };
}

/** What becomes of the event of a version that somebody made: `older` is of the version before. */
const deliveries = {
  'its event': ['newest'],
  'its event, twice': ['newest', 'newest'],
  'the rolling check, its event being lost': [],
  'its event, before that of the version before': ['newest', 'older'],
} as const;
type Delivery = keyof typeof deliveries;
export const allDeliveries = Object.keys(deliveries) as readonly Delivery[];

export function adoption(kind: Kind, by: Delivery): Scenario {
  return {
    ...{ name: `adoption of a newer version by ${by}`, kind },
    open: async () => {
      const world = await adopted(kind);
      await world.pass(day);
      const begin = async () => {
        const older = await world.followed.make();
        world.azure.clock.advance(2_000);
        const newest = await world.followed.make();
        const versions = { older, newest };
        await tell(
          world,
          deliveries[by].map((which) => ['NewVersionCreated', versions[which]]),
        );
      };
      return { world, begin, isDone: () => hasNewest(world) };
    },
  };
}

/** As Event Grid does: again, until it was taken. */
async function tell(world: World, all: readonly (readonly [Happened, string])[]): Promise<void> {
  for (const [happened, version] of all) {
    const event = newsOf(world, happened, version);
    while ((await world.attempt((app) => app.keyVault(event).then(() => 'taken', toBeRepeated))) !== 'taken') {
      await world.pass(30 * second);
    }
  }
}

function toBeRepeated(error: unknown): 'again' {
  if (error instanceof RedeliverError) return 'again';
  throw error;
}
