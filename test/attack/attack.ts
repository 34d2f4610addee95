import type { LocalAzure } from '../../infra/azure-emulator/src/index.ts';
import { later } from '../../lib/model/clock.ts';
import type { State } from '../../lib/model/state.ts';
import { stateFrom } from '../../lib/tags/stateTags.ts';
import { createAppLog, type AppLog } from './appLog.ts';
import { newTally, type Tally } from './consumers.ts';
import { createFaults, type Faults } from './faults.ts';
import { createLedger, liveSlot, type Ledger } from './ledger.ts';
import { createPeople, hasKeys, type People } from './people.ts';
import type { TimedAct } from './plan.ts';
import { judgeRepairs, type JudgedRepair } from './repairs.ts';
import type { AttackTarget, World } from './world.ts';

/** One attack: the plan's acts on a world, and what is known of them. */
export interface Attack {
  readonly world: World;
  readonly ledger: Ledger;
  readonly people: People;
  readonly faults: Faults;
  readonly tally: Tally;
  readonly log: AppLog;
  /** Errors of acts: faults of the attack itself. */
  readonly failedActs: string[];
  perform(timed: TimedAct): Promise<void>;
  repairs(sweepMs: number): readonly JudgedRepair[];
  /** A wait that ended within the last three sweeps counts: the generate timer runs at every third one. */
  endStates(sweepMs: number): readonly EndState[];
}

/** How a target stands: `adrift` is what is neither at rest, nor waiting, nor held. */
interface EndState {
  readonly target: AttackTarget;
  readonly is: 'idle' | 'waiting' | 'held' | 'adrift';
  readonly detail: string;
}

/** Waits that end by themselves at a time that Azure sets, and that a repair has to respect (R4, request in flight). */
const excusedWaits = ['request-in-flight', 'service-working'];

export function createAttack(world: World): Attack {
  const ledger = createLedger(world);
  const people = createPeople(world, ledger);
  const faults = createFaults(world);
  const bySecret = new Map(world.targets.map((target) => [target.name, target]));
  const failedActs: string[] = [];
  const log = createAppLog(({ secret, reason, at, until }) => {
    const target = bySecret.get(secret);
    if (target && excusedWaits.includes(reason)) ledger.of(target).excuses.push({ cause: reason, from: at, to: until });
  });

  async function perform({ act }: TimedAct): Promise<void> {
    try {
      if (act.by === 'fault') faults.strike(act.fault);
      const target = act.by === 'person' ? world.targets[act.target] : undefined;
      if (act.by === 'person' && target) await people.act(target, act.does);
    } catch (error) {
      failedActs.push(`${JSON.stringify(act)}: ${String(error)}`);
    }
  }
  return {
    ...{ world, ledger, people, faults, log, failedActs, perform },
    tally: newTally(),
    repairs: (sweepMs) => {
      const held = new Set(world.targets.filter((target) => stateOf(target)?.held !== undefined));
      return judgeRepairs(ledger, faults.excuses, {
        sweepMs,
        end: world.now(),
        held,
        deliveries: deliveriesIn(world.azure),
      });
    },
    endStates: (sweepMs) => world.targets.map((target) => endStateOf(target, world.now(), 3 * sweepMs)),
  };
}

function deliveriesIn({ eventGrid }: LocalAzure): ReadonlyMap<string, readonly Date[] | 'lost'> {
  const byEvent = new Map<string, Date[] | 'lost'>();
  for (const { event, at, status } of eventGrid.deliveries) {
    const before = byEvent.get(event.id);
    if (status === 'dropped') byEvent.set(event.id, 'lost');
    else if (before !== 'lost') byEvent.set(event.id, [...(before ?? []), at]);
  }
  return byEvent;
}

function stateOf({ vault, name }: AttackTarget) {
  const state = stateFrom(vault.current(name)?.tags ?? {});
  return typeof state === 'string' ? undefined : state;
}

function endStateOf(target: AttackTarget, now: Date, slackMs: number): EndState {
  const state = stateOf(target);
  if (!state) return { target, is: 'adrift', detail: 'unreadable' };
  const isDead = hasKeys(target) && liveSlot(target, now.getTime()) === undefined;
  const found = standing(state, now, slackMs);
  const is = found === 'idle' && isDead ? 'adrift' : found;
  return { target, is, detail: `${words(state)}${isDead ? ', holds a dead key' : ''}` };
}

function standing({ rotation, wait, guard, held, stateBinding }: State, now: Date, slackMs: number): EndState['is'] {
  if (held !== undefined) return 'held';
  const until = wait ? later(wait.until, slackMs) : guard?.until;
  if (until && until > now) return 'waiting';
  return stateBinding !== undefined && !rotation && !wait ? 'idle' : 'adrift';
}

function words({ rotation, wait, held }: State): string {
  const all = [rotation?.phase ?? 'idle', rotation?.cause, held ?? wait?.reason, wait?.until.toISOString()];
  return all.filter((word) => word !== undefined).join(' ');
}
