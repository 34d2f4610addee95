import { liveCredentialReplaced } from '../../../lib/decide/drift.ts';
import { decide } from '../../../lib/decide/rules.ts';
import { hour, later } from '../../../lib/model/clock.ts';
import {
  onDay,
  newBinding,
  claim,
  inspectionOf,
  keyFingerprint,
  rotation,
  situation,
  summaryOf,
  type Overrides,
} from './situation.ts';

const now = onDay(60);
const dead = inspectionOf({ primary: 'p1' });
const repaired = { ...claim, repairedAt: later(now, -hour) };
const verify = rotation({ phase: 'verify' });
const stale = inspectionOf({ inSecret: 's1' });
const published = { rotation: verify, stateBinding: newBinding('s1', 'p0', 's1') };
const both = inspectionOf({ primary: 'p1', secondary: 's2', inSecret: 's1' });

const noKeys = { ...inspectionOf({ inSecret: 'x' }), credentials: [] };

const rows: [sentence: string, different: Overrides, decision: string][] = [
  [
    'a value that was a key of the resource and is none any more is repaired',
    { inspection: dead },
    'setState repairing',
  ],
  ['without the resource’s keys nothing is said', { inspection: noKeys }, 'setState begun'],
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
    'an edited tag makes no stale read of it',
    { taggedId: 'Primary', inspection: inspectionOf({ secondary: 's2', inSecret: 's1' }), state: published },
    'setState repairing',
  ],
  [
    'a repair under way is not begun again',
    { inspection: dead, state: { rotation: rotation({ cause: 'drift', toRevoke: [keyFingerprint('p0')] }) } },
    'run generate going-on',
  ],
  [
    'R17: before publish the state says nothing about which read is stale',
    { taggedId: 'Secondary', inspection: stale, state: { ...published, rotation: rotation() } },
    'setState repairing',
  ],
  [
    'R17: nor in publish',
    { taggedId: 'Secondary', inspection: stale, state: { ...published, rotation: rotation({ phase: 'publish' }) } },
    'setState repairing',
  ],
  [
    'a repair that is about to publish is not begun again',
    {
      inspection: dead,
      state: { rotation: rotation({ phase: 'publish', cause: 'drift', toRevoke: [keyFingerprint('p0')] }) },
    },
    'run generate going-on',
  ],
  [
    'R19: a dead value written over a young repair is contended',
    { inspection: dead, claim: repaired, secret: { version: 'v2' } },
    'hold contended',
  ],
  [
    'R19: a dead value in our own version is repaired again',
    { inspection: dead, claim: repaired },
    'setState repairing',
  ],
  [
    'R19: a dead value an overlap after a repair is repaired again',
    { inspection: dead, claim: { ...repaired, repairedAt: later(now, -25 * hour) }, secret: { version: 'v2' } },
    'setState repairing',
  ],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(summaryOf(decide(situation(different)))).toBe(decision);
});

test('a repair is not delayed by the refusal that showed it', () => {
  const state = { rotation: rotation({ cause: 'drift', toRevoke: [keyFingerprint('p0')] }) };
  const refused = { cause: 'schedule', liveRefused: 'surely' } as const;
  expect(summaryOf(decide(situation({ inspection: dead, state, request: refused })))).toBe('run generate going-on');
});

test('a repair has only the dead key to be gone, and regenerates nothing for it', () => {
  const expected = { phase: 'generate', cause: 'drift', toRevoke: [keyFingerprint('p0')] };
  expect(decide(situation({ inspection: dead }))).toMatchObject({ state: { rotation: expected } });
});

test('a rotation under way is not forgotten for a repair: what it had to end still has to go', () => {
  const decision = decide(situation({ taggedId: 'Secondary', inspection: both, state: { rotation: verify } }));
  const toRevoke = [keyFingerprint('s1'), keyFingerprint('p0'), keyFingerprint('s0')];
  expect(decision).toMatchObject({ state: { rotation: { phase: 'generate', cause: 'schedule', toRevoke } } });
});

test('R17: a stale read is repeated after ten seconds', () => {
  const decision = decide(situation({ taggedId: 'Secondary', inspection: stale, state: published }));
  expect(decision).toMatchObject({ until: later(now, 10_000) });
});

test.each([
  ['none', undefined] as const,
  ['of another secret', 'of-another'] as const,
  ['without a repair', claim] as const,
])('R19: a claim that is %s knows of no repair, so nothing is contended', (_sentence, known) => {
  const decision = liveCredentialReplaced(
    situation({ inspection: dead, claim: known, state: { stateBinding: undefined }, secret: { version: 'v2' } }),
  );
  expect(decision).toMatchObject({ do: 'setState', reason: 'repairing' });
});

test('R17: a repair never ends the key that it is about to publish, although an earlier rotation wanted to', () => {
  const inspection = inspectionOf({ primary: 'p1', secondary: 's0', inSecret: 's1', next: 's0' });
  const decision = decide(situation({ taggedId: 'Secondary', inspection, state: { rotation: verify } }));
  const toRevoke = [keyFingerprint('s1'), keyFingerprint('p0')];
  expect(decision).toMatchObject({ state: { rotation: { phase: 'generate', toRevoke } } });
});

test('a repair takes nothing over, and does not forget when the target was rotated last', () => {
  const inspection = inspectionOf({ primary: 'p1', next: 's0' });
  const state = { lastRotation: onDay(3), lastRequest: 'aaaaaaaaaaaa' };
  const decision = decide(situation({ inspection, state }));
  expect(decision).toMatchObject({ state });
  expect(decision).not.toHaveProperty('state.rotation.tookOver', expect.anything());
});
