import { day, hour, minute } from '../../../lib/model/clock.ts';
import { createAdopted } from '../../support/accessKeys.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

/** Writes a version as a person or a tool does. Returns the calls that follow. */
async function writeVersion(app: TestApp, text: string, tags: Record<string, string>): Promise<readonly string[]> {
  app.vault.setSecret('secret', text, { tags });
  return app.callsDuring(() => app.deliverEvents());
}

test('a version that a person wrote with the live key and all tags is inspected and left alone', async () => {
  const { app } = await createAdopted('newBatch');
  const tags = app.tags();
  const calls = await writeVersion(app, app.value() ?? '', { ...tags });
  expect(calls).toEqual(['getSecret', 'getSecret', 'batch.listKeys']);
  expect(app.tags()).toEqual(tags);
});

test('the other key in a version that a person wrote has its overlap before anything is regenerated', async () => {
  const { app, resource: account } = await createAdopted('newBatch');
  const { Primary, Secondary } = app.keys(account);
  await writeVersion(app, Secondary, { ...app.tags() });
  expect(app.tags()['CredentialId']).toBe('Secondary');
  expect(app.keys(account)).toEqual({ Primary, Secondary });
  expect([...app.reasons()]).toContain('tag-corrected');
  await app.runTimers(2 * hour);
  expect(app.keys(account).Secondary).toBe(Secondary);
});

test('the event of a version without tags restores its tags when it holds a key of the resource', async () => {
  const { app } = await createAdopted('newBatch');
  const text = app.value() ?? '';
  const calls = await writeVersion(app, text, { team: 'chat' });
  expect(calls).not.toContain('listSecrets');
  expect(app.tags()).toMatchObject({ team: 'chat', CredentialId: 'Primary', ValidityPeriodDays: '90' });
  expect(app.tags()['ProviderAddress']).toMatch(/batchAccounts\/account$/);
  expect(app.announced()).toContain('Target.Lost tags-lost');
  expect(app.regenerations()).toBe(0);
});

test('the event of a version without tags leaves it alone when it holds another value', async () => {
  const { app } = await createAdopted('newBatch');
  await writeVersion(app, 'bm90IGEga2V5IG9mIHRoZSByZXNvdXJjZQ==', {});
  expect(app.tags()).toEqual({});
  expect(app.announced()).toContain('Target.Lost tags-lost');
});

test('the first version of a secret with rotation tags is adopted by its event', async () => {
  const app = await createTestApp({ events: 'delivered' });
  app.newSecret(await app.newBatch(), { ageDays: 0 });
  await app.deliverEvents();
  expect(app.announced()).toEqual(['Target.Adopted adopted']);
});

/** A completed rotation, and a tool that writes its old version anew with all tags. */
async function createRolledBack() {
  const { app, resource: account } = await createAdopted('newBatch');
  const old = { value: app.value() ?? '', tags: app.tags() };
  await app.runEvents(30 * day);
  await app.run(70 * minute);
  expect(app.announced()).toContain('Rotation.Completed completed');
  const rollBack = () => writeVersion(app, old.value, { ...old.tags });
  return { app, account, rollBack };
}

test('R17: the event of a version with a replaced key repairs it and regenerates nothing', async () => {
  const { app, account, rollBack } = await createRolledBack();
  const calls = await rollBack();
  expect(calls).not.toContain('listSecrets');
  expect(Object.values(app.keys(account))).toContain(app.value());
  expect(app.announced().slice(-3)).toEqual([
    'Rotation.Started begun',
    'Rotation.CredentialPublished published',
    'Rotation.Completed completed',
  ]);
  expect(app.regenerations()).toBe(2);
});

test('R19: a second rollback within the overlap is contended', async () => {
  const { app, rollBack } = await createRolledBack();
  await rollBack();
  const versions = app.vault.versions('secret').length;
  await rollBack();
  expect(app.announced().at(-1)).toBe('Rotation.Held contended');
  expect(app.vault.versions('secret')).toHaveLength(versions + 1);
});
