import fc from 'fast-check';
import type { DeliveryEffect } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, minute, second } from '../../../lib/model/clock.ts';
import { phases, type Phase } from '../../../lib/model/state.ts';
import { historyActions } from '../actions.ts';
import { keyKinds, type KeyKind } from '../catalog.ts';
import { conditions, type Condition, type ConsumerKind } from '../consumers.ts';
import { faults, type Fault } from '../network.ts';
import type { Notice } from '../person.ts';

const secretEvents = ['SecretNewVersionCreated', 'SecretNearExpiry', 'SecretExpired'] as const;

/** Something that happens from outside. */
export type Move =
  | { readonly is: 'action'; readonly does: string }
  /** A stray event: of a version so many before the current one. */
  | { readonly is: 'secret event'; readonly event: (typeof secretEvents)[number]; readonly back: number }
  | { readonly is: 'resource event'; readonly by: 'keyturn' | 'other' }
  | { readonly is: 'phase due'; readonly phase: Phase }
  | { readonly is: 'notice'; readonly by: Notice['by']; readonly agoMs: number; readonly inMs?: number }
  | { readonly is: 'near expiry' }
  | { readonly is: 'consumer'; readonly nth: number; readonly condition: Condition }
  | { readonly is: 'topic down'; readonly forMs: number }
  | { readonly is: 'fault'; readonly fault: Fault; readonly inRequests: number };

export interface History {
  readonly kind: KeyKind;
  readonly consumers: readonly ConsumerKind[];
  readonly waitsForConsumers: boolean;
  readonly hasTopic: boolean;
  /** Events of the vault come in Event Grid's own schema. */
  readonly isEventGridSchema: boolean;
  /** Events that are due together are delivered in reverse order. */
  readonly isReversed: boolean;
  /** The effects on the deliveries of one event after the other. */
  readonly deliveries: readonly (readonly DeliveryEffect[])[];
  readonly moves: readonly { readonly afterMs: number; readonly move: Move }[];
}

const is = <Name extends string>(name: Name) => fc.constant(name);

const delays = [0, second, 5 * second, 40 * second, 4 * minute, 35 * minute, 2 * hour] as const;

const deliveryEffect: fc.Arbitrary<DeliveryEffect> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: is('drop') }) },
  fc.record({ kind: is('time-out') }),
  { weight: 2, arbitrary: fc.record({ kind: is('delay'), ms: fc.constantFrom(...delays, 3 * hour) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: is('duplicate'),
      times: fc.constantFrom(1, 2, 9),
      afterMs: fc.constantFrom(...delays),
    }),
  },
);

const delivery = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.array(deliveryEffect, { minLength: 1, maxLength: 2 }) },
);

/** Most things happen soon after another. */
const afterMs = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 300, second, 7 * second) },
  { weight: 4, arbitrary: fc.constantFrom(20 * second, 2 * minute, 5 * minute, 11 * minute) },
  { weight: 3, arbitrary: fc.constantFrom(31 * minute, hour, 7 * hour, 26 * hour) },
  { weight: 1, arbitrary: fc.constantFrom(3 * day, 3 * day, 60 * day + 2 * hour) },
);

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ is: is('action'), does: fc.constantFrom(...historyActions.map(({ does }) => does)) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      is: is('secret event'),
      event: fc.constantFrom(...secretEvents),
      back: fc.constantFrom(0, 0, 1),
    }),
  },
  fc.record({ is: is('resource event'), by: fc.constantFrom('other', 'keyturn') }),
  fc.record({ is: is('phase due'), phase: fc.constantFrom(...phases) }),
  {
    weight: 3,
    arbitrary: fc.record(
      {
        is: is('notice'),
        by: fc.constantFrom('poll', 'post', 'event'),
        agoMs: fc.constantFrom(0, 20 * minute, 2 * day),
        inMs: fc.constantFrom(10 * minute, 50 * minute, 3 * hour, 3 * day),
      },
      { requiredKeys: ['is', 'by', 'agoMs'] },
    ),
  },
  fc.record({ is: is('near expiry') }),
  fc.record({ is: is('consumer'), nth: fc.nat(2), condition: fc.constantFrom(...conditions) }),
  fc.record({ is: is('topic down'), forMs: fc.constantFrom(minute, hour) }),
  { weight: 2, arbitrary: fc.record({ is: is('fault'), fault: fc.constantFrom(...faults), inRequests: fc.nat(40) }) },
);

/** Everything that may happen to a target, in any order. */
export const history: fc.Arbitrary<History> = fc.record({
  kind: fc.constantFrom(...keyKinds),
  consumers: fc.array(fc.constantFrom('site', 'containerApp'), { maxLength: 3 }),
  waitsForConsumers: fc.boolean(),
  hasTopic: fc.boolean(),
  isEventGridSchema: fc.boolean(),
  isReversed: fc.boolean(),
  deliveries: fc.array(delivery, { maxLength: 30 }),
  moves: fc.array(fc.record({ afterMs, move }), { minLength: 1, maxLength: 7 }),
});
