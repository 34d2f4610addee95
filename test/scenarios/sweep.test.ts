import { day, hour, minute, second } from '../../lib/model/clock.ts';
import { bench, type Bench } from '../support/bench.ts';

function told(b: Bench, name: string): string[] {
  return b.said().flatMap(({ subject, data }) => (subject?.endsWith(`/${name}`) ? [data.reason] : []));
}

function lists({ azure }: Bench): number {
  return azure.core.journal.calls.filter(({ operation, status }) => operation === 'listSecrets' && status === 200)
    .length;
}

async function adopted(env: Record<string, string> = {}) {
  const b = await bench(env);
  const account = await b.newBatch();
  b.newSecret(account, { ageDays: 1 });
  await b.sweep();
  return { b, account };
}

test('promise 10: what is wrong with one target does not stop the others', async () => {
  const b = await bench();
  const names = ['gone', 'denied', 'odd', 'well'];
  for (const name of names) b.newSecret(await b.newBatch({ name }), { name });
  b.azure.core.faults.plan({
    path: /gone/,
    operation: 'batch.get',
    lasting: true,
    effect: { kind: 'status', status: 404 },
  });
  b.azure.core.faults.plan({ path: /denied/, operation: 'batch.listKeys', lasting: true, effect: { kind: 'reset' } });
  b.vault.updateTags('odd', { ...b.tags('odd'), RotationProgress: '\u0000', RotationLead: 'PT1H' });
  for (let sweeps = 0; sweeps < 8; sweeps += 1) {
    await b.sweep();
    b.pass(15 * minute);
  }
  expect(told(b, 'well')).toContain('completed');
  expect(told(b, 'gone')).toContain('resource-missing');
  expect(told(b, 'denied')).toContain('outage');
});

test('a vault that does not answer is noted, and the others are swept', async () => {
  const b = await bench({ KEYTURN_VAULTS: 'https://kv.vault.azure.net,https://other.vault.azure.net' });
  b.newSecret(await b.newBatch());
  await b.sweep();
  expect(told(b, 'secret')).toContain('begun');
  expect(b.said().filter(({ data }) => data['vault'] === 'https://other.vault.azure.net')).not.toEqual([]);
});

test('promise 10: a vault whose pages come slowly takes no time from the others, and is noted', async () => {
  const b = await bench({ KEYTURN_VAULTS: 'https://kv.vault.azure.net,https://slow.vault.azure.net' });
  const slow = await b.azure.keyVault.createVault('slow');
  for (let i = 0; i < 14 * 25; i += 1) slow.setSecret(`plain${i}`, 'x', {});
  b.newSecret(await b.newBatch());
  b.azure.core.journal.on(({ operation, authority }) => {
    if (operation === 'listSecrets' && authority === new URL(slow.uri).host) b.pass(18 * second);
  });
  await b.sweep('generate');
  expect(told(b, 'secret')).toContain('begun');
  expect([...b.codes()]).toContain('ListTooSlow');
});

test('a sweep that runs out of time says how many targets it leaves to the next', async () => {
  const b = await bench();
  for (let i = 0; i < 9; i += 1) b.newSecret(await b.newBatch({ name: `account${i}` }), { name: `secret${i}` });
  const end = b.azure.core.journal.on(({ operation }) => {
    if (operation === 'getSecret') b.pass(5 * minute);
  });
  await b.sweep('generate');
  end();
  expect(b.said().filter(({ data }) => data.reason === 'sweep-over')).toMatchObject([{ data: { targets: '1' } }]);
});

test('promise 8: secrets without rotation tags, and those of other resource types, are never touched', async () => {
  const b = await bench();
  const storage = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
  b.vault.setSecret('plain', 'x', { tags: { team: 'chat' } });
  b.vault.setSecret('sample', 'x', {
    tags: { ProviderAddress: storage, CredentialId: 'key1', ValidityPeriodDays: '60' },
  });
  await b.sweep();
  expect(b.azure.core.journal.calls.map(({ operation }) => operation)).toEqual(Array(5).fill('listSecrets'));
});

test('a sweep starts no more than it may, the longest overdue first, and says so', async () => {
  const b = await bench({ KEYTURN_START_CAP: '2', KEYTURN_ADOPTION_GRACE: 'PT0S' });
  for (const [name, ageDays] of [
    ['one', 61],
    ['two', 89],
    ['three', 70],
  ] as const) {
    b.newSecret(await b.newBatch({ name }), { name, ageDays });
  }
  await b.sweep('generate');
  expect(['one', 'two', 'three'].filter((name) => told(b, name).includes('begun'))).toEqual(['two', 'three']);
  expect([...b.reasons()]).toContain('start-cap');
  await b.sweep('generate');
  expect(told(b, 'one')).toContain('begun');
});

test('what keeps failing does not use up what a sweep may start', async () => {
  const b = await bench({ KEYTURN_START_CAP: '1' });
  b.newSecret(await b.newBatch({ name: 'bad' }), { name: 'bad', ageDays: 89 });
  b.newSecret(await b.newBatch({ name: 'good' }), { name: 'good' });
  b.azure.core.faults.plan({
    path: /bad/,
    lasting: true,
    effect: { kind: 'status', status: 500 },
    operation: 'batch.get',
  });
  await b.sweep('generate');
  b.pass(15 * minute);
  await b.sweep('generate');
  expect(told(b, 'good')).toContain('begun');
});

test('a tag that cannot be read is named, and what it should be; not what it is', async () => {
  const b = await bench();
  b.newSecret(await b.newBatch(), { tags: { RotationLead: 'whenever' } });
  await b.sweep();
  const advice = b.said().flatMap(({ data }) => (data.reason === 'bad-tags' ? [data['advice']] : []));
  expect(advice).toEqual([expect.stringContaining('RotationLead')]);
  expect(advice).toEqual([expect.not.stringContaining('whenever')]);
});

test('what was wrong with a target an hour ago does not delay an emergency that was accepted since', async () => {
  const b = await bench();
  const account = await b.newBatch();
  b.newSecret(account, { ageDays: 1, tags: { RotationLead: 'whenever' } });
  await b.sweep();
  b.vault.updateTags('secret', { ...b.tags(), RotationLead: 'P30D' });
  const leaked = b.keys(account).Primary;
  await b.post({ vault: b.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' });
  b.pass(6 * minute);
  await b.sweep();
  expect(b.keys(account).Primary).not.toBe(leaked);
});

test('observe decides and tells, and changes nothing', async () => {
  const b = await bench({ KEYTURN_MODE: 'observe' });
  b.newSecret(await b.newBatch());
  const tags = b.tags();
  for (let sweeps = 0; sweeps < 3; sweeps += 1) {
    await b.sweep();
    b.pass(hour);
  }
  expect(told(b, 'secret')).toContain('adopted');
  expect(b.said().every(({ type, data }) => type.startsWith('Keyturn.Log') || data['observed'] === 'true')).toBe(true);
  expect(b.changes()).toEqual([]);
  expect(b.tags()).toEqual(tags);
});

test('what is too old is noted once a day, whatever keeps it', async () => {
  const { b } = await adopted({ KEYTURN_MODE: 'observe' });
  const late = () => b.said().filter(({ data }) => data.reason === 'overdue').length;
  b.pass(62 * day);
  await b.sweep('generate');
  await b.sweep('generate');
  expect(late()).toBe(1);
  b.pass(day);
  await b.sweep('generate');
  expect(late()).toBe(2);
});

test('a frozen phase is not begun, the others go on', async () => {
  const { b } = await adopted({ KEYTURN_FROZEN_PHASES: 'generate' });
  b.pass(61 * 24 * hour);
  await b.sweep();
  expect(told(b, 'secret')).not.toContain('begun');
});

test('at rest a sweep reads list pages and nothing else', async () => {
  const { b } = await adopted();
  const [before, pages] = [b.azure.core.journal.calls.length, lists(b)];
  await b.sweep('generate', 'publish', 'revoke');
  expect(b.azure.core.journal.calls.length - before).toBe(lists(b) - pages);
});
