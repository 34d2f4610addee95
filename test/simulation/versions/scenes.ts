import { day } from '../../../lib/model/clock.ts';
import { hasClass } from '../../../lib/model/reason.ts';
import type { Kind } from './followed.ts';
import { valueOf } from './rules.ts';
import type { Wanted } from './stage.ts';
import { createWorld, type World } from './world.ts';

/** A story that is told without a fault first, and then once for every request in it and every fault. */
export interface Scenario {
  readonly name: string;
  readonly kind: Kind;
  open(): Promise<Scene>;
}

/** The world at the moment from which on faults strike. */
export interface Scene {
  readonly world: World;
  /** What happens besides the timers. */
  begin(): Promise<void>;
  /** Everything came about that was to. */
  isDone(): boolean;
}

const untilDueMs = 61 * day;

export function isAtRest({ state, followers }: World): boolean {
  return followers.every(({ secret }) => {
    const { rotation, wait } = state(secret);
    return !rotation && (!wait || hasClass(wait.reason, 'nothing-to-rotate'));
  });
}

export async function nothing(): Promise<void> {
  await Promise.resolve();
}

export async function adopted(kind: Kind, wanted: Wanted = {}): Promise<World> {
  const world = await createWorld(kind, wanted);
  await world.round();
  return world;
}

export async function due(kind: Kind, wanted: Wanted = {}): Promise<World> {
  const world = await adopted(kind, wanted);
  await world.pass(untilDueMs);
  return world;
}

function isOfVersion({ followed }: World, id: string, nth: number): boolean {
  return id === `${followed.url}/${followed.versions()[nth]?.version ?? ''}`;
}

/** Every secret names the newest version, and rests. */
export function hasNewest(world: World): boolean {
  const { followers, followed } = world;
  const at = followed.versions().length - 1;
  return at > 0 && isAtRest(world) && followers.every(({ secret }) => isOfVersion(world, valueOf(world, secret), at));
}
