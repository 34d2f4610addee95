import { hour, minute } from '../lib/model/clock.ts';
import { bench, type Bench } from './bench.ts';

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
  return { b, account, value: b.keys(account).Primary };
}

/** As a person or a tool writes a new version. */
function overwritten({ vault }: Bench, value: string, tags?: Record<string, string>): void {
  vault.setSecret('secret', value, { tags });
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

test('observe decides and tells, and changes nothing', async () => {
  const b = await bench({ KEYTURN_MODE: 'observe' });
  b.newSecret(await b.newBatch());
  const tags = b.tags();
  for (let sweeps = 0; sweeps < 3; sweeps += 1) {
    await b.sweep();
    b.pass(hour);
  }
  expect(told(b, 'secret')).toContain('adopted');
  expect(b.said().every(({ type, data }) => type.startsWith('Keyturn.Log') || data['mode'] === 'observe')).toBe(true);
  expect(b.changes()).toEqual([]);
  expect(b.tags()).toEqual(tags);
});

test('a frozen phase is not begun, the others go on', async () => {
  const { b } = await adopted({ KEYTURN_FROZEN_PHASES: 'generate' });
  b.pass(61 * 24 * hour);
  await b.sweep();
  expect(told(b, 'secret')).not.toContain('begun');
});

describe('R10: a claimed secret whose tags are gone', () => {
  test('is left alone where its owner took them away from our version; then it is forgotten', async () => {
    const { b } = await adopted();
    b.vault.updateTags('secret', { team: 'chat' });
    await b.sweep();
    b.pass(2 * hour);
    await b.sweep();
    expect(told(b, 'secret').filter((reason) => reason === 'opted-out')).toHaveLength(1);
    expect(b.tags()).toEqual({ team: 'chat' });
  });

  test('gets them back where somebody wrote a key of the resource without them', async () => {
    const { b, account } = await adopted();
    b.vault.updateTags('secret', { ...b.tags(), team: 'chat' });
    overwritten(b, b.keys(account).Secondary);
    await b.sweep();
    expect(told(b, 'secret')).toContain('tags-lost');
    expect(b.tags()).toMatchObject({ ProviderAddress: account.id, team: 'chat', CredentialId: 'Secondary' });
    expect(b.vault.versions('secret')).toHaveLength(2);
  });

  test('is told and not touched where somebody wrote something else', async () => {
    const { b } = await adopted();
    overwritten(b, 'something else');
    await b.sweep();
    expect(told(b, 'secret')).toContain('tags-lost');
    expect(b.vault.current('secret')).toMatchObject({ value: 'something else' });
    expect(b.tags()).toEqual({});
  });
});

test('R11: a claimed secret that is missing is told once', async () => {
  const { b } = await adopted();
  b.vault.delete('secret');
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    await b.sweep();
    b.pass(hour);
  }
  expect(told(b, 'secret').filter((reason) => reason === 'secret-missing')).toHaveLength(1);
});

test('R9: a claim is taken over where its secret is gone, untagged or points elsewhere', async () => {
  const { b, account } = await adopted();
  b.newSecret(account, { name: 'heir', ageDays: 61 });
  await b.sweep();
  expect(told(b, 'heir')).toContain('claimed-twice');
  b.vault.updateTags('secret', { ...b.tags(), ProviderAddress: account.id.replace('/account', '/other') });
  b.pass(2 * hour);
  await b.sweep();
  expect(told(b, 'heir')).toContain('adopted');
});

test('a vault whose list does not come to its end says nothing of what is missing', async () => {
  const { b } = await adopted();
  b.vault.delete('secret');
  b.azure.core.faults.plan({ operation: 'listSecrets', lasting: true, effect: { kind: 'status', status: 503 } });
  await b.sweep();
  expect([...b.reasons()]).not.toContain('secret-missing');
});

test('at rest a sweep reads list pages and nothing else', async () => {
  const { b } = await adopted();
  const [before, pages] = [b.azure.core.journal.calls.length, lists(b)];
  await b.sweep('generate', 'publish', 'revoke');
  expect(b.azure.core.journal.calls.length - before).toBe(lists(b) - pages);
});
