import { publish } from '../../../lib/phases/publish.ts';
import { revoke } from '../../../lib/phases/revoke.ts';
import { verify } from '../../../lib/phases/verify.ts';
import { later, second } from '../../../lib/model/clock.ts';
import { onDay, inspectionOf, keyFingerprint, rotation, type Overrides } from '../decide/situation.ts';
import { inRotation, played, sent, type Answers } from './hands.ts';

const published: Overrides = { taggedId: 'Secondary', inspection: inspectionOf({ secondary: 's1', inSecret: 's1' }) };
const over = inspectionOf({ primary: 'p1', secondary: 's1', inSecret: 's1' });
const revoking = rotation({ phase: 'revoke', oldVersion: 'v0' });

async function outcomeOf(answers: Answers, different: Overrides, begun = revoking) {
  const { hands, asked } = played(answers);
  const { s, view } = inRotation(begun, different);
  return { outcome: await sent(asked, await revoke(hands, s, view)), asked };
}

describe('revoke', () => {
  test('says what will end, ends it, and disables the version that held it', async () => {
    const { outcome, asked } = await outcomeOf({ regenerated: over }, published);
    expect(asked).toEqual([`sending ${keyFingerprint('p0')}`, 'revoke Primary', 'disable v0']);
    expect(outcome).toEqual({ is: 'done', inspection: over, disable: 'v0' });
  });

  test('R2: finds the old key gone and regenerates nothing', async () => {
    const { outcome, asked } = await outcomeOf({}, { ...published, inspection: over });
    expect(asked).toEqual(['disable v0']);
    expect(outcome.is).toBe('done');
  });

  test('waits for a service that works, and disables nothing yet', async () => {
    const { outcome, asked } = await outcomeOf({}, published);
    expect(outcome.is).toBe('pending');
    expect(asked).not.toContain('disable v0');
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
    const { outcome, asked } = await outcomeOf({}, { ...published, ...different });
    expect(outcome).toEqual({ is: 'invalid', reason: 'live-would-die' });
    expect(asked).toEqual([]);
  });

  test('never disables the current version', async () => {
    const begun = rotation({ phase: 'revoke', oldVersion: 'v1' });
    expect((await outcomeOf({ regenerated: over }, published, begun)).asked).not.toContain('disable v1');
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
    const { hands } = played();
    const { s, view } = inRotation(rotation({ phase: 'verify' }), different);
    expect(await verify(hands, s, view)).toMatchObject(outcome);
  });
});

describe('publish', () => {
  test('answers the text for the secret', async () => {
    const inspection = inspectionOf({ secondary: 's1', next: 's1' });
    const { s, view } = inRotation(rotation({ phase: 'publish' }), { inspection });
    expect(await publish(played().hands, s, view)).toEqual({ is: 'publish', value: inspection.next?.value });
  });

  test('has nothing to publish without a new key', async () => {
    const { s, view } = inRotation(rotation({ phase: 'publish' }));
    expect((await publish(played().hands, s, view)).is).toBe('invalid');
  });
});
