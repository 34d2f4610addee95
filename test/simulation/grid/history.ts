import fc from 'fast-check';
import type { DeliveryEffect } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, minute, second } from '../../../lib/model/clock.ts';
import { modes, type Mode } from '../../../lib/model/state.ts';
import { slots, type Slot } from '../../../lib/providers/accessKeys.ts';
import { kinds, type Kind } from '../sdk/targets.ts';

const events = ['SecretNewVersionCreated', 'SecretNearExpiry', 'SecretExpired'] as const;

/** Something that happens from outside. */
export type Move =
  | { readonly is: 'regenerate'; readonly slot: Slot }
  | { readonly is: 'write'; readonly slot: Slot; readonly tags: 'all' | 'wishes' | 'none' }
  | { readonly is: 'secret event'; readonly event: (typeof events)[number]; readonly back: number }
  | { readonly is: 'notice'; readonly by: 'health' | 'topic'; readonly inMs?: number }
  | { readonly is: 'emergency'; readonly mode: Mode }
  | { readonly is: 'due' };

export interface History {
  readonly kind: Kind;
  /** What becomes of deliveries, one after the other. */
  readonly effects: readonly DeliveryEffect[];
  /** What is due together is delivered the other way round. */
  readonly isReversed: boolean;
  readonly moves: readonly { readonly afterMs: number; readonly move: Move }[];
}

const is = <Name extends string>(name: Name) => fc.constant(name);

const effect: fc.Arbitrary<DeliveryEffect> = fc.oneof(
  fc.record({ kind: is('drop') }),
  fc.record({ kind: is('time-out') }),
  fc.record({ kind: is('delay'), ms: fc.constantFrom(5 * second, 3 * minute, 50 * minute, 3 * hour) }),
  fc.record({
    kind: is('duplicate'),
    times: fc.constantFrom(1, 2, 9),
    afterMs: fc.constantFrom(0, second, 4 * minute, hour),
  }),
);

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: is('regenerate'), slot: fc.constantFrom(...slots) }) },
  fc.record({ is: is('write'), slot: fc.constantFrom(...slots), tags: fc.constantFrom('all', 'wishes', 'none') }),
  fc.record({ is: is('secret event'), event: fc.constantFrom(...events), back: fc.constantFrom(0, 0, 1) }),
  fc.record(
    { is: is('notice'), by: fc.constantFrom('health', 'topic'), inMs: fc.constantFrom(hour, 6 * hour, 3 * day) },
    { requiredKeys: ['is', 'by'] },
  ),
  fc.record({ is: is('emergency'), mode: fc.constantFrom(...modes) }),
  fc.record({ is: is('due') }),
);

const afterMs = fc.constantFrom(0, 2 * second, 40 * second, 6 * minute, 35 * minute, 70 * minute, 7 * hour);

/** Whatever may happen to a target, with the deliveries of the local Azure's Event Grid as bad as they can be. */
export const history: fc.Arbitrary<History> = fc.record({
  kind: fc.constantFrom(...kinds),
  effects: fc.array(effect, { maxLength: 8 }),
  isReversed: fc.boolean(),
  moves: fc.array(fc.record({ afterMs, move }), { minLength: 1, maxLength: 5 }),
});
