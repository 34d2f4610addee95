import { day, hour, minute, second } from '../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';
import { createRestingBatchKey } from '../support/accessKeys.ts';

function reasonsOf(app: TestApp, name: string): string[] {
  return app.messages.flatMap(({ subject, data }) => (subject?.endsWith(`/${name}`) ? [data.reason] : []));
}

function lists({ azure }: TestApp): number {
  return azure.core.journal.calls.filter(({ operation, status }) => operation === 'listSecrets' && status === 200)
    .length;
}

test('promise 10: one failing target does not stop the others', async () => {
  const app = await createTestApp();
  const names = ['gone', 'denied', 'odd', 'well'];
  for (const name of names) app.newSecret(await app.newBatch({ name }), { name });
  app.azure.core.faults.plan({
    path: /gone/,
    operation: 'batch.get',
    lasting: true,
    effect: { kind: 'status', status: 404 },
  });
  app.azure.core.faults.plan({ path: /denied/, operation: 'batch.listKeys', lasting: true, effect: { kind: 'reset' } });
  app.vault.updateTags('odd', { ...app.tags('odd'), RotationProgress: '\u0000', RotationLead: 'PT1H' });
  for (let sweeps = 0; sweeps < 8; sweeps += 1) {
    await app.sweep();
    app.pass(15 * minute);
  }
  expect(reasonsOf(app, 'well')).toContain('completed');
  expect(reasonsOf(app, 'gone')).toContain('resource-missing');
  expect(reasonsOf(app, 'denied')).toContain('outage');
});

test('a vault that does not answer is noted, and the others are swept', async () => {
  const app = await createTestApp({
    settings: { KEYTURN_VAULTS: 'https://kv.vault.azure.net,https://other.vault.azure.net' },
  });
  app.newSecret(await app.newBatch());
  await app.sweep();
  expect(reasonsOf(app, 'secret')).toContain('begun');
  expect(app.messages.filter(({ data }) => data['vault'] === 'https://other.vault.azure.net')).not.toEqual([]);
});

test('promise 10: a slow vault takes no time from the others, and is noted', async () => {
  const app = await createTestApp({
    settings: { KEYTURN_VAULTS: 'https://kv.vault.azure.net,https://slow.vault.azure.net' },
  });
  const slow = await app.azure.keyVault.createVault('slow');
  for (let i = 0; i < 14 * 25; i += 1) slow.setSecret(`plain${i}`, 'x', {});
  app.newSecret(await app.newBatch());
  app.azure.core.journal.on(({ operation, authority }) => {
    if (operation === 'listSecrets' && authority === new URL(slow.uri).host) app.pass(9 * second);
  });
  await app.sweep('generate');
  expect(reasonsOf(app, 'secret')).toContain('begun');
  expect([...app.codes()]).toContain('ListTooSlow');
});

test('a sweep that runs out of time notes how many targets it leaves to the next', async () => {
  const app = await createTestApp();
  for (let i = 0; i < 9; i += 1) app.newSecret(await app.newBatch({ name: `account${i}` }), { name: `secret${i}` });
  const end = app.azure.core.journal.on(({ operation }) => {
    if (operation === 'getSecret') app.pass(5 * minute);
  });
  await app.sweep('generate');
  end();
  expect(app.messages.filter(({ data }) => data.reason === 'sweep-over')).toMatchObject([{ data: { targets: '1' } }]);
});

test('promise 8: secrets without rotation tags, and those of other resource types, are never read', async () => {
  const app = await createTestApp();
  const storage = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
  app.vault.setSecret('plain', 'x', { tags: { team: 'chat' } });
  app.vault.setSecret('sample', 'x', {
    tags: { ProviderAddress: storage, CredentialId: 'key1', ValidityPeriodDays: '60' },
  });
  await app.sweep();
  expect(app.azure.core.journal.calls.map(({ operation }) => operation)).toEqual(Array(5).fill('listSecrets'));
});

test('a sweep starts as many rotations as the cap allows, the longest overdue first, and notes it', async () => {
  const app = await createTestApp({ settings: { KEYTURN_START_CAP: '2', KEYTURN_ADOPTION_GRACE: 'PT0S' } });
  for (const [name, ageDays] of [
    ['one', 61],
    ['two', 89],
    ['three', 70],
  ] as const) {
    app.newSecret(await app.newBatch({ name }), { name, ageDays });
  }
  await app.sweep('generate');
  expect(['one', 'two', 'three'].filter((name) => reasonsOf(app, name).includes('begun'))).toEqual(['two', 'three']);
  expect([...app.reasons()]).toContain('start-cap');
  await app.sweep('generate');
  expect(reasonsOf(app, 'one')).toContain('begun');
});

test('failing targets do not count against the cap', async () => {
  const app = await createTestApp({ settings: { KEYTURN_START_CAP: '1' } });
  app.newSecret(await app.newBatch({ name: 'bad' }), { name: 'bad', ageDays: 89 });
  app.newSecret(await app.newBatch({ name: 'good' }), { name: 'good' });
  app.azure.core.faults.plan({
    path: /bad/,
    lasting: true,
    effect: { kind: 'status', status: 500 },
    operation: 'batch.get',
  });
  await app.sweep('generate');
  app.pass(15 * minute);
  await app.sweep('generate');
  expect(reasonsOf(app, 'good')).toContain('begun');
});

test('a tag that cannot be read is announced by its name, without its value', async () => {
  const app = await createTestApp();
  app.newSecret(await app.newBatch(), { tags: { RotationLead: 'whenever' } });
  await app.sweep();
  const advice = app.messages.flatMap(({ data }) => (data.reason === 'bad-tags' ? [data['advice']] : []));
  expect(advice).toEqual([expect.stringContaining('RotationLead')]);
  expect(advice).toEqual([expect.not.stringContaining('whenever')]);
});

test('an earlier problem does not delay an emergency that was accepted since', async () => {
  const app = await createTestApp();
  const account = await app.newBatch();
  app.newSecret(account, { ageDays: 1, tags: { RotationLead: 'whenever' } });
  await app.sweep();
  app.vault.updateTags('secret', { ...app.tags(), RotationLead: 'P30D' });
  const leaked = app.keys(account).Primary;
  await app.post({ vault: app.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' });
  app.pass(6 * minute);
  await app.sweep();
  expect(app.keys(account).Primary).not.toBe(leaked);
});

test('observe mode decides and announces, and changes nothing', async () => {
  const app = await createTestApp({ settings: { KEYTURN_MODE: 'observe' } });
  app.newSecret(await app.newBatch());
  const tags = app.tags();
  for (let sweeps = 0; sweeps < 3; sweeps += 1) {
    await app.sweep();
    app.pass(hour);
  }
  expect(reasonsOf(app, 'secret')).toContain('adopted');
  expect(app.messages.every(({ type, data }) => type.startsWith('Keyturn.Log') || data['observed'] === 'true')).toBe(
    true,
  );
  expect(app.changes()).toEqual([]);
  expect(app.tags()).toEqual(tags);
});

test('an overdue target is noted once a day', async () => {
  const { app } = await createRestingBatchKey({ KEYTURN_MODE: 'observe' });
  const late = () => app.messages.filter(({ data }) => data.reason === 'overdue').length;
  app.pass(62 * day);
  await app.sweep('generate');
  await app.sweep('generate');
  expect(late()).toBe(1);
  app.pass(day);
  await app.sweep('generate');
  expect(late()).toBe(2);
});

test('a frozen phase does not start', async () => {
  const { app } = await createRestingBatchKey({ KEYTURN_FROZEN_PHASES: 'generate' });
  app.pass(61 * 24 * hour);
  await app.sweep();
  expect(reasonsOf(app, 'secret')).not.toContain('begun');
});

test('a sweep of targets at rest only lists', async () => {
  const { app } = await createRestingBatchKey();
  const [before, pages] = [app.azure.core.journal.calls.length, lists(app)];
  await app.sweep('generate', 'publish', 'revoke');
  expect(app.azure.core.journal.calls.length - before).toBe(lists(app) - pages);
});

/** Writes a new version as a person or a tool does. */
function overwritten({ vault }: TestApp, value: string, tags?: Record<string, string>): void {
  vault.setSecret('secret', value, { tags });
}

describe('R10: a claimed secret without tags', () => {
  test('is left alone when its owner removed them from our version', async () => {
    const { app } = await createRestingBatchKey();
    app.vault.updateTags('secret', { team: 'chat' });
    await app.sweep();
    app.pass(2 * hour);
    await app.sweep();
    expect(reasonsOf(app, 'secret').filter((reason) => reason === 'opted-out')).toHaveLength(1);
    expect(app.tags()).toEqual({ team: 'chat' });
  });

  test('gets them back when a new version holds a key of the resource', async () => {
    const { app, account } = await createRestingBatchKey();
    app.vault.updateTags('secret', { ...app.tags(), team: 'chat' });
    overwritten(app, app.keys(account).Secondary);
    await app.sweep();
    expect(reasonsOf(app, 'secret')).toContain('tags-lost');
    expect(app.tags()).toMatchObject({ ProviderAddress: account.id, team: 'chat', CredentialId: 'Secondary' });
    expect(app.vault.versions('secret')).toHaveLength(2);
  });

  test('is announced and left alone when a new version holds something else', async () => {
    const { app } = await createRestingBatchKey();
    overwritten(app, 'something else');
    await app.sweep();
    expect(reasonsOf(app, 'secret')).toContain('tags-lost');
    expect(app.vault.current('secret')).toMatchObject({ value: 'something else' });
    expect(app.tags()).toEqual({});
  });
});

test('R11: a missing claimed secret is announced once', async () => {
  const { app } = await createRestingBatchKey();
  app.vault.delete('secret');
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    await app.sweep();
    app.pass(hour);
  }
  expect(reasonsOf(app, 'secret').filter((reason) => reason === 'secret-missing')).toHaveLength(1);
});

test('R9: a claim is taken over when its secret points to another resource', async () => {
  const { app, account } = await createRestingBatchKey();
  app.newSecret(account, { name: 'heir', ageDays: 61 });
  await app.sweep();
  expect(reasonsOf(app, 'heir')).toContain('claimed-twice');
  app.vault.updateTags('secret', { ...app.tags(), ProviderAddress: account.id.replace('/account', '/other') });
  app.pass(2 * hour);
  await app.sweep();
  expect(reasonsOf(app, 'heir')).toContain('adopted');
});

test('an incomplete list of a vault announces no missing secret', async () => {
  const { app } = await createRestingBatchKey();
  app.vault.delete('secret');
  app.azure.core.faults.plan({ operation: 'listSecrets', lasting: true, effect: { kind: 'status', status: 503 } });
  await app.sweep();
  expect([...app.reasons()]).not.toContain('secret-missing');
});
