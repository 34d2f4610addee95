import { decide } from '../../../lib/decide/rules.ts';
import { day, later } from '../../../lib/model/clock.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { emptyState, type State } from '../../../lib/model/state.ts';
import {
  onDay,
  newBinding,
  inspectionOf,
  keyFingerprint,
  rotation,
  situation,
  summaryOf,
  type Overrides,
} from './situation.ts';

const ask = { cause: 'emergency', emergency: { mode: 'graceful' } } as const;
const foreign = inspectionOf({ inSecret: 'x' });
const working = { is: 'pending', reason: 'service-working', until: later(onDay(60), 2_000) } as const;
const twice = { reason: 'claimed-twice', since: onDay(59), until: onDay(60) } as const;
const unclaimed = { claim: undefined, binding: 'lost', state: {} } as const;

function unfit(reason: Reason): Overrides {
  return { inspection: { ...inspectionOf(), readiness: { is: 'invalid', reason } } };
}

const rows: [sentence: string, different: Overrides, decision: string][] = [
  ['shared keys that are off are not touched', unfit('shared-key-disabled'), 'wait shared-key-disabled'],
  ['R22: nor by an emergency', { ...unfit('shared-key-disabled'), request: ask }, 'wait shared-key-disabled'],
  ['a connection string without a key needs none', unfit('entra-connection-string'), 'wait entra-connection-string'],
  [
    'a service at work is waited for',
    { inspection: { ...inspectionOf(), readiness: working } },
    'wait service-working',
  ],
  ['R9: the second secret of a resource is no target', { claim: 'of-another' }, 'wait claimed-twice'],
  ['R22: nor is it one for an emergency', { claim: 'of-another', request: ask }, 'wait claimed-twice'],
  [
    'promise 9, R12: a value of no key claims nothing',
    { ...unclaimed, inspection: foreign },
    'wait value-not-of-resource',
  ],
  [
    'R12: nor does state, which anyone can write',
    { claim: undefined, inspection: foreign },
    'wait value-not-of-resource',
  ],
  ['R12: nor an emergency', { claim: undefined, inspection: foreign, request: ask }, 'wait value-not-of-resource'],
  [
    'promise 9, R1: a claimed one is not repaired by a copy',
    { binding: 'lost', inspection: foreign },
    'wait value-not-of-resource',
  ],
  ['R12: a value that is a key of the resource is adopted', unclaimed, 'adopt adopted'],
  [
    'R9: the second secret waits where the claim of the first is gone',
    { ...unclaimed, state: { wait: twice } },
    'wait claim-gone',
  ],
  [
    'R9: and is adopted if it still is',
    { ...unclaimed, state: { wait: { ...twice, reason: 'claim-gone' } } },
    'adopt adopted',
  ],
  [
    'R9: or at once where the first one gave it up',
    { ...unclaimed, isClaimReleased: true, state: { wait: twice } },
    'adopt adopted',
  ],
  ['whose claim was lost is claimed again as it stands', { claim: undefined }, 'adopt going-on'],
  ['R1, R24: lost state of a claimed target is no reset', { binding: 'lost', state: {} }, 'setState recovered'],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(summaryOf(decide(situation(different)))).toBe(decision);
});

test('adoption remembers both keys and gives a day of grace', () => {
  const guard = { reason: 'adoption-grace', until: onDay(61) };
  expect(decide(situation(unclaimed))).toMatchObject({ state: { refusals: 0, stateBinding: newBinding(), guard } });
});

test('R24: where the state was lost, credentials that are not live end after the overlap', () => {
  const rotation = { phase: 'revoke', cause: 'onboard', mode: 'graceful', toRevoke: [keyFingerprint('s0')] };
  expect(decide(situation({ binding: 'lost', state: {} }))).toMatchObject({ state: { rotation } });
});

test('adoption without grace guards nothing', () => {
  const decision = decide(situation({ ...unclaimed, settings: { adoptionGraceMs: 0 } }));
  expect(decision).toMatchObject({ do: 'adopt', state: { refusals: 0, guard: undefined } });
});

test('R24: after lost state nothing is regenerated for a whole overlap, and credentials are remembered as they are', () => {
  const inspection = inspectionOf({ secondary: 's9' });
  const guard = { reason: 'recovered', until: onDay(61, 1) };
  const stateBinding = newBinding('p0', 'p0', 's9');
  const decision = decide(situation({ binding: 'lost', inspection }));
  expect(decision).toMatchObject({ state: { guard, stateBinding } });
});

test('a service that works is inspected again when it says so', () => {
  const decision = decide(situation({ inspection: { ...inspectionOf(), readiness: working } }));
  expect(decision).toEqual({ do: 'wait', reason: 'service-working', until: working.until });
});

test('a resource that is not ready is inspected again in an hour, with the code of the service', () => {
  const readiness = { is: 'invalid', reason: 'shared-key-disabled', code: 'Off' } as const;
  const until = onDay(60, 1);
  const decision = decide(situation({ inspection: { ...inspectionOf(), readiness } }));
  expect(decision).toEqual({ do: 'wait', reason: 'shared-key-disabled', until, code: 'Off' });
  expect(decide(situation(unfit('shared-key-disabled')))).not.toHaveProperty('code', expect.anything());
});

describe('R25: a target that is named anew', () => {
  const wait = { reason: 'not-named-by-resource', since: onDay(59), until: onDay(60) } as const;
  const grace = { reason: 'adoption-grace', until: later(onDay(60), day) } as const;
  const longer = { reason: 'restored', until: onDay(63) } as const;

  test.each<[string, Partial<State>, Partial<State>]>([
    ['waits one adoption grace at rest', { wait }, { guard: grace }],
    [
      'whose certificate names it waits as well',
      { wait: { ...wait, reason: 'not-named-by-certificate' } },
      { guard: grace },
    ],
    ['keeps a longer quiet period', { wait, guard: longer }, { guard: longer }],
    ['begins what was not published anew', { wait, rotation: rotation({ phase: 'publish' }) }, { guard: grace }],
    [
      'goes on with an emergency',
      { wait, rotation: rotation({ phase: 'generate', cause: 'emergency' }) },
      { guard: grace, rotation: rotation({ phase: 'generate', cause: 'emergency' }) },
    ],
    [
      'goes on with what was published',
      { wait, rotation: rotation({ phase: 'revoke' }) },
      { guard: grace, rotation: rotation({ phase: 'revoke' }) },
    ],
  ])('%s', (_sentence, state, expected) => {
    const decision = decide(situation({ now: onDay(60), state }));
    expect(decision).toMatchObject({ do: 'setState', reason: 'newly-named' });
    const { guard, rotation: kept, wait: none } = 'state' in decision ? decision.state : emptyState;
    expect({ guard, ...(kept && { rotation: kept }) }).toEqual(expected);
    expect(none).toBeUndefined();
  });
});
