import { decide } from '../../../lib/decide/rules.ts';
import { hour, later, minute } from '../../../lib/model/clock.ts';
import type { Rotation } from '../../../lib/model/state.ts';
import { after, looked, print, rotation, situation, words, type Different } from './situation.ts';

const now = after(60);
const made = looked({ secondary: 's1', next: 's1' });
const published = { taggedId: 'Secondary', inspection: looked({ secondary: 's1', held: 's1' }) };
const fresh = { secret: { createdOn: later(now, -hour) } };
const immediate = { cause: 'emergency', mode: 'immediate' } as const;

function generating(more: Partial<Rotation> = {}): Different {
  return { state: { rotation: rotation(more) } };
}

function revoking(agedMs: number, more: Partial<Rotation> = {}): Different {
  const secret = { createdOn: later(now, -agedMs) };
  return { ...published, secret, state: { rotation: rotation({ phase: 'revoke', ...more }) } };
}

function proved(key: string): Different {
  return { ...generating(), inspection: made, proved: { fingerprint: print(key), unproved: false } };
}

const rows: [sentence: string, different: Different, decision: string][] = [
  ['generate makes a key', generating(), 'run generate going-on'],
  [
    'R2, R18: a standby changed since is taken, not made again',
    { ...generating(), inspection: made },
    'run generate going-on',
  ],
  ['what was proved in this visit is published', proved('s1'), 'run publish going-on'],
  ['promise 3: a proof of another key does not count', proved('s2'), 'run generate going-on'],
  [
    'promise 3: nor one of an earlier visit',
    { ...generating({ phase: 'publish' }), inspection: made },
    'run generate going-on',
  ],
  ['promise 2: nothing is made before settle', { ...generating(), ...fresh }, 'wait overlap'],
  ['R22: nor for a graceful emergency', { ...generating({ cause: 'emergency' }), ...fresh }, 'wait overlap'],
  [
    'promise 2: an immediate one makes the standby at once',
    { ...generating(immediate), ...fresh },
    'run generate going-on',
  ],
  [
    'R4: a request under way is waited for',
    { ...generating(), requestInFlight: { until: after(61) } },
    'wait request-in-flight',
  ],
  ['verify runs', { ...published, state: { rotation: rotation({ phase: 'verify' }) } }, 'run verify going-on'],
  ['revoke waits for the end of settle', revoking(25 * hour - 1_000), 'wait overlap'],
  ['revoke runs when it is over', revoking(25 * hour), 'run revoke going-on'],
  ['R21: an immediate one waits for its cap', revoking(5 * minute - 1_000, immediate), 'wait overlap'],
  ['R21: … and no longer', revoking(5 * minute, immediate), 'run revoke going-on'],
  [
    'R2: revoke that finds the old key gone has only to finish',
    { ...revoking(hour), inspection: looked({ primary: 'p1', secondary: 's1', held: 's1' }) },
    'run revoke going-on',
  ],
  [
    'promise 1: state that says the live key must go is not believed',
    { state: { rotation: rotation({ phase: 'revoke', toRevoke: [print('p0')] }) } },
    'hold live-would-die',
  ],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(words(decide(situation(different)))).toBe(decision);
});

const guards = [
  ['tag-corrected', 'graceful', 'leave tag-corrected'],
  ['tag-corrected', 'immediate', 'leave tag-corrected'],
  ['restored', 'graceful', 'leave restored'],
  ['restored', 'immediate', 'run generate going-on'],
  ['recovered', 'graceful', 'leave recovered'],
  ['recovered', 'immediate', 'run generate going-on'],
] as const;

test.each(guards)('promise 2, R22: the guard %s before an emergency that is %s: %s', (reason, mode, decision) => {
  const state = { rotation: rotation({ ...immediate, mode }), guard: { reason, until: after(61) } };
  expect(words(decide(situation({ state })))).toBe(decision);
});
