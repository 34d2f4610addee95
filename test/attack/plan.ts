import fc from 'fast-check';
import type { Slot } from '../../infra/azure-emulator/src/index.ts';
import type { Mode } from '../../lib/model/state.ts';

/** Names one of the two hosts. */
export type HostIndex = 0 | 1;

/** Something that the machines do. Times are in units. */
export type Fault =
  | { readonly is: 'kill'; readonly host: HostIndex; readonly downFor: number }
  | { readonly is: 'drain'; readonly host: HostIndex }
  | { readonly is: 'suspend'; readonly host: HostIndex; readonly for: number }
  | { readonly is: 'step clock'; readonly host: HostIndex; readonly aheadMs: number }
  | { readonly is: 'restart storage'; readonly downFor: number }
  | { readonly is: 'brown-out'; readonly service: Service; readonly how: BrownOut; readonly for: number }
  | { readonly is: 'fail call'; readonly operation: Operation; readonly how: CallFault }
  | { readonly is: 'events'; readonly type: EventType; readonly effect: EventEffect };

const services = ['arm', 'key-vault', 'batch', 'signalr', 'event-grid'] as const;
type Service = (typeof services)[number];

const brownOuts = ['500', '503', '429', 'slow'] as const;
export type BrownOut = (typeof brownOuts)[number];

const operations = [
  'getSecret',
  'setSecret',
  'updateSecret',
  'listSecrets',
  'batch.listKeys',
  'batch.regenerateKey',
  'batch.update',
  'signalr.get',
  'signalr.listKeys',
  'signalr.regenerateKey',
  'batchData.applications',
  'signalrData.userExists',
  'eventGrid.publish',
] as const;
type Operation = (typeof operations)[number];

const callFaults = ['lost answer', 'reset', '503', '429'] as const;
export type CallFault = (typeof callFaults)[number];

const eventTypes = [
  'Microsoft.KeyVault.SecretNewVersionCreated',
  'Microsoft.KeyVault.SecretNearExpiry',
  'Microsoft.KeyVault.KeyNewVersionCreated',
  'Microsoft.KeyVault.CertificateNewVersionCreated',
  'Microsoft.Resources.ResourceActionSuccess',
  'Keyturn.Internal.PhaseDue',
] as const;
type EventType = (typeof eventTypes)[number];

export type EventEffect =
  | { readonly is: 'drop' | 'time-out' }
  | { readonly is: 'delay'; readonly by: number }
  | { readonly is: 'duplicate'; readonly times: number; readonly after: number };

/** Something that a person does to a target. What breaks it is taken back after some units. */
export type PersonAct =
  | { readonly is: 'falls due' | 'forges a secret' }
  | { readonly is: 'regenerates'; readonly which: 'live' | 'standby' }
  | { readonly is: 'writes a version'; readonly what: 'live' | 'standby' | 'foreign'; readonly undoneAfter: number }
  | { readonly is: 'disables the version' | 'removes the tags' | 'pauses'; readonly undoneAfter: number }
  | { readonly is: 'declares an emergency'; readonly mode: Mode; readonly compromised?: readonly Named[] | undefined };

/** Which credential a request names: by what it is when the request is sent. */
export type Named = 'live' | 'standby';
export type { Slot };

type Act =
  | { readonly by: 'fault'; readonly fault: Fault }
  | { readonly by: 'person'; readonly target: number; readonly does: PersonAct };

export interface TimedAct {
  /** In units since the attack began. */
  readonly at: number;
  readonly act: Act;
}

export interface PlanOptions {
  readonly seed: number;
  /** How long the attack lasts. A unit is a second where the overlap is 45 seconds, and longer where it is longer. */
  readonly units: number;
  readonly targets: number;
}

/** How often a fault strikes in a unit, and how often a person acts on a target. A target falls due every 150 units. */
const faultsPerUnit = 0.7;
const actsPerTargetAndUnit = 1 / 90;

/** How far a clock is ahead of Azure's after a step. A clock that is ahead shortens the overlap by as much. */
const aheadMs = [-20_000, -4_000, 0, 1_500];

const is = <Name extends string>(name: Name) => fc.constant(name);
const host = fc.constantFrom<HostIndex>(0, 1);

const eventEffect: fc.Arbitrary<EventEffect> = fc.oneof(
  fc.record({ is: fc.constantFrom('drop', 'time-out') }),
  fc.record({ is: is('delay'), by: fc.constantFrom(2, 20, 70) }),
  fc.record({ is: is('duplicate'), times: fc.constantFrom(1, 2, 9), after: fc.constantFrom(0, 1, 30) }),
);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ is: is('kill'), host, downFor: fc.constantFrom(0, 2, 8) }) },
  { weight: 1, arbitrary: fc.record({ is: is('drain'), host }) },
  { weight: 2, arbitrary: fc.record({ is: is('suspend'), host, for: fc.constantFrom(4, 15, 65) }) },
  { weight: 2, arbitrary: fc.record({ is: is('step clock'), host, aheadMs: fc.constantFrom(...aheadMs) }) },
  { weight: 2, arbitrary: fc.record({ is: is('restart storage'), downFor: fc.constantFrom(0, 3, 8) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      is: is('brown-out'),
      service: fc.constantFrom(...services),
      how: fc.constantFrom(...brownOuts),
      for: fc.constantFrom(2, 8, 20),
    }),
  },
  {
    weight: 50,
    arbitrary: fc.record({
      is: is('fail call'),
      operation: fc.constantFrom(...operations),
      how: fc.constantFrom(...callFaults),
    }),
  },
  {
    weight: 30,
    arbitrary: fc.record({ is: is('events'), type: fc.constantFrom(...eventTypes), effect: eventEffect }),
  },
);

const undoneAfter = fc.constantFrom(5, 20, 60);

const personAct: fc.Arbitrary<PersonAct> = fc.oneof(
  { weight: 60, arbitrary: fc.record({ is: is('falls due') }) },
  { weight: 8, arbitrary: fc.record({ is: is('forges a secret') }) },
  { weight: 12, arbitrary: fc.record({ is: is('regenerates'), which: is('live') }) },
  { weight: 3, arbitrary: fc.record({ is: is('regenerates'), which: is('standby') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      is: is('writes a version'),
      what: fc.constantFrom('live', 'standby', 'foreign'),
      undoneAfter,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      is: fc.constantFrom('disables the version', 'removes the tags', 'pauses'),
      undoneAfter,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      is: is('declares an emergency'),
      mode: fc.constantFrom('graceful', 'immediate'),
      compromised: fc.constantFrom(undefined, ['live'] as const, ['standby'] as const, ['live', 'standby'] as const),
    }),
  },
);

/** Everything that will happen, in order of time. The same seed and sizes give the same acts. */
export function planOf({ seed, units, targets }: PlanOptions): readonly TimedAct[] {
  const at = fc.integer({ min: 0, max: Math.floor(units * 1_000) }).map((thousandths) => thousandths / 1_000);
  const faults = fc.record({ at, act: fc.record({ by: is('fault'), fault }) });
  const target = fc.nat(targets - 1);
  const people = fc.record({ at, act: fc.record({ by: is('person'), target, does: personAct }) });
  return [
    ...sample(faults, seed, units * faultsPerUnit),
    ...sample(people, seed + 1, units * targets * actsPerTargetAndUnit),
  ]
    .filter(isTaken(units))
    .toSorted((one, other) => one.at - other.at);
}

function sample(acts: fc.Arbitrary<TimedAct>, seed: number, count: number): readonly TimedAct[] {
  return fc.sample(fc.noBias(acts), { seed, numRuns: Math.round(count) });
}

/** The first host is killed in the first half alone: how its memory grows shows in the second. */
function isTaken(units: number) {
  return ({ at, act }: TimedAct): boolean => {
    const ends = act.by === 'fault' && (act.fault.is === 'kill' || act.fault.is === 'drain') && act.fault.host === 0;
    return !ends || at < units / 2;
  };
}
