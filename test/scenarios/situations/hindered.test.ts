import { hour, minute } from '../../../lib/model/clock.ts';
import { status } from './problems.ts';
import { createDueBatchKey } from '../../support/accessKeys.ts';

jest.setTimeout(60_000);

test('R40: an unreachable data plane is proof-unknown before anything is regenerated', async () => {
  const { app, account } = await createDueBatchKey();
  account.networkDefaultAction = 'Deny';
  const old = app.value();
  await app.runTimers(hour);
  expect([...app.reasons()]).toContain('proof-unknown');
  expect(app.value()).toBe(old);
  expect(app.keys(account).Primary).toBe(old);
  expect(app.regenerations()).toBe(0);
});

test('an unreachable data plane is unproved with proof=best-effort, and the key is published', async () => {
  const { app, account } = await createDueBatchKey({}, { RotationOptions: 'proof=best-effort' });
  account.networkDefaultAction = 'Deny';
  await app.runTimers(2 * hour);
  expect([...app.reasons()]).toContain('unproved');
  expect(app.value()).toBe(app.keys(account).Secondary);
  expect(app.regenerations()).toBe(2);
});

test('a ReadOnly lock during the overlap is announced, and the rotation completes after its removal', async () => {
  const { app, account } = await createDueBatchKey();
  const old = app.keys(account).Primary;
  await app.sweep();
  app.azure.arm.locks.add(account.id);
  await app.runTimers(3 * hour);
  expect([...app.reasons()]).toContain('locked');
  expect(app.keys(account).Primary).toBe(old);
  app.azure.arm.locks.clear();
  await app.runTimers(70 * minute);
  expect([...app.reasons()]).toContain('completed');
});

test('an Azure Policy that denies the new version is announced, and the key is published after its removal', async () => {
  const { app, account } = await createDueBatchKey();
  const old = app.value();
  app.vault.rules.deniedByAzurePolicy = 'expiry-required';
  await app.runTimers(2 * hour);
  expect([...app.reasons()]).toContain('forbidden-by-policy');
  expect(app.value()).toBe(old);
  app.vault.rules.deniedByAzurePolicy = undefined;
  await app.runTimers(70 * minute);
  expect(app.value()).toBe(app.keys(account).Secondary);
  expect(app.regenerations()).toBe(1);
});

test.each([
  ['batch.regenerateKey', 2],
  ['setSecret', 2],
  ['updateSecret', 2],
])('a lost answer of %s repeats nothing', async (operation, regenerates) => {
  const { app, account } = await createDueBatchKey();
  app.azure.core.faults.plan({ operation, effect: { kind: 'lost-response' } });
  await app.runTimers(3 * hour);
  expect([...app.reasons()]).toContain('completed');
  expect(app.regenerations()).toBe(regenerates);
  expect(app.vault.versions('secret')).toHaveLength(2);
  expect(app.value()).toBe(app.keys(account).Secondary);
});

test('five refusals of the service in a row hold the target until an emergency resumes it', async () => {
  const { app } = await createDueBatchKey();
  const fault = app.azure.core.faults.plan({
    operation: 'batch.regenerateKey',
    lasting: true,
    effect: status(400, 'KeyBusy'),
  });
  await app.runTimers(10 * hour);
  expect([...app.reasons()]).toContain('too-many-refusals');
  expect(fault.fired).toBe(5);
  fault.remove();
  const answer = await app.post({
    vault: app.vault.uri,
    secret: 'secret',
    mode: 'graceful',
    reason: 'the service is well',
  });
  expect(answer.status).toBe(202);
  await app.runTimers(2 * hour);
  expect([...app.reasons()]).toContain('completed');
});

test('R4: a throttled inspection does not end the wait for a regeneration without an answer', async () => {
  const { app } = await createDueBatchKey();
  const { faults } = app.azure.core;
  faults.plan({ operation: 'batch.regenerateKey', effect: { kind: 'reset' } });
  faults.plan({ operation: 'batch.listKeys', nth: 2, effect: status(429, 'TooManyRequests') });
  await app.runTimers(93_000, 31_000);
  expect([...app.reasons()]).toContain('throttled');
  expect(app.tags()['RotationPhase']).toContain('request-in-flight');
  expect(app.regenerations()).toBe(0);
  await app.runTimers(minute, 31_000);
  expect(app.regenerations()).toBe(1);
});

test('five refusals of the vault in a row hold the target, though each visit proves the key', async () => {
  const { app } = await createDueBatchKey();
  const fault = app.azure.core.faults.plan({
    operation: 'setSecret',
    lasting: true,
    effect: status(400, 'BadParameter'),
  });
  await app.runTimers(10 * hour);
  expect([...app.reasons()]).toContain('too-many-refusals');
  expect(fault.fired).toBe(5);
});

test('a vault that forbids the new version for a day is announced as stuck', async () => {
  const { app } = await createDueBatchKey();
  app.vault.rules.denied.set('setSecret', 'ForbiddenByRbac');
  await app.runTimers(26 * hour);
  expect(app.messages.filter(({ type }) => type === 'Keyturn.Rotation.Stuck')).toMatchObject([
    { data: { reason: 'forbidden' } },
  ]);
});
