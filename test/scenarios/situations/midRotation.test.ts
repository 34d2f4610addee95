import { beginRegeneration, issueKey } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, minute } from '../../../lib/model/clock.ts';
import { createDueBatchKey } from '../../support/accessKeys.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

jest.setTimeout(60_000);

test('a secret that is deleted while it settles is told, and its consumers get a settle anew when it is back', async () => {
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

test('a secret that is deleted between the read and the publish: nothing is written over it, and the rotation resumes', async () => {
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

test('R11: of a target at rest that was gone the settle anew begins within a round, not when it is next due', async () => {
  const app = await createTestApp({ settings: { KEYTURN_OVERLAP: 'PT25H' } });
  app.newSecret(await app.newBatch(), { ageDays: 5 });
  await app.sweep();
  app.vault.delete('secret');
  await app.sweep('verify');
  app.vault.recover('secret');
  await app.runTimers(6 * hour, 5 * minute);
  expect([...app.reasons()]).toContain('restored');
});

test('R17: a repair that the timer begins is told from its start to its end, and its new key is not called refused', async () => {
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

test('both keys changed behind our back: a working one is published, and nothing is regenerated for that', async () => {
  const { app, account } = await createDueBatchKey();
  await app.runTimers(2 * hour);
  issueKey(app.azure.core, account, 'Primary');
  issueKey(app.azure.core, account, 'Secondary');
  await app.runTimers(7 * hour, 5 * minute); // drift is looked for once in six hours, in a turn of five minutes
  expect(app.messages.filter(({ data }) => data['cause'] === 'drift')).not.toEqual([]);
  expect(Object.values(app.keys(account))).toContain(app.value());
  expect(app.regenerations()).toBe(2);
});

test('state copied from another secret is ignored: the secret is adopted by its own value, with its own grace', async () => {
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

test('corrupt state of a claimed target is no reset: the standby ends after settle, the live key stays', async () => {
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

test('an expired secret is rotated like any other that is due', async () => {
  const { app, account } = await createDueBatchKey();
  app.vault.update('secret', { expiresOn: new Date(app.clock.now().getTime() - day) });
  await app.runTimers(2 * hour);
  expect(app.value()).toBe(app.keys(account).Secondary);
  expect(app.vault.current('secret')?.expiresOn?.getTime()).toBeGreaterThan(app.clock.now().getTime());
});

/** Once, as soon as the app has called this operation. */
function meanwhile({ azure: { core } }: TestApp, operation: string, act: () => void): void {
  const end = core.journal.on((call) => {
    if (call.operation !== operation) return;
    end();
    act();
  });
}

test.each([
  ['takes the tags off', () => ({})],
  ['pauses it', (app: TestApp) => ({ ...app.tags(), RotationPaused: 'true' })],
])('R6: a person %s while the service makes the key: nothing is written over that', async (_sentence, theirs) => {
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

test('R6, promise 1: a person rolls back while the service is at work: what is live again is not ended', async () => {
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
