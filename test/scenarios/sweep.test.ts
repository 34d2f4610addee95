import { day, hour, minute, second } from '../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';

function told(app: TestApp, name: string): string[] {
  return app.messages.flatMap(({ subject, data }) => (subject?.endsWith(`/${name}`) ? [data.reason] : []));
}

function lists({ azure }: TestApp): number {
  return azure.core.journal.calls.filter(({ operation, status }) => operation === 'listSecrets' && status === 200)
    .length;
}

async function adopted(env: Record<string, string> = {}) {
  const app = await createTestApp({ settings: env });
  const account = await app.newBatch();
  app.newSecret(account, { ageDays: 1 });
  await app.sweep();
  return { app, account };
}

test('promise 10: what is wrong with one target does not stop the others', async () => {
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
  expect(told(app, 'well')).toContain('completed');
  expect(told(app, 'gone')).toContain('resource-missing');
  expect(told(app, 'denied')).toContain('outage');
});

test('a vault that does not answer is noted, and the others are swept', async () => {
  const app = await createTestApp({
    settings: { KEYTURN_VAULTS: 'https://kv.vault.azure.net,https://other.vault.azure.net' },
  });
  app.newSecret(await app.newBatch());
  await app.sweep();
  expect(told(app, 'secret')).toContain('begun');
  expect(app.messages.filter(({ data }) => data['vault'] === 'https://other.vault.azure.net')).not.toEqual([]);
});

test('promise 10: a vault whose pages come slowly takes no time from the others, and is noted', async () => {
  const app = await createTestApp({
    settings: { KEYTURN_VAULTS: 'https://kv.vault.azure.net,https://slow.vault.azure.net' },
  });
  const slow = await app.azure.keyVault.createVault('slow');
  for (let i = 0; i < 14 * 25; i += 1) slow.setSecret(`plain${i}`, 'x', {});
  app.newSecret(await app.newBatch());
  app.azure.core.journal.on(({ operation, authority }) => {
    if (operation === 'listSecrets' && authority === new URL(slow.uri).host) app.pass(18 * second);
  });
  await app.sweep('generate');
  expect(told(app, 'secret')).toContain('begun');
  expect([...app.codes()]).toContain('ListTooSlow');
});

test('a sweep that runs out of time says how many targets it leaves to the next', async () => {
  const app = await createTestApp();
  for (let i = 0; i < 9; i += 1) app.newSecret(await app.newBatch({ name: `account${i}` }), { name: `secret${i}` });
  const end = app.azure.core.journal.on(({ operation }) => {
    if (operation === 'getSecret') app.pass(5 * minute);
  });
  await app.sweep('generate');
  end();
  expect(app.messages.filter(({ data }) => data.reason === 'sweep-over')).toMatchObject([{ data: { targets: '1' } }]);
});

test('promise 8: secrets without rotation tags, and those of other resource types, are never touched', async () => {
  const app = await createTestApp();
  const storage = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
  app.vault.setSecret('plain', 'x', { tags: { team: 'chat' } });
  app.vault.setSecret('sample', 'x', {
    tags: { ProviderAddress: storage, CredentialId: 'key1', ValidityPeriodDays: '60' },
  });
  await app.sweep();
  expect(app.azure.core.journal.calls.map(({ operation }) => operation)).toEqual(Array(5).fill('listSecrets'));
});

test('a sweep starts no more than it may, the longest overdue first, and says so', async () => {
  const app = await createTestApp({ settings: { KEYTURN_START_CAP: '2', KEYTURN_ADOPTION_GRACE: 'PT0S' } });
  for (const [name, ageDays] of [
    ['one', 61],
    ['two', 89],
    ['three', 70],
  ] as const) {
    app.newSecret(await app.newBatch({ name }), { name, ageDays });
  }
  await app.sweep('generate');
  expect(['one', 'two', 'three'].filter((name) => told(app, name).includes('begun'))).toEqual(['two', 'three']);
  expect([...app.reasons()]).toContain('start-cap');
  await app.sweep('generate');
  expect(told(app, 'one')).toContain('begun');
});

test('what keeps failing does not use up what a sweep may start', async () => {
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
  expect(told(app, 'good')).toContain('begun');
});

test('a tag that cannot be read is named, and what it should be; not what it is', async () => {
  const app = await createTestApp();
  app.newSecret(await app.newBatch(), { tags: { RotationLead: 'whenever' } });
  await app.sweep();
  const advice = app.messages.flatMap(({ data }) => (data.reason === 'bad-tags' ? [data['advice']] : []));
  expect(advice).toEqual([expect.stringContaining('RotationLead')]);
  expect(advice).toEqual([expect.not.stringContaining('whenever')]);
});

test('what was wrong with a target an hour ago does not delay an emergency that was accepted since', async () => {
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

test('observe decides and tells, and changes nothing', async () => {
  const app = await createTestApp({ settings: { KEYTURN_MODE: 'observe' } });
  app.newSecret(await app.newBatch());
  const tags = app.tags();
  for (let sweeps = 0; sweeps < 3; sweeps += 1) {
    await app.sweep();
    app.pass(hour);
  }
  expect(told(app, 'secret')).toContain('adopted');
  expect(app.messages.every(({ type, data }) => type.startsWith('Keyturn.Log') || data['observed'] === 'true')).toBe(
    true,
  );
  expect(app.changes()).toEqual([]);
  expect(app.tags()).toEqual(tags);
});

test('what is too old is noted once a day, whatever keeps it', async () => {
  const { app } = await adopted({ KEYTURN_MODE: 'observe' });
  const late = () => app.messages.filter(({ data }) => data.reason === 'overdue').length;
  app.pass(62 * day);
  await app.sweep('generate');
  await app.sweep('generate');
  expect(late()).toBe(1);
  app.pass(day);
  await app.sweep('generate');
  expect(late()).toBe(2);
});

test('a frozen phase is not begun, the others go on', async () => {
  const { app } = await adopted({ KEYTURN_FROZEN_PHASES: 'generate' });
  app.pass(61 * 24 * hour);
  await app.sweep();
  expect(told(app, 'secret')).not.toContain('begun');
});

test('at rest a sweep reads list pages and nothing else', async () => {
  const { app } = await adopted();
  const [before, pages] = [app.azure.core.journal.calls.length, lists(app)];
  await app.sweep('generate', 'publish', 'revoke');
  expect(app.azure.core.journal.calls.length - before).toBe(lists(app) - pages);
});
