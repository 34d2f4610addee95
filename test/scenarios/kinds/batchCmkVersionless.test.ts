import { day, hour, minute } from '../../../lib/model/clock.ts';
import { told } from '../../support/wired.ts';
import { accountWithKey, asked, encrypt, inUse, newest, stands, tags, versions } from './batchCmkStage.ts';

jest.setTimeout(60_000);

async function followed(more: Record<string, string> = {}, ageDays = 61) {
  const s = await accountWithKey();
  const key = s.first.slice(0, s.first.lastIndexOf('/'));
  encrypt(s.account, key);
  s.b.newSecret(s.account, { value: key, ageDays, tags: { ...tags, ...more } });
  return { ...s, key };
}

function idOf(identifier: string): string | undefined {
  return identifier.split('/').at(-1);
}

test('a key without a version is due: a version is made, and Batch takes it by itself', async () => {
  const { b, account, key } = await followed();
  await b.live(20 * minute);
  expect([versions(b), asked(b, 'batch.update'), inUse(account)]).toEqual([2, 0, key]);
  expect(stands(b)).toEqual({ value: key, phase: 'idle', id: idOf(newest(b.vault)) });
  await b.live(2 * day);
  expect([versions(b), account.customerKey.inUse()]).toEqual([2, newest(b.vault)]);
});

test('a key without a version gets another one from a person: noted, and none is made', async () => {
  const { b, key } = await followed({}, 1);
  await b.sweep('generate');
  await b.deliver();
  b.vault.createKey('cmk');
  await b.events(2 * minute);
  expect(stands(b)).toEqual({ value: key, phase: 'idle', id: idOf(newest(b.vault)) });
  expect([versions(b), asked(b, 'batch.update')]).toEqual([2, 0]);
});

test('a key that rotates itself: said once, not as an alarm, and nothing is done however due', async () => {
  const { b, key } = await followed();
  const rotate = { type: 'Rotate', timeAfterCreate: 'P90D' } as const;
  b.vault.keys.setRotationPolicy('cmk', { expiryTime: undefined, actions: [rotate] });
  await b.live(3 * day);
  expect([versions(b), asked(b, 'rotateKey'), stands(b).value]).toEqual([1, 0, key]);
  expect(told(b).filter((each) => each.endsWith('managed-by-batch'))).toHaveLength(1);
  expect(told(b).filter((each) => /Stuck|Held/.test(each))).toEqual([]);
});

test('a key that rotates itself leaked: an emergency makes a version all the same', async () => {
  const { b } = await followed({}, 2);
  const rotate = { type: 'Rotate', timeAfterCreate: 'P90D' } as const;
  b.vault.keys.setRotationPolicy('cmk', { expiryTime: undefined, actions: [rotate] });
  await b.sweep('generate');
  b.vault.createKey('cmk');
  const { status } = await b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked' });
  expect(status).toBe(202);
  await b.live(10 * minute);
  expect([versions(b), stands(b).phase]).toEqual([3, expect.stringMatching(/^idle/)]);
});

test('the wish versionless converts an account that is pinned to a version, and makes none', async () => {
  const { b, account, first } = await accountWithKey();
  b.newSecret(account, { value: first, ageDays: 1, tags: { ...tags, RotationOptions: 'versionless' } });
  await b.live(20 * minute);
  const key = first.slice(0, first.lastIndexOf('/'));
  expect([inUse(account), versions(b), asked(b, 'batch.update')]).toEqual([key, 1, 1]);
  expect(stands(b)).toEqual({ value: key, phase: 'idle', id: idOf(first) });
});

test('disable-old-version ends the old version when Batch had a day to follow', async () => {
  const { b, account } = await followed({ RotationOptions: 'disable-old-version' });
  await b.live(24 * hour);
  expect(b.vault.keys.versions('cmk').map(({ enabled }) => enabled)).toEqual([true, true]);
  await b.live(3 * hour);
  expect(b.vault.keys.versions('cmk').map(({ enabled }) => enabled)).toEqual([false, true]);
  expect(account.customerKey.isUsable()).toBe(true);
});
