import fc from 'fast-check';
import { day, hour, minute, second } from '../../../lib/model/clock.ts';
import { phases, type Phase } from '../../../lib/model/state.ts';
import type { App } from '../port/apps.ts';
import { faults, type Fault } from '../port/effects.ts';
import type { Notice } from '../port/notices.ts';
import { happenings, type Happening } from '../port/occurred.ts';
import type { Fate } from '../port/post.ts';
import { sorts, type Sort } from '../port/resource.ts';
import { people } from './people.ts';

/** Something that happens from outside. */
export type Move =
  | { readonly is: 'person'; readonly does: string }
  /** A stray event: of a version so many before the current one. */
  | { readonly is: 'secret event'; readonly what: Happening; readonly back: number }
  | { readonly is: 'resource event'; readonly by: 'keyturn' | 'other' }
  | { readonly is: 'phase due'; readonly phase: Phase }
  | { readonly is: 'notice'; readonly by: Notice['by']; readonly agoMs: number; readonly inMs?: number }
  | { readonly is: 'app'; readonly nth: number; readonly condition: App['condition'] }
  | { readonly is: 'topic down'; readonly forMs: number }
  | { readonly is: 'fault'; readonly fault: Fault; readonly inRequests: number };

export interface History {
  readonly sort: Sort;
  readonly apps: readonly App['kind'][];
  readonly waits: boolean;
  readonly hasTopic: boolean;
  readonly fates: readonly Fate[];
  readonly moves: readonly { readonly afterMs: number; readonly move: Move }[];
}

const is = <Name extends string>(name: Name) => fc.constant(name);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([2 * second]) },
  { weight: 2, arbitrary: fc.constant([]) },
  fc.array(fc.constantFrom(0, second, 5 * second, 40 * second, 4 * minute, 35 * minute, 2 * hour), { maxLength: 4 }),
);

/** Most of what happens happens soon after something else. */
const afterMs = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 300, second, 7 * second) },
  { weight: 4, arbitrary: fc.constantFrom(20 * second, 2 * minute, 5 * minute, 11 * minute) },
  { weight: 3, arbitrary: fc.constantFrom(31 * minute, hour, 7 * hour, 26 * hour) },
  { weight: 1, arbitrary: fc.constantFrom(3 * day, 3 * day, 60 * day + 2 * hour) },
);

const conditions = ['well', 'stuck', 'unreachable'] as const;

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ is: is('person'), does: fc.constantFrom(...people.keys()) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      is: is('secret event'),
      what: fc.constantFrom(...happenings),
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
  fc.record({ is: is('app'), nth: fc.nat(2), condition: fc.constantFrom(...conditions) }),
  fc.record({ is: is('topic down'), forMs: fc.constantFrom(minute, hour) }),
  { weight: 2, arbitrary: fc.record({ is: is('fault'), fault: fc.constantFrom(...faults), inRequests: fc.nat(40) }) },
);

/** Whatever may happen to a target, in any order. */
export const history: fc.Arbitrary<History> = fc.record({
  sort: fc.constantFrom(...sorts),
  apps: fc.array(fc.constantFrom('app', 'container-app'), { maxLength: 3 }),
  waits: fc.boolean(),
  hasTopic: fc.boolean(),
  fates: fc.array(fate, { maxLength: 30 }),
  moves: fc.array(fc.record({ afterMs, move }), { minLength: 1, maxLength: 7 }),
});
