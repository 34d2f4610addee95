import type { Check } from '../../../lib/model/check.ts';
import { later, minute, second } from '../../../lib/model/clock.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { generate } from '../../../lib/phases/generate.ts';
import { onDay, inspectionOf, keyFingerprint, rotation, versionInspection } from '../decide/situation.ts';
import { inRotation, recordingContext, sendRequest, type Answers } from './stepContext.ts';

const now = onDay(60);
const made = inspectionOf({ secondary: 's1', next: 's1' });
const dead = inspectionOf({ primary: 'p1', inSecret: 'p0', next: 'p1' });
const bad: Check = { is: 'invalid', reason: 'proof-refused', code: 'AuthenticationFailed' };
const unknown: Check = { is: 'unknown', reason: 'proof-unknown' };

function waited(reason: Reason, agedMs: number) {
  return { wait: { reason, since: later(now, -agedMs), until: now } };
}

async function outcomeOf(answers: Answers, ...[begun, different]: Parameters<typeof inRotation>) {
  const { context, calls } = recordingContext(answers);
  const { s, input } = inRotation(begun, different);
  return { outcome: await sendRequest(calls, await generate(context, s, input)), calls };
}

describe('making the standby', () => {
  test('promise 5, R4: what will be replaced is said before it is replaced', async () => {
    const { calls } = await outcomeOf({}, rotation());
    expect(calls).toEqual([`sending ${keyFingerprint('s0')}`, 'generate Secondary']);
  });

  test('an answer that shows the new key is gone on with', async () => {
    const { outcome } = await outcomeOf({ regenerated: made }, rotation());
    expect(outcome).toEqual({ is: 'inspected', inspection: made });
  });

  test('R21: a version that held a leaked key is disabled before its key ends', async () => {
    const { calls } = await outcomeOf({}, rotation({ oldVersion: 'v0' }));
    expect(calls[0]).toBe('disable v0');
  });

  test('the current version is never disabled', async () => {
    const { calls } = await outcomeOf({}, rotation({ oldVersion: 'v1' }));
    expect(calls).not.toContain('disable v1');
  });

  test.each([
    ['the tag names it live', { taggedId: 'Secondary' }],
    ['nothing is live by value', { inspection: { ...inspectionOf({ inSecret: 'x' }) } }],
  ])('promise 1: the standby is not made where %s', async (_sentence, different) => {
    const { outcome, calls } = await outcomeOf({}, rotation(), different);
    expect(outcome).toEqual({ is: 'invalid', reason: 'live-would-die' });
    expect(calls).toEqual([]);
  });
});

describe('a proof', () => {
  test('that is good allows the publish', async () => {
    const { outcome } = await outcomeOf({}, rotation(), { inspection: made });
    expect(outcome).toEqual({ is: 'proved', next: made.next, unproved: false });
  });

  test('is held against the live key', async () => {
    const controls: unknown[] = [];
    await outcomeOf({ prove: (_next, control) => (controls.push(control?.fingerprint), unknown) }, rotation(), {
      inspection: made,
    });
    expect(controls).toEqual([keyFingerprint('p0')]);
  });

  test('that cannot be known is not given', async () => {
    expect((await outcomeOf({ prove: () => unknown }, rotation(), { inspection: made })).outcome).toEqual(unknown);
  });

  test('that cannot be known is done without where best effort is enough', async () => {
    const { outcome } = await outcomeOf({ prove: () => unknown }, rotation(), {
      inspection: made,
      options: { proof: 'best-effort' },
    });
    expect(outcome).toMatchObject({ is: 'proved', unproved: true });
  });

  test('best effort publishes no key that is refused', async () => {
    const { outcome } = await outcomeOf({ prove: () => bad }, rotation(), {
      inspection: made,
      options: { proof: 'best-effort' },
    });
    expect(outcome.is).toBe('pending');
  });
});

describe('R15: a key that is refused', () => {
  test.each([
    ['for the first time is tried again in a second', 0, later(now, second)],
    ['is tried again after as long as it lasts', 8 * second, later(now, 8 * second)],
    ['is tried a last time when patience ends', 50 * second, later(now, 10 * second)],
  ])('%s', async (_sentence, agedMs, until) => {
    const state = waited('key-not-yet-accepted', agedMs);
    const { outcome } = await outcomeOf({ prove: () => bad }, rotation(), { inspection: made, state });
    expect(outcome).toEqual({ is: 'pending', reason: 'key-not-yet-accepted', until });
  });

  test('for longer than patience is made once more', async () => {
    const state = waited('key-not-yet-accepted', minute);
    expect((await outcomeOf({ prove: () => bad }, rotation(), { inspection: made, state })).outcome).toEqual({
      is: 'retryGenerate',
    });
  });

  test('for longer than patience a second time is for a person', async () => {
    const state = waited('key-not-yet-accepted', minute);
    const begun = rotation({ regeneratedAgain: true });
    expect((await outcomeOf({ prove: () => bad }, begun, { inspection: made, state })).outcome).toEqual(bad);
  });
});

describe('R17: for a value that is dead', () => {
  const drift = rotation({ cause: 'drift' });
  const liveIsDead = (candidate: { fingerprint: string }): Check =>
    candidate.fingerprint === keyFingerprint('p0') ? bad : { is: 'valid' };

  test('the key is published where it is accepted and the value is refused', async () => {
    const { outcome } = await outcomeOf({ prove: liveIsDead }, drift, { inspection: dead });
    expect(outcome).toMatchObject({ is: 'proved', unproved: false });
  });

  test.each([
    ['both are accepted', () => ({ is: 'valid' }) as const],
    ['nothing is known', () => unknown],
    ['both are refused', () => bad],
  ])('a second inspection is waited for where %s', async (_sentence, prove) => {
    const { outcome } = await outcomeOf({ prove }, drift, { inspection: dead });
    expect(outcome).toEqual({ is: 'pending', reason: 'drift-confirming', until: later(now, second) });
  });

  test('a second inspection a minute later decides, and announces that nothing was proved', async () => {
    const state = waited('drift-confirming', minute);
    const { outcome } = await outcomeOf({ prove: () => unknown }, drift, { inspection: dead, state });
    expect(outcome).toMatchObject({ is: 'proved', unproved: true });
  });
});

test('R15: a refused key is not done without where best effort is enough', async () => {
  const state = waited('key-not-yet-accepted', minute);
  const options = { proof: 'best-effort' } as const;
  const begun = rotation({ regeneratedAgain: true });
  const { outcome } = await outcomeOf({ prove: () => bad }, begun, { inspection: made, state, options });
  expect(outcome).toEqual(bad);
});

test.each<[sentence: string, check: Check, outcome: object]>([
  ['a valid proof is no unproved one', { is: 'valid' }, { is: 'proved', unproved: false }],
  [
    'a proof that is pending is waited for',
    { is: 'pending', reason: 'service-working', until: now },
    { is: 'pending' },
  ],
])('promise 3: where best effort is enough, %s', async (_sentence, check, expected) => {
  const options = { proof: 'best-effort' } as const;
  const { outcome } = await outcomeOf({ prove: () => check }, rotation(), { inspection: made, options });
  expect(outcome).toMatchObject(expected);
});

test('a credential that is a version is generated beside the others: it replaces none', async () => {
  const { calls } = await outcomeOf({}, rotation(), { taggedId: 'v1', inspection: versionInspection('v1') });
  expect(calls).toEqual(['sending undefined', 'generate anew']);
});
