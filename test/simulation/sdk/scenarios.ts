import type { Slot } from '../../../infra/azure-emulator/src/index.ts';
import { minute } from '../../../lib/model/clock.ts';
import { modes } from '../../../lib/model/state.ts';
import { createWorld, liveSlot, untilDueMs, type Emergency, type World } from './world.ts';
import { keysNow, type Kind } from './targets.ts';
import type { StrikeWhere } from './strike.ts';

/** A story that is told without a fault first, and then once for every request in it and every fault. */
export interface Scenario {
  readonly name: string;
  readonly kind: Kind;
  open(): Promise<Scene>;
}

/** The world at the moment from which on faults strike. */
export interface Scene {
  readonly world: World;
  /** Keys that must not work at the end. */
  readonly leaked: readonly string[];
  /** What happens besides the timers. */
  begin(): Promise<void>;
  isDone(): boolean;
}

export function onboarding(kind: Kind): Scenario {
  return {
    name: 'onboarding',
    kind,
    open: async () => {
      const world = await createWorld(kind, false);
      return {
        world,
        leaked: [],
        begin: nothing,
        isDone: () => world.state().stateBinding !== undefined && isAtRest(world),
      };
    },
  };
}

export function rotation(kind: Kind): Scenario {
  return {
    name: 'rotation',
    kind,
    open: async () => {
      const world = await dueWorld(kind);
      const leaked = Object.values(keysNow(world.azure, world.resource));
      return {
        world,
        leaked,
        begin: nothing,
        isDone: () => world.state().lastRotation !== undefined && isAtRest(world),
      };
    },
  };
}

export async function nothing(): Promise<void> {
  await Promise.resolve();
}

export async function adoptedWorld(kind: Kind, hasApps = false): Promise<World> {
  const world = await createWorld(kind, true, hasApps);
  await world.round();
  return world;
}

export async function dueWorld(kind: Kind, hasApps = false): Promise<World> {
  const world = await adoptedWorld(kind, hasApps);
  await world.pass(untilDueMs);
  return world;
}

export function isAtRest({ state }: World): boolean {
  const { rotation: under, wait } = state();
  return !under && !wait;
}

/** Where a rotation stands when an emergency is declared: the request at which the app is stopped, how often before. */
const moments = {
  'at rest': undefined,
  'before generate': { request: /regenerateKey/, nth: 1, fault: 'crash before' },
  generated: { request: /regenerateKey/, nth: 1, fault: 'crash after' },
  'before publish': { request: /^PUT /, nth: 1, fault: 'crash before' },
  published: { request: /^PUT /, nth: 1, fault: 'crash after' },
  overlapWait: { request: /^GET \/secrets/, nth: 6, fault: 'crash after' },
  'before revoke': { request: /regenerateKey/, nth: 2, fault: 'crash before' },
  revoked: { request: /regenerateKey/, nth: 2, fault: 'crash after' },
} as const satisfies Record<string, StrikeWhere | undefined>;
export type Moment = keyof typeof moments;
export const allMoments = Object.keys(moments) as readonly Moment[];

export const leaks = ['live', 'standby', 'both'] as const;
type Leak = (typeof leaks)[number];

export interface Drill {
  readonly moment: Moment;
  readonly mode: Emergency['mode'];
  readonly leak: Leak;
}

export function emergency(kind: Kind, { moment, mode, leak }: Drill): Scenario {
  return {
    name: `emergency ${moment}, ${mode}, ${leak} leaked`,
    kind,
    open: async () => {
      const world = await worldAt(kind, moment);
      const live = liveSlot(world);
      const standby = live === 'Primary' ? 'Secondary' : 'Primary';
      const compromised = { live: [live], standby: [standby], both: [live, standby] } satisfies Record<
        Leak,
        readonly Slot[]
      >;
      const keys = keysNow(world.azure, world.resource);
      let status = 0;
      return {
        world,
        leaked: compromised[leak].map((slot) => keys[slot]),
        begin: async () => {
          status = await world.emergency({ mode, compromised: compromised[leak], isSilent: leak === 'live' });
          if (status !== 202) world.errors.push(`the emergency was answered ${status}`);
        },
        isDone: () => status === 202 && isAtRest(world),
      };
    },
  };
}

async function worldAt(kind: Kind, moment: Moment): Promise<World> {
  const at = moments[moment];
  if (!at) return adoptedWorld(kind);
  const world = await dueWorld(kind);
  world.wire.arm(at);
  await world.round();
  for (let rounds = 0; rounds < 12 && !world.wire.fired; rounds += 1) {
    await world.pass(5 * minute);
    await world.round();
  }
  return world;
}

/** Every story of one kind of target. */
export function scenariosOf(kind: Kind): readonly Scenario[] {
  const drills = allMoments.flatMap((moment) =>
    modes.flatMap((mode) => leaks.map((leak) => emergency(kind, { moment, mode, leak }))),
  );
  return [onboarding(kind), rotation(kind), ...drills];
}
