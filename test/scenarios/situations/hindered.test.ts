import { hour, minute } from '../../../lib/model/clock.ts';
import { due, regenerated, run, value } from './play.ts';
import { status } from './situation.ts';

jest.setTimeout(60_000);

test('a data plane that cannot be reached: proof-unknown, and nothing is published', async () => {
  const { b, account } = await due();
  account.networkDefaultAction = 'Deny';
  const old = value(b);
  await run(b, hour);
  expect([...b.reasons()]).toContain('proof-unknown');
  expect(value(b)).toBe(old);
  expect(b.keys(account).Primary).toBe(old);
  expect(regenerated(b)).toBe(1);
});

test('the same with the wish best-effort: published, and told to be unproved', async () => {
  const { b, account } = await due({}, { RotationOptions: 'proof=best-effort' });
  account.networkDefaultAction = 'Deny';
  await run(b, 2 * hour);
  expect([...b.reasons()]).toContain('unproved');
  expect(value(b)).toBe(b.keys(account).Secondary);
  expect(regenerated(b)).toBe(2);
});

test('a ReadOnly lock while it settles: locked; when it is gone the rotation completes', async () => {
  const { b, account } = await due();
  const old = b.keys(account).Primary;
  await b.sweep();
  b.azure.arm.locks.add(account.id);
  await run(b, 3 * hour);
  expect([...b.reasons()]).toContain('locked');
  expect(b.keys(account).Primary).toBe(old);
  b.azure.arm.locks.clear();
  await run(b, 70 * minute);
  expect([...b.reasons()]).toContain('completed');
});

test('an Azure Policy that denies the new version: forbidden-by-policy, and the key made is taken up when it is gone', async () => {
  const { b, account } = await due();
  const old = value(b);
  b.vault.rules.deniedByAzurePolicy = 'expiry-required';
  await run(b, 2 * hour);
  expect([...b.reasons()]).toContain('forbidden-by-policy');
  expect(value(b)).toBe(old);
  b.vault.rules.deniedByAzurePolicy = undefined;
  await run(b, 70 * minute);
  expect(value(b)).toBe(b.keys(account).Secondary);
  expect(regenerated(b)).toBe(1);
});

test.each([
  ['batch.regenerateKey', 2],
  ['setSecret', 2],
  ['updateSecret', 2],
])(
  'a lost answer of %s: the next look finds what was done, and nothing is done twice',
  async (operation, regenerates) => {
    const { b, account } = await due();
    b.azure.core.faults.plan({ operation, effect: { kind: 'lost-response' } });
    await run(b, 3 * hour);
    expect([...b.reasons()]).toContain('completed');
    expect(regenerated(b)).toBe(regenerates);
    expect(b.vault.versions('secret')).toHaveLength(2);
    expect(value(b)).toBe(b.keys(account).Secondary);
  },
);

test('a service that refuses five times in a row: too-many-refusals, until the API resumes', async () => {
  const { b } = await due();
  const fault = b.azure.core.faults.plan({
    operation: 'batch.regenerateKey',
    lasting: true,
    effect: status(400, 'KeyBusy'),
  });
  await run(b, 10 * hour);
  expect([...b.reasons()]).toContain('too-many-refusals');
  expect(fault.fired).toBe(5);
  fault.remove();
  const answer = await b.post({
    vault: b.vault.uri,
    secret: 'secret',
    mode: 'graceful',
    reason: 'the service is well',
  });
  expect(answer.status).toBe(202);
  await run(b, 2 * hour);
  expect([...b.reasons()]).toContain('completed');
});

test('R4: a look that is refused says nothing of a regenerate without an answer: its time is waited for', async () => {
  const { b } = await due();
  const { faults } = b.azure.core;
  faults.plan({ operation: 'batch.regenerateKey', effect: { kind: 'reset' } });
  faults.plan({ operation: 'batch.listKeys', nth: 2, effect: status(429, 'TooManyRequests') });
  await run(b, 93_000, 31_000);
  expect([...b.reasons()]).toContain('throttled');
  expect(b.tags()['RotationPhase']).toContain('request-in-flight');
  expect(regenerated(b)).toBe(0);
  await run(b, minute, 31_000);
  expect(regenerated(b)).toBe(1);
});

test('a vault that refuses the new version five times in a row: too-many-refusals, though each visit proves the key', async () => {
  const { b } = await due();
  const fault = b.azure.core.faults.plan({
    operation: 'setSecret',
    lasting: true,
    effect: status(400, 'BadParameter'),
  });
  await run(b, 10 * hour);
  expect([...b.reasons()]).toContain('too-many-refusals');
  expect(fault.fired).toBe(5);
});

test('a vault that forbids the new version for a day: stuck', async () => {
  const { b } = await due();
  b.vault.rules.denied.set('setSecret', 'ForbiddenByRbac');
  await run(b, 26 * hour);
  expect(b.said().filter(({ type }) => type === 'Keyturn.Rotation.Stuck')).toMatchObject([
    { data: { reason: 'forbidden' } },
  ]);
});
