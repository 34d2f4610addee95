import { hour, later } from '../../../lib/model/clock.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { acts, type Act } from './acts.ts';
import type { Fault, Plan } from './effects.ts';
import type { Sort } from './resource.ts';
import { World } from './world.ts';

/** One fault at a step and one act of a person at a step, both optional. */
export interface History {
  readonly sort: Sort;
  readonly fault?: readonly [step: number, fault: Fault];
  readonly act?: readonly [step: number, does: string];
  /** Another of each, for what needs two. */
  readonly act2?: readonly [step: number, does: string];
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

/** Lets it happen, and waits for the dust to settle. */
export async function play(history: History): Promise<Told> {
  const planned = [history.act, history.act2].filter((act) => act !== undefined);
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
      if (history.fault?.[0] !== step) return undefined;
      lastMs = world.effects.now.getTime();
      return history.fault[1];
    },
  };
  const world: World = new World(history.sort, plan);
  const start = world.effects.now;
  const isOver = () => {
    const { now } = world.effects;
    const steps = Math.max(...planned.map(([step]) => step), history.fault?.[0] ?? 0);
    if (world.effects.journal.length <= steps) return now > later(start, longestMs);
    return now > later(new Date(Math.max(lastMs, start.getTime())), aftermathMs);
  };
  while (!isOver()) await world.round();
  return { world, wrong: [...world.watch.violations, ...world.thrown, ...judged(world, ends, history)] };
}

/** Waits that a person has to end: a rotation may stand still for them. */
const forPeople: ReadonlySet<Reason> = new Set(['value-not-of-resource', 'claimed-twice', 'resource-missing', 'live-refused']);

function judged(world: World, ends: boolean, { act }: History): readonly string[] {
  const { state, resource, secret, emergencies, effects } = world;
  const { rotation, wait, held } = state;
  if (ends || isLeftAlone(world)) return [];
  const settling = rotation?.phase === 'revoke' && wait?.reason === 'settling' && wait.until > effects.now;
  const stands = held !== undefined || (wait !== undefined && forPeople.has(wait.reason));
  const accepted = resource.accepts(world.keyIn(secret.current.value));
  const alive = emergencies.filter(({ status }) => status === 202).flatMap(({ leaked = [] }) => leaked);
  const twice = !act && resource.regenerated.length !== 2;
  return [
    world.tagged.is !== 'target' && `end: the secret is ${world.tagged.is}`,
    rotation && !settling && !stands && `end: stuck in ${rotation.phase}, ${wait?.reason ?? 'no wait'}`,
    !accepted && !stands && 'end: the value is not accepted',
    !rotation && !state.bond && !stands && 'end: no state',
    held && `held: ${held}`,
    twice && `regenerated: ${resource.regenerated.join(' ')}`,
    emergencies.some(({ status }) => status !== 202) && `emergency: ${emergencies[0]?.status ?? 'no answer'}`,
    !stands && alive.some((key) => resource.slotOf(key)) && 'emergency: a leaked key lives on',
  ].filter((wrong) => typeof wrong === 'string');
}

/** Untagged before it was a target, or with a value that is no key (any more): said, and left to a person (R10). */
function isLeftAlone({ tagged, isClaimed, announced, resource, keyIn, secret }: World): boolean {
  if (tagged.is !== 'foreign') return false;
  const dead = resource.slotOf(keyIn(secret.current.value)) === undefined;
  return !isClaimed || (dead && announced.some((said) => said.includes('tags-lost')));
}
