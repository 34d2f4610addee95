import { beginRegeneration, issueKey } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, minute } from '../../../lib/model/clock.ts';
import { createDueBatchKey } from '../../support/accessKeys.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

jest.setTimeout(60_000);

test('a secret that is deleted during the overlap is announced, and gets a new overlap when it is recovered', async () => {
  const { app, account } = await createDueBatchKey();
  const old = app.keys(account).Primary;
  await app.sweep();
  app.vault.delete('secret');
  await app.runTimers(2 * hour);
  expect([...app.reasons()]).toContain('secret-missing');
  expect(app.keys(account).Primary).toBe(old);
  app.vault.recover('secret');
  await app.runTimers(30 * minute);
  expect([...app.reasons()]).toContain('restored');
  expect(app.keys(account).Primary).toBe(old);
  await app.runTimers(70 * minute);
  expect([...app.reasons()]).toContain('completed');
  expect(app.keys(account).Primary).not.toBe(old);
});

test('a secret that is deleted before publish is not written, and the rotation resumes when it is recovered', async () => {
  const { app, account } = await createDueBatchKey();
  const end = app.azure.core.journal.on(({ operation }) => {
    if (operation === 'batch.regenerateKey' && app.vault.current('secret')) app.vault.delete('secret');
  });
  await app.sweep();
  end();
  expect([...app.reasons()]).toContain('secret-deleted');
  app.vault.recover('secret');
  await app.runTimers(6 * hour);
  expect(app.value()).toBe(app.keys(account).Secondary);
  expect(app.regenerations()).toBe(2);
});

test('R11: a recovered secret gets its new overlap within six hours, not when it is next due', async () => {
  const app = await createTestApp({ settings: { KEYTURN_OVERLAP: 'PT25H' } });
  app.newSecret(await app.newBatch(), { ageDays: 5 });
  await app.sweep();
  app.vault.delete('secret');
  await app.sweep('verify');
  app.vault.recover('secret');
  await app.runTimers(6 * hour, 5 * minute);
  expect([...app.reasons()]).toContain('restored');
});

test('R17: a repair by the timer is announced from start to end, without live-refused', async () => {
  const app = await createTestApp();
  const account = await app.newBatch();
  app.newSecret(account, { ageDays: 5 });
  await app.sweep();
  issueKey(app.azure.core, account, 'Primary');
  await app.runTimers(8 * hour, 5 * minute);
  expect(app.messages.map(({ type, data }) => `${type} ${data.reason}`)).toEqual([
    'Keyturn.Target.Adopted adopted',
    'Keyturn.Rotation.Started begun',
    'Keyturn.Rotation.CredentialPublished published',
    'Keyturn.Rotation.Completed completed',
  ]);
});

test('a working key is published when both keys were regenerated outside the app', async () => {
  const { app, account } = await createDueBatchKey();
  await app.runTimers(2 * hour);
  issueKey(app.azure.core, account, 'Primary');
  issueKey(app.azure.core, account, 'Secondary');
  await app.runTimers(7 * hour, 5 * minute); // the drift check comes once in six hours
  expect(app.messages.filter(({ data }) => data['cause'] === 'drift')).not.toEqual([]);
  expect(Object.values(app.keys(account))).toContain(app.value());
  expect(app.regenerations()).toBe(2);
});

test('state copied from another secret is ignored: the secret is adopted with its own grace', async () => {
  const { app } = await createDueBatchKey({ KEYTURN_ADOPTION_GRACE: 'P1D' });
  await app.sweep();
  const other = await app.newBatch({ name: 'other' });
  app.newSecret(other, { name: 'copy', tags: { ...app.tags(), ProviderAddress: other.id } });
  const keys = app.keys(other);
  app.pass(2 * day);
  await app.runTimers(hour);
  const adopted = app.messages.filter(({ subject, data }) => subject?.endsWith('/copy') && data.reason === 'adopted');
  expect(adopted.map(({ data }) => data['until'])).toEqual(['2026-03-05T01:00:00.000Z']);
  expect(app.keys(other)).toEqual(keys);
});

test('corrupt state of a claimed target ends the standby after the overlap and keeps the live key', async () => {
  const app = await createTestApp();
  const account = await app.newBatch();
  app.newSecret(account, { ageDays: 1 });
  await app.sweep();
  app.vault.updateTags('secret', { ...app.tags(), RotationRecord: '{"v":1,', RotationProgress: 'idle' });
  const { Primary, Secondary } = app.keys(account);
  await app.runTimers(2 * hour);
  expect(app.messages.filter(({ data }) => data['cause'] === 'onboard')).not.toEqual([]);
  expect(app.keys(account).Primary).toBe(Primary);
  expect(app.keys(account).Secondary).not.toBe(Secondary);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test('a resource in another subscription is rotated there', async () => {
  const app = await createTestApp();
  const account = await app.newBatch({ subscriptionId: '5ab5c000-0000-4000-8000-0000000000ff' });
  app.newSecret(account);
  await app.runTimers(2 * hour);
  expect([...app.reasons()]).toContain('completed');
});

test('an expired secret is rotated', async () => {
  const { app, account } = await createDueBatchKey();
  app.vault.update('secret', { expiresOn: new Date(app.clock.now().getTime() - day) });
  await app.runTimers(2 * hour);
  expect(app.value()).toBe(app.keys(account).Secondary);
  expect(app.vault.current('secret')?.expiresOn?.getTime()).toBeGreaterThan(app.clock.now().getTime());
});

/** Acts once, when the app has called this operation. */
function meanwhile({ azure: { core } }: TestApp, operation: string, act: () => void): void {
  const end = core.journal.on((call) => {
    if (call.operation !== operation) return;
    end();
    act();
  });
}

test.each([
  ['removes the tags', () => ({})],
  ['pauses the target', (app: TestApp) => ({ ...app.tags(), RotationPaused: 'true' })],
])('R6: nothing is written after a person %s while the service makes the key', async (_sentence, theirs) => {
  const app = await createTestApp();
  app.newSecret(await app.newSignalR());
  let left = {};
  meanwhile(app, 'signalr.regenerateKey', () => {
    left = theirs(app);
    app.vault.updateTags('secret', left);
  });
  await app.sweep();
  expect(app.tags()).toEqual(left);
  expect(app.vault.versions('secret')).toHaveLength(1);
});

test('R6, promise 1: a key that a person rolls back to while the service works is not ended', async () => {
  const app = await createTestApp();
  const service = await app.newSignalR();
  app.newSecret(service);
  const old = { value: app.value() ?? '', keys: app.keys(service) };
  await app.sweep();
  app.pass(61 * minute);
  service.regenerateMs = 30_000;
  beginRegeneration(app.azure.core, app.azure.arm, service, 'Salt');
  meanwhile(app, 'signalr.get', () => {
    app.vault.setSecret('secret', old.value, { tags: app.tags() });
  });
  await app.sweep('revoke');
  expect(app.value()).toBe(old.value);
  expect(app.keys(service).Primary).toBe(old.keys.Primary);
});
