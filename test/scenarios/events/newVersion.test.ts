import { day, hour, minute } from '../../../lib/model/clock.ts';
import { regenerated, run, value } from '../situations/play.ts';
import { told, wired, type Wired } from '../../support/wired.ts';
import { atRest } from './keys.ts';

/** A person or a tool writes a version of the secret. */
async function written(b: Wired, text: string, tags: Record<string, string>): Promise<readonly string[]> {
  b.vault.setSecret('secret', text, { tags });
  return b.calls(() => b.deliver());
}

test('a version that a person wrote with the live key and all tags: looked at, and left alone', async () => {
  const { b } = await atRest('newBatch');
  const tags = b.tags();
  const calls = await written(b, value(b) ?? '', { ...tags });
  expect(calls).toEqual(['getSecret', 'getSecret', 'batch.listKeys']);
  expect(b.tags()).toEqual(tags);
});

test('a version that a person wrote with the other key: its own key settles before anything is regenerated', async () => {
  const { b, resource: account } = await atRest('newBatch');
  const { Primary, Secondary } = b.keys(account);
  await written(b, Secondary, { ...b.tags() });
  expect(b.tags()['CredentialId']).toBe('Secondary');
  expect(b.keys(account)).toEqual({ Primary, Secondary });
  expect([...b.reasons()]).toContain('tag-corrected');
  await run(b, 2 * hour);
  expect(b.keys(account).Secondary).toBe(Secondary);
});

test('a version without tags that holds a key of the resource: the event alone carries its tags on', async () => {
  const { b } = await atRest('newBatch');
  const text = value(b) ?? '';
  const calls = await written(b, text, { team: 'chat' });
  expect(calls).not.toContain('listSecrets');
  expect(b.tags()).toMatchObject({ team: 'chat', CredentialId: 'Primary', ValidityPeriodDays: '90' });
  expect(b.tags()['ProviderAddress']).toMatch(/batchAccounts\/account$/);
  expect(told(b)).toContain('Target.Lost tags-lost');
  expect(regenerated(b)).toBe(0);
});

test('a version without tags that holds no key of the resource: told, and not touched', async () => {
  const { b } = await atRest('newBatch');
  await written(b, 'bm90IGEga2V5IG9mIHRoZSByZXNvdXJjZQ==', {});
  expect(b.tags()).toEqual({});
  expect(told(b)).toContain('Target.Lost tags-lost');
});

test('the first version of a secret with rotation tags is adopted by its event', async () => {
  const b = await wired();
  b.newSecret(await b.newBatch(), { ageDays: 0 });
  await b.deliver();
  expect(told(b)).toEqual(['Target.Adopted adopted']);
});

/** A rotation is over, and its old version is written anew, tags and all: by a tool that rolls back. */
async function rolledBack() {
  const { b, resource: account } = await atRest('newBatch');
  const old = { value: value(b) ?? '', tags: b.tags() };
  await b.events(30 * day);
  await b.live(70 * minute);
  expect(told(b)).toContain('Rotation.Completed completed');
  const rollBack = () => written(b, old.value, { ...old.tags });
  return { b, account, rollBack };
}

test('R17: a version with a replaced key is repaired by its event alone, and nothing is regenerated', async () => {
  const { b, account, rollBack } = await rolledBack();
  const calls = await rollBack();
  expect(calls).not.toContain('listSecrets');
  expect(Object.values(b.keys(account))).toContain(value(b));
  expect(told(b).slice(-3)).toEqual([
    'Rotation.Started begun',
    'Rotation.CredentialPublished published',
    'Rotation.Completed completed',
  ]);
  expect(regenerated(b)).toBe(2);
});

test('R19: the same again within settle is not repaired a second time', async () => {
  const { b, rollBack } = await rolledBack();
  await rollBack();
  const versions = b.vault.versions('secret').length;
  await rollBack();
  expect(told(b).at(-1)).toBe('Rotation.Held contended');
  expect(b.vault.versions('secret')).toHaveLength(versions + 1);
});
