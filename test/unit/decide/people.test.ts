import { decide } from '../../../lib/decide/rules.ts';
import type { Guard, State } from '../../../lib/model/state.ts';
import { after, claim, looked, rotation, situation, words, type Different } from './situation.ts';

const ask = { cause: 'emergency', accept: { mode: 'graceful' } } as const;
const verify = rotation({ phase: 'verify' });
const restored = { claim: { ...claim, missingSince: after(59) } };
const wishes = { paused: true };

function backingOff(until = after(61)): Partial<State> {
  return { wait: { reason: 'throttled', since: after(59), until } };
}

function guarded(reason: Guard['reason'], until: Date): { guard: Guard } {
  return { guard: { reason, until } };
}

function frozen(phase: 'generate' | 'verify'): Different {
  return { settings: { frozen: new Set([phase]) } };
}

const rows: [sentence: string, different: Different, decision: string][] = [
  ['the value corrects a tag that names the other key', { tagged: 'Secondary' }, 'correct tag-corrected'],
  ['R11: a secret that is back starts its settle anew', restored, 'adopt restored'],
  ['R20: an emergency at rest is accepted', { ask, now: after(10) }, 'accept begun'],
  ['R22: an emergency overrides the pause', { ask, wishes }, 'accept begun'],
  ['R22: … a hold of history', { ask, state: { held: 'proof-refused' } }, 'accept begun'],
  ['R22: … every wait', { ask, state: backingOff() }, 'accept begun'],
  [
    'a live key that is dead is repaired before an emergency',
    { ask, look: looked({ primary: 'p1' }) },
    'enter repairing',
  ],
  ['R22: … of a paused target too', { ask, wishes, look: looked({ primary: 'p1' }) }, 'enter repairing'],
  [
    'R22: … and of a held one',
    { ask, state: { held: 'contended' }, look: looked({ primary: 'p1' }) },
    'enter repairing',
  ],
  [
    'R22: … and of one that backs off',
    { ask, state: backingOff(), look: looked({ primary: 'p1' }) },
    'enter repairing',
  ],
  ['a paused target rests', { wishes }, 'rest paused'],
  ['a paused target rests in mid-rotation', { wishes, state: { rotation: verify } }, 'rest paused'],
  [
    'R22: unless it is an emergency',
    { wishes, state: { rotation: { ...verify, cause: 'emergency' } } },
    'run verify going-on',
  ],
  ['what is held stays held', { state: { held: 'contended' } }, 'rest contended'],
  ['what is held stays held in mid-rotation', { state: { held: 'contended', rotation: verify } }, 'rest contended'],
  ['a frozen phase is not begun', frozen('generate'), 'rest frozen'],
  ['a frozen phase is not gone on with', { ...frozen('verify'), state: { rotation: verify } }, 'rest frozen'],
  [
    'another phase than the frozen one is',
    { ...frozen('generate'), state: { rotation: verify } },
    'run verify going-on',
  ],
  ['a back-off is waited for', { state: backingOff() }, 'rest throttled'],
  ['a back-off that is over is not', { state: backingOff(after(60)) }, 'enter begun'],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(words(decide(situation(different)))).toBe(decision);
});

test('a wait that each look finds anew does not outlive its cause', () => {
  const wait = { reason: 'shared-key-disabled', since: after(59), until: after(61) } as const;
  expect(words(decide(situation({ state: { wait } })))).toBe('enter begun');
});

test('a missing tag is filled in from the value, and nothing is guarded for that', () => {
  const { tagged: _, ...untagged } = situation();
  expect(decide(untagged)).toMatchObject({ do: 'correct', credentialId: 'Primary', state: untagged.state });
});

test('promise 1: what a wrong tag named is protected for one settle', () => {
  const state = guarded('tag-corrected', after(61, 1));
  expect(decide(situation({ tagged: 'Secondary' }))).toMatchObject({ credentialId: 'Primary', state });
});

test('R11: consumers of a restored secret get one settle', () => {
  expect(decide(situation(restored))).toMatchObject({ state: guarded('restored', after(61, 1)) });
});

test('promise 1: the guard of a corrected tag is not weakened by a restore', () => {
  const state = guarded('tag-corrected', after(63));
  expect(decide(situation({ ...restored, state }))).toMatchObject({ state });
});
