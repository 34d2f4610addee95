import { decide } from '../../../lib/decide/rules.ts';
import { hour, later } from '../../../lib/model/clock.ts';
import { after, bond, claim, looked, print, rotation, situation, words, type Different } from './situation.ts';

const now = after(60);
const dead = looked({ primary: 'p1' });
const repaired = { ...claim, repairedAt: later(now, -hour) };
const verify = rotation({ phase: 'verify' });
const stale = looked({ held: 's1' });
const published = { rotation: verify, stateBinding: bond('s1', 'p0', 's1') };
const both = looked({ primary: 'p1', secondary: 's2', held: 's1' });

const rows: [sentence: string, different: Different, decision: string][] = [
  [
    'a value that was a key of the resource and is none any more is repaired',
    { inspection: dead },
    'setState repairing',
  ],
  ['without the resource’s keys nothing is said', { inspection: { ...looked(), credentials: [] } }, 'setState begun'],
  [
    'R17: a key known to be replaced that reappears is a stale read',
    { taggedId: 'Secondary', inspection: stale, state: published },
    'wait stale-read',
  ],
  [
    'both keys changed after publish is no stale read',
    { taggedId: 'Secondary', inspection: both, state: published },
    'setState repairing',
  ],
  [
    'a tag that somebody edited does not make a stale read of it',
    { taggedId: 'Primary', inspection: looked({ secondary: 's2', held: 's1' }), state: published },
    'setState repairing',
  ],
  [
    'a repair under way is not begun again',
    { inspection: dead, state: { rotation: rotation({ cause: 'drift', toRevoke: [print('p0')] }) } },
    'run generate going-on',
  ],
  [
    'R19: a dead value written over a young repair is contended',
    { inspection: dead, claim: repaired, secret: { version: 'v2' } },
    'hold contended',
  ],
  ['R19: not where the version is still ours', { inspection: dead, claim: repaired }, 'setState repairing'],
  [
    'R19: not after a settle',
    { inspection: dead, claim: { ...repaired, repairedAt: after(58) }, secret: { version: 'v2' } },
    'setState repairing',
  ],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(words(decide(situation(different)))).toBe(decision);
});

test('a repair is not delayed by the refusal that showed it', () => {
  const state = { rotation: rotation({ cause: 'drift', toRevoke: [print('p0')] }) };
  const refused = { cause: 'schedule', liveRefused: 'surely' } as const;
  expect(words(decide(situation({ inspection: dead, state, request: refused })))).toBe('run generate going-on');
});

test('a repair has only the dead key to be gone, and regenerates nothing for it', () => {
  const expected = { phase: 'generate', cause: 'drift', toRevoke: [print('p0')] };
  expect(decide(situation({ inspection: dead }))).toMatchObject({ state: { rotation: expected } });
});

test('a rotation under way is not forgotten for a repair: what it had to end still has to go', () => {
  const decision = decide(situation({ taggedId: 'Secondary', inspection: both, state: { rotation: verify } }));
  const toRevoke = [print('s1'), print('p0'), print('s0')];
  expect(decision).toMatchObject({ state: { rotation: { phase: 'generate', cause: 'schedule', toRevoke } } });
});
