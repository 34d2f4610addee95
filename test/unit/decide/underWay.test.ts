import { decide } from '../../../lib/decide/rules.ts';
import { hour, later, minute } from '../../../lib/model/clock.ts';
import type { Rotation } from '../../../lib/model/state.ts';
import {
  newBinding,
  versionInspection,
  onDay,
  inspectionOf,
  keyFingerprint,
  rotation,
  situation,
  summaryOf,
  type Overrides,
} from './situation.ts';

const now = onDay(60);
const made = inspectionOf({ secondary: 's1', next: 's1' });
const published = { taggedId: 'Secondary', inspection: inspectionOf({ secondary: 's1', inSecret: 's1' }) };
const fresh = { secret: { createdOn: later(now, -hour) } };
const immediate = { cause: 'emergency', mode: 'immediate' } as const;

function generating(more: Partial<Rotation> = {}): Overrides {
  return { state: { rotation: rotation(more) } };
}

function revoking(agedMs: number, more: Partial<Rotation> = {}): Overrides {
  const secret = { createdOn: later(now, -agedMs) };
  return { ...published, secret, state: { rotation: rotation({ phase: 'revoke', ...more }) } };
}

function proved(key: string): Overrides {
  return { ...generating(), inspection: made, proved: { fingerprint: keyFingerprint(key), unproved: false } };
}

const rows: [sentence: string, different: Overrides, decision: string][] = [
  ['generate makes a key', generating(), 'run generate going-on'],
  [
    'R2, R18: a standby changed since is taken, not made again',
    { ...generating(), inspection: made },
    'run generate going-on',
  ],
  ['a key that was proved in this visit is published', proved('s1'), 'run publish going-on'],
  ['promise 3: a proof of another key does not count', proved('s2'), 'run generate going-on'],
  [
    'promise 3: nor one of an earlier visit',
    { ...generating({ phase: 'publish' }), inspection: made },
    'run generate going-on',
  ],
  ['promise 2: nothing is generated before the overlap ends', { ...generating(), ...fresh }, 'wait overlap'],
  ['R22: nor for a graceful emergency', { ...generating({ cause: 'emergency' }), ...fresh }, 'wait overlap'],
  [
    'promise 2: an immediate one makes the standby at once',
    { ...generating(immediate), ...fresh },
    'run generate going-on',
  ],
  [
    'R34: a request that new storage may have forgotten is waited for as such',
    { ...generating({ accepted: 2 }), requestInFlight: { until: onDay(61), isAssumed: true } },
    'wait storage-new',
  ],
  ...[1, 2].map((accepted): [string, Overrides, string] => [
    `R32: ${accepted} accepted without effect: the next one waits for it as for any`,
    { ...generating({ accepted }), requestInFlight: { until: onDay(61), replaces: keyFingerprint('s0') } },
    'wait request-in-flight',
  ]),
  ['R32: two accepted without effect: one more is sent', generating({ accepted: 2 }), 'run generate going-on'],
  [
    'R32: the third is announced as it waits',
    { ...generating({ accepted: 3 }), requestInFlight: { until: onDay(61), replaces: keyFingerprint('s0') } },
    'wait accepted-without-effect',
  ],
  ['R32: after the third a person is asked', generating({ accepted: 3 }), 'hold accepted-without-effect'],
  [
    'R32: an effect that is seen by then is taken',
    { ...generating({ accepted: 3 }), inspection: made },
    'run generate going-on',
  ],
  [
    'R32: an emergency announces the first as it waits',
    {
      ...generating({ ...immediate, accepted: 1 }),
      requestInFlight: { until: onDay(61), replaces: keyFingerprint('s0') },
    },
    'wait accepted-without-effect',
  ],
  ['R32: an emergency too sends three', generating({ ...immediate, accepted: 2 }), 'run generate going-on'],
  [
    'R32: the end of the old key too is asked for three times',
    revoking(26 * hour, { accepted: 2 }),
    'run revoke going-on',
  ],
  ['R32: and is held then', revoking(26 * hour, { accepted: 3 }), 'hold accepted-without-effect'],
  [
    'R4: a request under way is waited for',
    { ...generating(), requestInFlight: { until: onDay(61) } },
    'wait request-in-flight',
  ],
  ['verify runs', { ...published, state: { rotation: rotation({ phase: 'verify' }) } }, 'run verify going-on'],
  ['revoke waits for the end of the overlap', revoking(25 * hour - 1_000), 'wait overlap'],
  ['revoke runs when it is over', revoking(25 * hour), 'run revoke going-on'],
  ['R21: an immediate one waits for its cap', revoking(5 * minute - 1_000, immediate), 'wait overlap'],
  ['R21: an immediate one waits no longer than its cap', revoking(5 * minute, immediate), 'run revoke going-on'],
  [
    'R2: revoke that finds the old key gone has only to finish',
    { ...revoking(hour), inspection: inspectionOf({ primary: 'p1', secondary: 's1', inSecret: 's1' }) },
    'run revoke going-on',
  ],
  [
    'promise 1: state that says the live key must go is not believed',
    { state: { rotation: rotation({ phase: 'revoke', toRevoke: [keyFingerprint('p0')] }) } },
    'hold live-would-die',
  ],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(summaryOf(decide(situation(different)))).toBe(decision);
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
  const state = { rotation: rotation({ ...immediate, mode }), guard: { reason, until: onDay(61) } };
  expect(summaryOf(decide(situation({ state })))).toBe(decision);
});

const takingOver = rotation({ cause: 'new-version', tookOver: true });
const alone = { taggedId: 'v1', inspection: versionInspection('v1') };
const firm = { reason: 'key-pinned', firm: true } as const;
const pinned = { ...versionInspection('v1'), nothingToRotate: firm };

const withdrawals: [sentence: string, different: Overrides, decision: string][] = [
  [
    'takes over a version that is gone again is withdrawn',
    { ...alone, state: { rotation: takingOver } },
    'setState withdrawn',
  ],
  [
    'for which nothing can be made is withdrawn',
    { ...alone, inspection: pinned, state: { rotation: rotation() } },
    'setState withdrawn',
  ],
  [
    'for which nothing is to be made by itself goes on',
    { ...alone, inspection: { ...pinned, nothingToRotate: { ...firm, firm: false } }, state: { rotation: rotation() } },
    'run generate going-on',
  ],
  ['generates for its schedule goes on', { ...alone, state: { rotation: rotation() } }, 'run generate going-on'],
  [
    'was to take over a version, for its schedule, goes on',
    { ...alone, state: { rotation: { ...takingOver, cause: 'schedule' } } },
    'run generate going-on',
  ],
  [
    'began for a new version and took none over goes on',
    { ...alone, state: { rotation: rotation({ cause: 'new-version' }) } },
    'run generate going-on',
  ],
  [
    'has the version that it takes over goes on',
    { ...alone, inspection: versionInspection('v1', { next: 'v2' }), state: { rotation: takingOver } },
    'run generate going-on',
  ],
  ['has a standby key to regenerate goes on', { state: { rotation: takingOver } }, 'run generate going-on'],
];

test.each(withdrawals)('a rotation that %s', (_sentence, different, decision) => {
  expect(summaryOf(decide(situation(different)))).toBe(decision);
});

test('promise 1: a rotation that is withdrawn leaves guard, binding and history, and nothing else', () => {
  const guard = { reason: 'tag-corrected', until: onDay(61) } as const;
  const kept = { guard, stateBinding: newBinding(), lastRotation: onDay(3), lastRequest: 'aaaaaaaaaaaa' };
  const wait = { reason: 'overlap', since: now, until: now } as const;
  const state = { ...kept, rotation: takingOver, wait, refusals: 3 };
  expect(decide(situation({ ...alone, state }))).toMatchObject({ do: 'setState' });
  expect(decide(situation({ ...alone, state }))).toEqual({
    do: 'setState',
    reason: 'withdrawn',
    state: { ...kept, refusals: 0 },
  });
});
