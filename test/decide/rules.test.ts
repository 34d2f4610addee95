import { decide } from '../../lib/decide/rules.ts';
import type { Situation } from '../../lib/decide/decision.ts';
import { day, hour, later } from '../../lib/model/clock.ts';
import type { Guard, Wait } from '../../lib/model/state.ts';
import { windowFrom } from '../../lib/targets/wishes.ts';
import { after, bond, born, claim, looked, print, rotation, situation, words } from './situation.ts';

const now = after(60);
const fresh = { createdOn: later(now, -hour) };
const full = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`own${i}`, 'x']));
const window = windowFrom('Tue 01:00-02:00 UTC');
const missing = { ...claim, missingSince: after(59) };
const emergency = { cause: 'emergency', accept: { mode: 'graceful' } } as const;
const verify = rotation({ phase: 'verify' });
const generating = rotation();

function waiting(reason: Wait['reason'], until = after(61)): { wait: Wait } {
  return { wait: { reason, since: after(59), until } };
}

function guarded(reason: Guard['reason'], until = after(61)): { guard: Guard } {
  return { guard: { reason, until } };
}

const bad = (reason: 'shared-key-disabled' | 'entra-connection-string') => ({
  ...looked(),
  fit: { is: 'bad', reason } as const,
});
const busy = { ...looked(), fit: { is: 'pending', reason: 'service-working', until: later(now, 2_000) } as const };

type Row = [sentence: string, situation: Situation, decision: string];

const maywe: Row[] = [
  ['the state of another installation is left alone', situation({ binding: 'elsewhere' }), 'rest managed-elsewhere'],
  ['13 tags that are not ours leave no room for state', situation({ secret: { tags: full } }), 'rest too-many-tags'],
  [
    'shared keys that are off are never touched',
    situation({ look: bad('shared-key-disabled') }),
    'wait shared-key-disabled',
  ],
  [
    'a connection string without a key needs none',
    situation({ look: bad('entra-connection-string') }),
    'wait entra-connection-string',
  ],
  [
    'an emergency does not override what is off',
    situation({ look: bad('shared-key-disabled'), ask: emergency }),
    'wait shared-key-disabled',
  ],
  ['a service at work is waited for', situation({ look: busy }), 'wait service-working'],
  [
    'R9: the second secret of a claimed resource is not a target',
    situation({ claim: 'of-another' }),
    'wait claimed-twice',
  ],
  [
    'R9: an emergency does not override a claim',
    situation({ claim: 'of-another', ask: emergency }),
    'wait claimed-twice',
  ],
  [
    'R12: nothing is claimed by a value that is no key of the resource',
    situation({ claim: undefined, binding: 'lost', state: {}, look: looked({ held: 'x' }) }),
    'wait value-not-of-resource',
  ],
  [
    'R12: nor by state alone, which anyone can write',
    situation({ claim: undefined, look: looked({ held: 'x' }) }),
    'wait value-not-of-resource',
  ],
  [
    'R12: nor for a claimed target whose value nobody vouches for',
    situation({ binding: 'lost', look: looked({ held: 'x' }) }),
    'wait value-not-of-resource',
  ],
  [
    'R12: an emergency does not override that',
    situation({ claim: undefined, look: looked({ held: 'x' }), ask: emergency }),
    'wait value-not-of-resource',
  ],
  [
    'a value that is a key of the resource makes the secret a target',
    situation({ claim: undefined, binding: 'lost' }),
    'adopt adopted',
  ],
  ['a target whose claim was lost is claimed again as it stands', situation({ claim: undefined }), 'adopt going-on'],
  [
    'R1, R24: a claimed target without state of its own settles what is not live',
    situation({ binding: 'lost', state: {} }),
    'enter recovered',
  ],
];

const people: Row[] = [
  ['the value corrects the tag that names the other key', situation({ tagged: 'Secondary' }), 'correct tag-corrected'],
  ['a missing tag is filled in from the value', situation({ tagged: undefined as never }), 'correct tag-corrected'],
  ['R11: a secret that was missing starts its settle anew', situation({ claim: missing }), 'adopt restored'],
  ['an emergency at rest is accepted', situation({ ask: emergency, now: after(10) }), 'accept begun'],
  ['R22: an emergency overrides the pause', situation({ ask: emergency, wishes: { paused: true } }), 'accept begun'],
  [
    'R22: an emergency overrides a hold of history',
    situation({ ask: emergency, state: { held: 'proof-refused' } }),
    'accept begun',
  ],
  [
    'R22: an emergency overrides every wait',
    situation({ ask: emergency, state: waiting('throttled') }),
    'accept begun',
  ],
  [
    'an emergency at a target whose live key is dead is for the repair',
    situation({ ask: emergency, look: looked({ primary: 'p1' }) }),
    'enter repairing',
  ],
  ['a paused target rests', situation({ wishes: { paused: true } }), 'rest paused'],
  [
    'a paused target rests in mid-rotation',
    situation({ wishes: { paused: true }, state: { rotation: verify } }),
    'rest paused',
  ],
  [
    'a paused target goes on with an emergency',
    situation({ wishes: { paused: true }, state: { rotation: { ...verify, cause: 'emergency' } } }),
    'run verify going-on',
  ],
  ['a target that is held stays held', situation({ state: { held: 'contended' } }), 'rest contended'],
  ['a frozen phase is not entered', situation({ settings: { frozen: new Set(['generate']) } }), 'rest frozen'],
  [
    'a frozen phase is not gone on with',
    situation({ settings: { frozen: new Set(['verify']) }, state: { rotation: verify } }),
    'rest frozen',
  ],
  [
    'another phase than the frozen one goes on',
    situation({ settings: { frozen: new Set(['revoke']) }, state: { rotation: verify } }),
    'run verify going-on',
  ],
  ['a back-off is waited for', situation({ state: waiting('throttled') }), 'rest throttled'],
  ['a back-off that is over is not', situation({ state: waiting('throttled', now) }), 'enter begun'],
  [
    'a wait that each look finds anew does not outlive its cause',
    situation({ state: waiting('shared-key-disabled') }),
    'enter begun',
  ],
];

const beginning: Row[] = [
  ['a target that is due begins', situation(), 'enter begun'],
  ['a target that is not due rests', situation({ now: after(59) }), 'rest not-due'],
  ['by jitter it begins a day earlier', situation({ now: after(59), jitter: 1 }), 'enter begun'],
  [
    'R14: an event does not start what is not due',
    situation({ now: after(59), ask: { cause: 'near-expiry' } }),
    'rest not-due',
  ],
  [
    'R14: an event starts what is due in an hour, jitter ignored',
    situation({ now: after(59, 23), ask: { cause: 'near-expiry' } }),
    'enter begun',
  ],
  [
    'R14: an event ignores jitter',
    situation({ now: after(59), jitter: 1, ask: { cause: 'near-expiry' } }),
    'rest not-due',
  ],
  ['outside its window it waits', situation({ now, ...(window && { wishes: { window } }) }), 'wait outside-window'],
  [
    'a validity that leaves no day beside settle begins nothing',
    situation({ wishes: { settleMs: 60 * day } }),
    'wait validity-too-short',
  ],
  ['the adoption grace is waited for', situation({ state: guarded('adoption-grace') }), 'wait adoption-grace'],
  ['a guard that is over is not', situation({ state: guarded('restored', now) }), 'enter begun'],
  [
    'a version younger than settle is not replaced, whoever wrote it',
    situation({ secret: { ...fresh, expiresOn: after(61) } }),
    'wait settling',
  ],
  [
    'R4: a request under way is waited for',
    situation({ flight: { until: after(61), of: print('s0') } }),
    'wait request-in-flight',
  ],
  [
    'R4: of an unknown past any request may be under way',
    situation({ flight: { until: after(61) } }),
    'wait request-in-flight',
  ],
  [
    'R4: a request whose effect is seen is not',
    situation({ flight: { until: after(61), of: print('gone') } }),
    'enter begun',
  ],
  [
    'R4: a request that cannot land any more is not',
    situation({ flight: { until: now, of: print('s0') } }),
    'enter begun',
  ],
  [
    'R16: a live key that equals the resource’s and is refused all the same is not repaired',
    situation({ ask: { cause: 'schedule', refused: true } }),
    'wait live-refused',
  ],
];

const underWay: Row[] = [
  ['generate makes a key', situation({ state: { rotation: generating } }), 'run generate going-on'],
  [
    'R2, R18: a standby that changed since is proved, not made again',
    situation({ state: { rotation: generating }, look: looked({ secondary: 's1', next: 's1' }) }),
    'run generate going-on',
  ],
  [
    'what was proved in this visit is published',
    situation({
      state: { rotation: generating },
      look: looked({ secondary: 's1', next: 's1' }),
      proved: { fingerprint: print('s1'), unproved: false },
    }),
    'run publish going-on',
  ],
  [
    'a proof of another key does not count',
    situation({
      state: { rotation: generating },
      look: looked({ secondary: 's1', next: 's1' }),
      proved: { fingerprint: print('s2'), unproved: false },
    }),
    'run generate going-on',
  ],
  [
    'R2: a proof of an earlier visit does not count',
    situation({
      state: { rotation: { ...generating, phase: 'publish' } },
      look: looked({ secondary: 's1', next: 's1' }),
    }),
    'run generate going-on',
  ],
  [
    'nothing is made before the version is settled',
    situation({ state: { rotation: generating }, secret: fresh }),
    'wait settling',
  ],
  [
    'nothing is made while a guard stands',
    situation({ state: { rotation: generating, ...guarded('tag-corrected') } }),
    'wait tag-corrected',
  ],
  [
    'an immediate emergency makes the standby at once',
    situation({ state: { rotation: { ...generating, cause: 'emergency', mode: 'immediate' } }, secret: fresh }),
    'run generate going-on',
  ],
  [
    'R22: a graceful one waits for the end of settle',
    situation({ state: { rotation: { ...generating, cause: 'emergency' } }, secret: fresh }),
    'wait settling',
  ],
  [
    'revoke waits for the end of settle',
    situation({
      tagged: 'Secondary',
      state: { bond: bond('s1', 'p0', 's1'), rotation: rotation({ phase: 'revoke' }) },
      look: looked({ secondary: 's1', held: 's1' }),
      secret: fresh,
    }),
    'wait settling',
  ],
  [
    'revoke runs when it is over',
    situation({
      tagged: 'Secondary',
      state: { rotation: rotation({ phase: 'revoke' }) },
      look: looked({ secondary: 's1', held: 's1' }),
    }),
    'run revoke going-on',
  ],
  [
    'an immediate revoke waits for its short cap',
    situation({
      tagged: 'Secondary',
      state: { rotation: rotation({ phase: 'revoke', mode: 'immediate' }) },
      look: looked({ secondary: 's1', held: 's1' }),
      secret: { createdOn: later(now, -60_000) },
    }),
    'wait settling',
  ],
  [
    '… and no longer',
    situation({
      tagged: 'Secondary',
      state: { rotation: rotation({ phase: 'revoke', mode: 'immediate' }) },
      look: looked({ secondary: 's1', held: 's1' }),
      secret: { createdOn: later(now, -300_000) },
    }),
    'run revoke going-on',
  ],
  [
    'revoke that finds nothing left to end only finishes',
    situation({
      tagged: 'Secondary',
      state: { rotation: rotation({ phase: 'revoke' }) },
      look: looked({ primary: 'p1', secondary: 's1', held: 's1' }),
      secret: fresh,
    }),
    'run revoke going-on',
  ],
  [
    'state that says the live key must go is not believed',
    situation({ state: { rotation: rotation({ phase: 'revoke', gone: [print('p0')] }) } }),
    'hold live-would-die',
  ],
];

describe.each([
  ['may we', maywe],
  ['what people want', people],
  ['shall one begin', beginning],
  ['under way', underWay],
])('%s', (_part, rows) => {
  test.each(rows)('%s', (_sentence, given, decision) => {
    expect(words(decide(given))).toBe(decision);
  });
});

test('adoption says what the resource’s keys are, and gives a day of grace', () => {
  const decision = decide(situation({ claim: undefined, binding: 'lost', state: {} }));
  const guard = { reason: 'adoption-grace', until: after(61) };
  expect(decision).toMatchObject({ state: { refusals: 0, bond: bond(), guard } });
});

test('R24: lost state is no reset: what is not live has to go after settle', () => {
  const decision = decide(situation({ binding: 'lost', state: {} }));
  expect(decision).toMatchObject({ state: { rotation: { phase: 'revoke', cause: 'onboard', gone: [print('s0')] } } });
});

test('what a wrong tag named is protected for one settle', () => {
  const decision = decide(situation({ tagged: 'Secondary' }));
  expect(decision).toMatchObject({
    credentialId: 'Primary',
    state: { guard: { reason: 'tag-corrected', until: after(61, 1) } },
  });
});

test('R11: a restored secret gives its consumers one settle', () => {
  const decision = decide(situation({ claim: missing }));
  expect(decision).toMatchObject({ state: { guard: { reason: 'restored', until: after(61, 1) } } });
});

test('R11: a guard of a corrected tag is not weakened by a restore', () => {
  const state = guarded('tag-corrected', after(63));
  expect(decide(situation({ claim: missing, state }))).toMatchObject({ state });
});

test('a rotation begins with both credentials to be gone at its end and its start in whole seconds', () => {
  const decision = decide(situation({ now: new Date(now.getTime() + 300) }));
  const start = new Date(now.getTime() + 1000);
  expect(decision).toMatchObject({ state: { rotation: rotation({ start }) } });
});

test('a rotation begins by what the event that started it says', () => {
  const decision = decide(situation({ ask: { cause: 'near-expiry' } }));
  expect(decision).toMatchObject({ state: { rotation: { cause: 'near-expiry' } } });
});

test('born is a Monday, as the windows above assume', () => {
  expect(born.getUTCDay()).toBe(1);
});
