import { publish } from '../../../lib/phases/publish.ts';
import { revoke } from '../../../lib/phases/revoke.ts';
import { steps } from '../../../lib/phases/phases.ts';
import { verify } from '../../../lib/phases/verify.ts';
import { later, second } from '../../../lib/model/clock.ts';
import { onDay, inspectionOf, keyFingerprint, rotation, type Overrides } from '../decide/situation.ts';
import { inRotation, recordingContext, sendRequest, type Answers } from './stepContext.ts';

const published: Overrides = { taggedId: 'Secondary', inspection: inspectionOf({ secondary: 's1', inSecret: 's1' }) };
const over = inspectionOf({ primary: 'p1', secondary: 's1', inSecret: 's1' });
const revoking = rotation({ phase: 'revoke', oldVersion: 'v0' });

async function outcomeOf(answers: Answers, different: Overrides, begun = revoking) {
  const { context, calls } = recordingContext(answers);
  const { s, input } = inRotation(begun, different);
  return { outcome: await sendRequest(calls, await revoke(context, s, input)), calls };
}

describe('revoke', () => {
  test('says what will end, ends it, and disables the version that held it', async () => {
    const { outcome, calls } = await outcomeOf({ regenerated: over }, published);
    expect(calls).toEqual([`sending ${keyFingerprint('p0')}`, 'revoke Primary', 'disable v0']);
    expect(outcome).toEqual({ is: 'done', inspection: over, disable: 'v0' });
  });

  test('R2: finds the old key gone and regenerates nothing', async () => {
    const { outcome, calls } = await outcomeOf({}, { ...published, inspection: over });
    expect(calls).toEqual(['disable v0']);
    expect(outcome.is).toBe('done');
  });

  test('waits for a service that works, and disables nothing yet', async () => {
    const { outcome, calls } = await outcomeOf({}, published);
    expect(outcome.is).toBe('pending');
    expect(calls).not.toContain('disable v0');
  });

  test.each([
    ['shows another live key', inspectionOf({ primary: 'p1', secondary: 's2', inSecret: 's1' })],
    ['still shows the old one', inspectionOf({ secondary: 's1', inSecret: 's1' })],
  ])('R7: is not over where the answer %s', async (_sentence, regenerated) => {
    const { outcome } = await outcomeOf({ regenerated }, published);
    expect(outcome.is).toBe('inspected');
  });

  test.each([
    ['live by the tag', { taggedId: 'Primary' }],
    ['live by the value', { inspection: inspectionOf() }],
    ['all there is', { inspection: inspectionOf({ inSecret: 'x' }) }],
  ])('promise 1: ends nothing that is %s', async (_sentence, different) => {
    const { outcome, calls } = await outcomeOf({}, { ...published, ...different });
    expect(outcome).toEqual({ is: 'invalid', reason: 'live-would-die' });
    expect(calls).toEqual([]);
  });

  test('never disables the current version', async () => {
    const begun = rotation({ phase: 'revoke', oldVersion: 'v1' });
    expect((await outcomeOf({ regenerated: over }, published, begun)).calls).not.toContain('disable v1');
  });
});

describe('verify', () => {
  test.each([
    ['is done where the value is the resource’s key', published, { is: 'done' }],
    [
      'looks again where it is not yet',
      { inspection: inspectionOf({ inSecret: 's1' }) },
      { is: 'pending', reason: 'stale-read', until: later(onDay(60), 10 * second) },
    ],
  ])('%s', async (_sentence, different, outcome) => {
    const { context } = recordingContext();
    const { s, input } = inRotation(rotation({ phase: 'verify' }), different);
    expect(await verify(context, s, input)).toMatchObject(outcome);
  });
});

describe('publish', () => {
  test('answers the text for the secret', async () => {
    const inspection = inspectionOf({ secondary: 's1', next: 's1' });
    const { s, input } = inRotation(rotation({ phase: 'publish' }), { inspection });
    expect(await publish(recordingContext().context, s, input)).toEqual({
      is: 'publish',
      value: inspection.next?.value,
    });
  });

  test('has nothing to publish without a new key', async () => {
    const { s, input } = inRotation(rotation({ phase: 'publish' }));
    expect((await publish(recordingContext().context, s, input)).is).toBe('invalid');
  });
});

describe('a kind with a step of its own', () => {
  const inspection = inspectionOf({ secondary: 's1', next: 's1' });

  test('R4: adopts the credential by a request that the visit records first', async () => {
    const { context, calls } = recordingContext();
    const provider = { ...context.provider, adopt: () => Promise.resolve(void calls.push('adopt')) };
    const { s, input } = inRotation(rotation({ phase: 'publish' }), { inspection });
    const answer = await publish({ ...context, provider }, s, input);
    expect([answer.is, calls]).toEqual(['request', []]);
    expect(await sendRequest(calls, answer)).toMatchObject({ is: 'publish' });
    expect(calls).toContain('adopt');
  });

  test.each([
    ['waits while its own check waits', { is: 'pending', reason: 'nodes-polling', until: onDay(61) }, 'pending'],
    ['is done when its own check is valid', { is: 'valid' }, 'done'],
  ] as const)('verify %s', async (_sentence, check, is) => {
    const { context } = recordingContext();
    const provider = { ...context.provider, verify: () => Promise.resolve(check) };
    const { s, input } = inRotation(rotation({ phase: 'verify' }), published);
    expect((await verify({ ...context, provider }, s, input)).is).toBe(is);
  });
});

test('promise 1: publish without a new key holds the target, because the live one would end', async () => {
  const { s, input } = inRotation(rotation({ phase: 'publish' }));
  expect(await publish(recordingContext().context, s, input)).toEqual({ is: 'invalid', reason: 'live-would-die' });
});

test('each phase has its step', () => {
  expect(steps).toEqual({ generate: expect.any(Function) as unknown, publish, verify, revoke });
});
