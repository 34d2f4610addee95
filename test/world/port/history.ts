import { hour, later } from '../../../lib/model/clock.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { acts, type Act } from './acts.ts';
import type { Fault, Plan } from './effects.ts';
import type { Sort } from './resource.ts';
import { World, type Emergency } from './world.ts';

/** What happens at which step. */
export interface History {
  readonly sort: Sort;
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

/** Lets it happen, and waits for the dust to settle. */
export async function play({ sort, faults = [], acts: planned = [] }: History): Promise<Told> {
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
  const world: World = new World(sort, plan);
  const start = world.effects.now;
  const lastStep = Math.max(0, ...[...faults, ...planned].map(([step]) => step));
  const isOver = () => {
    const { now } = world.effects;
    if (world.effects.journal.length <= lastStep) return now > later(start, longestMs);
    return now > later(new Date(Math.max(lastMs, start.getTime())), aftermathMs);
  };
  while (!isOver()) await world.round();
  return { world, wrong: [...world.watch.violations, ...world.thrown, ...judged(world, ends, planned)] };
}

/** Waits that a person has to end: a rotation may stand still for them. */
const forPeople: ReadonlySet<Reason> = new Set(['value-not-of-resource', 'claimed-twice', 'resource-missing', 'live-refused']);

/** What was asked for stands in the tags alone: who takes them away takes it back. */
const forgetting = /^(writes|deletes (RotationRecord|RotationProgress|all state tags)|corrupts)/;

function judged(world: World, ends: boolean, planned: History['acts'] = []): readonly string[] {
  const forgets = planned.some(([, does]) => forgetting.test(does));
  const { state, resource, secret, emergencies, effects } = world;
  const { rotation, wait, held } = state;
  if (ends || isLeftAlone(world)) return [];
  const settling = rotation?.phase === 'revoke' && wait?.reason === 'settling' && wait.until > effects.now;
  const stands = held !== undefined || (wait !== undefined && forPeople.has(wait.reason));
  const accepted = resource.accepts(world.keyIn(secret.current.value));
  const alive = emergencies.filter(isPlain).flatMap(({ leaked = [] }) => leaked);
  const twice = planned.length === 0 && resource.regenerated.length !== 2;
  return [
    world.tagged.is !== 'target' && `end: the secret is ${world.tagged.is}`,
    rotation && !settling && !stands && `end: stuck in ${rotation.phase}, ${wait?.reason ?? 'no wait'}`,
    !accepted && !stands && 'end: the value is not accepted',
    !rotation && !state.bond && !stands && 'end: no state',
    held && !isToBeHeld(held, planned) && `held: ${held}`,
    twice && `regenerated: ${resource.regenerated.join(' ')}`,
    !stands && emergencies.some(({ status }) => status !== 202) && `emergency: ${emergencies[0]?.status ?? 'no answer'}`,
    !stands && !forgets && alive.some((key) => resource.slotOf(key)) && 'emergency: a leaked key lives on',
  ].filter((wrong) => typeof wrong === 'string');
}

/** What only its history can tell: new keys refused for long, or dead values written again and again. */
function isToBeHeld(held: Reason, planned: NonNullable<History['acts']>): boolean {
  if (held === 'proof-refused') return planned.some(([, does]) => does.includes('90 seconds'));
  return held === 'contended' && planned.length > 1;
}

/** Accepted, and clear what it means: one that names no key joins an earlier one (R20). */
function isPlain({ status, compromised }: Emergency, _: number, all: readonly Emergency[]): boolean {
  return status === 202 && (compromised !== undefined || all.length === 1);
}

/** Untagged before it was a target, or with a value that is no key (any more): said, and left to a person (R10). */
function isLeftAlone({ tagged, isClaimed, announced, resource, keyIn, secret }: World): boolean {
  if (tagged.is !== 'foreign') return false;
  const dead = resource.slotOf(keyIn(secret.current.value)) === undefined;
  return !isClaimed || (dead && announced.some((said) => said.includes('tags-lost')));
}
