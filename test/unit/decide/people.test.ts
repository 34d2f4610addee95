import { decide } from '../../../lib/decide/rules.ts';
import type { Guard, State } from '../../../lib/model/state.ts';
import { after, claim, looked, rotation, situation, words, type Different } from './situation.ts';

const ask = { cause: 'emergency', emergency: { mode: 'graceful' } } as const;
const verify = rotation({ phase: 'verify' });
const restored = { claim: { ...claim, missingSince: after(59) } };
const options = { paused: true };

function backingOff(until = after(61)): Partial<State> {
  return { wait: { reason: 'throttled', since: after(59), until } };
}

function guarded(reason: Guard['reason'], until: Date): { guard: Guard } {
  return { guard: { reason, until } };
}

function frozen(phase: 'generate' | 'verify'): Different {
  return { settings: { frozenPhases: new Set([phase]) } };
}

const rows: [sentence: string, different: Different, decision: string][] = [
  ['the value corrects a tag that names the other key', { taggedId: 'Secondary' }, 'fixTag tag-corrected'],
  ['R11: a secret that is back starts its settle anew', restored, 'adopt restored'],
  ['R20: an emergency at rest is accepted', { request: ask, now: after(10) }, 'startEmergency begun'],
  ['R22: an emergency overrides the pause', { request: ask, options }, 'startEmergency begun'],
  ['R22: … a hold of history', { request: ask, state: { held: 'proof-refused' } }, 'startEmergency begun'],
  ['R22: … every wait', { request: ask, state: backingOff() }, 'startEmergency begun'],
  [
    'a live key that is dead is repaired before an emergency',
    { request: ask, inspection: looked({ primary: 'p1' }) },
    'setState repairing',
  ],
  [
    'R22: … of a paused target too',
    { request: ask, options, inspection: looked({ primary: 'p1' }) },
    'setState repairing',
  ],
  [
    'R22: … and of a held one',
    { request: ask, state: { held: 'contended' }, inspection: looked({ primary: 'p1' }) },
    'setState repairing',
  ],
  [
    'R22: … and of one that backs off',
    { request: ask, state: backingOff(), inspection: looked({ primary: 'p1' }) },
    'setState repairing',
  ],
  ['a paused target rests', { options }, 'leave paused'],
  ['a paused target rests in mid-rotation', { options, state: { rotation: verify } }, 'leave paused'],
  [
    'R22: unless it is an emergency',
    { options, state: { rotation: { ...verify, cause: 'emergency' } } },
    'run verify going-on',
  ],
  ['what is held stays held', { state: { held: 'contended' } }, 'leave contended'],
  ['what is held stays held in mid-rotation', { state: { held: 'contended', rotation: verify } }, 'leave contended'],
  ['a frozen phase is not begun', frozen('generate'), 'leave frozen'],
  ['a frozen phase is not gone on with', { ...frozen('verify'), state: { rotation: verify } }, 'leave frozen'],
  [
    'another phase than the frozen one is',
    { ...frozen('generate'), state: { rotation: verify } },
    'run verify going-on',
  ],
  ['a back-off is waited for', { state: backingOff() }, 'leave throttled'],
  ['a back-off that is over is not', { state: backingOff(after(60)) }, 'setState begun'],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(words(decide(situation(different)))).toBe(decision);
});

test('a wait that each look finds anew does not outlive its cause', () => {
  const wait = { reason: 'shared-key-disabled', since: after(59), until: after(61) } as const;
  expect(words(decide(situation({ state: { wait } })))).toBe('setState begun');
});

test('a missing tag is filled in from the value, and nothing is guarded for that', () => {
  const { taggedId: _, ...untagged } = situation();
  expect(decide(untagged)).toMatchObject({ do: 'fixTag', credentialId: 'Primary', state: untagged.state });
});

test('promise 1: what a wrong tag named is protected for one settle', () => {
  const state = guarded('tag-corrected', after(61, 1));
  expect(decide(situation({ taggedId: 'Secondary' }))).toMatchObject({ credentialId: 'Primary', state });
});

test('R11: consumers of a restored secret get one settle', () => {
  expect(decide(situation(restored))).toMatchObject({ state: guarded('restored', after(61, 1)) });
});

test('promise 1: the guard of a corrected tag is not weakened by a restore', () => {
  const state = guarded('tag-corrected', after(63));
  expect(decide(situation({ ...restored, state }))).toMatchObject({ state });
});
