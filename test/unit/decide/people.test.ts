import { decide } from '../../../lib/decide/rules.ts';
import type { Guard, State } from '../../../lib/model/state.ts';
import { onDay, claim, inspectionOf, rotation, situation, summaryOf, type Overrides } from './situation.ts';

const ask = { cause: 'emergency', emergency: { mode: 'graceful' } } as const;
const verify = rotation({ phase: 'verify' });
const restored = { claim: { ...claim, missingSince: onDay(59) } };
const options = { paused: true };

function backingOff(until = onDay(61)): Partial<State> {
  return { wait: { reason: 'throttled', since: onDay(59), until } };
}

function guarded(reason: Guard['reason'], until: Date): { guard: Guard } {
  return { guard: { reason, until } };
}

function frozen(phase: 'generate' | 'verify'): Overrides {
  return { settings: { frozenPhases: new Set([phase]) } };
}

const rows: [sentence: string, different: Overrides, decision: string][] = [
  ['the value corrects a tag that names the other key', { taggedId: 'Secondary' }, 'fixTag tag-corrected'],
  ['R11: a restored secret starts a quiet period', restored, 'adopt restored'],
  ['R20: an emergency at rest is accepted', { request: ask, now: onDay(10) }, 'startEmergency begun'],
  ['R22: an emergency overrides the pause', { request: ask, options }, 'startEmergency begun'],
  [
    'R22: an emergency overrides a hold of history',
    { request: ask, state: { held: 'proof-refused' } },
    'startEmergency begun',
  ],
  ['R22: an emergency overrides every wait', { request: ask, state: backingOff() }, 'startEmergency begun'],
  [
    'a live key that is dead is repaired before an emergency',
    { request: ask, inspection: inspectionOf({ primary: 'p1' }) },
    'setState repairing',
  ],
  [
    'R22: the dead live key of a paused target too',
    { request: ask, options, inspection: inspectionOf({ primary: 'p1' }) },
    'setState repairing',
  ],
  [
    'R22: the dead live key of a held target too',
    { request: ask, state: { held: 'contended' }, inspection: inspectionOf({ primary: 'p1' }) },
    'setState repairing',
  ],
  [
    'R22: the dead live key of a target that backs off too',
    { request: ask, state: backingOff(), inspection: inspectionOf({ primary: 'p1' }) },
    'setState repairing',
  ],
  ['a paused target rests', { options }, 'leave paused'],
  ['a paused target rests in mid-rotation', { options, state: { rotation: verify } }, 'leave paused'],
  [
    'R22: a paused target in an emergency goes on',
    { options, state: { rotation: { ...verify, cause: 'emergency' } } },
    'run verify going-on',
  ],
  ['a held target stays held', { state: { held: 'contended' } }, 'leave contended'],
  ['a held target stays held in mid-rotation', { state: { held: 'contended', rotation: verify } }, 'leave contended'],
  ['a frozen phase is not begun', frozen('generate'), 'leave frozen'],
  ['a frozen phase is not gone on with', { ...frozen('verify'), state: { rotation: verify } }, 'leave frozen'],
  [
    'another phase than the frozen one is',
    { ...frozen('generate'), state: { rotation: verify } },
    'run verify going-on',
  ],
  ['a back-off is waited for', { state: backingOff() }, 'leave throttled'],
  ['a back-off that is over is not', { state: backingOff(onDay(60)) }, 'setState begun'],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(summaryOf(decide(situation(different)))).toBe(decision);
});

test('a wait that each inspection recomputes does not outlive its cause', () => {
  const wait = { reason: 'shared-key-disabled', since: onDay(59), until: onDay(61) } as const;
  expect(summaryOf(decide(situation({ state: { wait } })))).toBe('setState begun');
});

test('a missing tag is filled in from the value, and nothing is guarded for that', () => {
  const { taggedId: _, ...untagged } = situation();
  expect(decide(untagged)).toMatchObject({ do: 'fixTag', credentialId: 'Primary', state: untagged.state });
});

test('promise 1: what a wrong tag named is protected for one overlap', () => {
  const state = guarded('tag-corrected', onDay(61, 1));
  expect(decide(situation({ taggedId: 'Secondary' }))).toMatchObject({ credentialId: 'Primary', state });
});

test('R11: consumers of a restored secret get one overlap', () => {
  expect(decide(situation(restored))).toMatchObject({ state: guarded('restored', onDay(61, 1)) });
});

test('promise 1: the guard of a corrected tag is not weakened by a restore', () => {
  const state = guarded('tag-corrected', onDay(63));
  expect(decide(situation({ ...restored, state }))).toMatchObject({ state });
});

test('a missing tag is filled in without a guard', () => {
  const { taggedId: _, ...untagged } = situation();
  expect(decide(untagged)).not.toHaveProperty('state.guard', expect.anything());
});

test.each([
  [
    'promise 1: the guard of a corrected tag that ended is replaced',
    'tag-corrected',
    onDay(59),
    'restored',
    onDay(61, 1),
  ],
  ['a guard that ends now is replaced', 'tag-corrected', onDay(60), 'restored', onDay(61, 1)],
  ['a guard that ends later is kept, with the reason of the restore', 'recovered', onDay(63), 'restored', onDay(63)],
] as const)('R11: of a restored secret %s', (_sentence, reason, until, newReason, newUntil) => {
  expect(decide(situation({ ...restored, state: guarded(reason, until) }))).toMatchObject({
    state: guarded(newReason, newUntil),
  });
});

test.each(['throttled', 'outage', 'refused', 'proof-unknown', 'live-refused'] as const)(
  'the back-off %s is waited for until it ends',
  (reason) => {
    const wait = { reason, since: onDay(59), until: onDay(61) };
    expect(decide(situation({ state: { wait } }))).toEqual({ do: 'leave', reason, until: onDay(61) });
  },
);
