import { day, second } from '../../../lib/model/clock.ts';
import type { Mode } from '../../../lib/model/state.ts';
import type { Kind } from './followed.ts';
import { adoption, allDeliveries, nearExpiry } from './newsScenarios.ts';
import { tagsOf, valueOf } from './rules.ts';
import { adopted, due, hasNewest, isAtRest, nothing, type Scenario } from './scenes.ts';
import type { Wanted } from './stage.ts';
import { createWorld, type World } from './world.ts';
import { postRequest } from '../../support/createTestApp.ts';
import { keyInUse } from '../../support/customerManagedKeys.ts';

function onboarding(kind: Kind): Scenario {
  return {
    ...{ name: 'onboarding', kind },
    open: async () => {
      const world = await createWorld(kind);
      const isDone = () => world.state('target').stateBinding !== undefined && isAtRest(world);
      return { world, begin: nothing, isDone };
    },
  };
}

/** Due by its validity: nobody has made a newer version, so keyturn does. */
export function rotation(kind: Kind, name: string, wanted: Wanted = {}): Scenario {
  return {
    ...{ name, kind },
    open: async () => {
      const world = await due(kind, wanted);
      return { world, begin: nothing, isDone: () => hasNewest(world) };
    },
  };
}

function ending(kind: Kind): Scenario {
  return {
    ...{ name: 'rotation with disable-old-version', kind },
    open: async () => {
      const world = await due(kind, { wishes: { RotationOptions: 'disable-old-version' } });
      const isDone = () => hasNewest(world) && world.followed.versions()[0]?.enabled === false;
      return { world, begin: nothing, isDone };
    },
  };
}

/** A wish, told at rest: another key, or none of the owner's. */
function wish(name: string, key: (world: World) => string): Scenario {
  const kind = 'batch-cmk';
  return {
    ...{ name, kind },
    open: async () => {
      const world = await due(kind);
      const wanted = key(world);
      world.vault.update('target', { tags: { ...tagsOf(world, 'target'), RotationKey: wanted } });
      const [account] = world.followers.map((follower) => follower.account);
      const isDone = () =>
        isAtRest(world) &&
        account !== undefined &&
        keyInUse(account).startsWith(wanted) &&
        valueOf(world, 'target') === keyInUse(account);
      return { world, begin: nothing, isDone };
    },
  };
}

/** Somebody asks until it is accepted; what is live is taken to have leaked. */
function emergency(kind: Kind, mode: Mode): Scenario {
  return {
    ...{ name: `${mode} emergency`, kind },
    open: async () => {
      const world = await adopted(kind, { leak: mode });
      await world.pass(day);
      const body = { vault: world.vault.uri, secret: 'target', mode, reason: 'leaked' };
      const begin = async () => {
        while (!(await isAccepted(world, body))) await world.pass(30 * second);
      };
      return { world, begin, isDone: () => hasNewest(world) };
    },
  };
}

async function isAccepted(world: World, body: object): Promise<boolean> {
  const answer = await world.attempt((app) => app.start(postRequest(body, { 'Idempotency-Key': 'incident' })));
  return answer !== 'ended' && answer.status === 202;
}

/** Every story of one kind of target. */
export function scenariosOf(kind: Kind): readonly Scenario[] {
  const byEvents = allDeliveries.map((by) => adoption(kind, by));
  const emergencies = (['graceful', 'immediate'] as const).map((mode) => emergency(kind, mode));
  const rotations = [rotation(kind, 'rotation'), ending(kind), nearExpiry(kind), ...byEvents, ...emergencies];
  const all = [onboarding(kind), ...rotations];
  const shared = rotation(kind, 'rotation of two accounts that share it', { accounts: 2 });
  if (kind === 'pool-certificate') return [...all, shared];
  const another = wish('RotationKey names another key', ({ other }) => other.url);
  return [...all, shared, another, wish('RotationKey is Microsoft.Batch', () => 'Microsoft.Batch')];
}
