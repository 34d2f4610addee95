import { day, hour, minute } from '../../../lib/model/clock.ts';
import {
  cmkTags,
  countCalls,
  countVersions,
  createAccountWithKey,
  enabledVersions,
  keyInUse,
  keyWithoutVersion,
  newestKey,
  secretState,
  setKey,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

async function followed(more: Record<string, string> = {}, ageDays = 61) {
  const target = await createAccountWithKey();
  const key = keyWithoutVersion(target.first);
  setKey(target.account, key);
  target.app.newSecret(target.account, { value: key, ageDays, tags: { ...cmkTags, ...more } });
  return { ...target, key };
}

function idOf(identifier: string): string | undefined {
  return identifier.split('/').at(-1);
}

test('a key without a version is due: a version is made, and Batch takes it by itself', async () => {
  const { app, account, key } = await followed();
  await app.run(20 * minute);
  expect([countVersions(app), countCalls(app, 'batch.update'), keyInUse(account)]).toEqual([2, 0, key]);
  expect(secretState(app)).toEqual({ value: key, phase: 'idle', id: idOf(newestKey(app.vault)) });
  await app.run(2 * day);
  expect([countVersions(app), account.customerKey.inUse()]).toEqual([2, newestKey(app.vault)]);
});

test('a key without a version gets another one from a person: noted, and none is made', async () => {
  const { app, key } = await followed({}, 1);
  await app.sweep('generate');
  await app.deliverEvents();
  app.vault.createKey('cmk');
  await app.runEvents(2 * minute);
  expect(secretState(app)).toEqual({ value: key, phase: 'idle', id: idOf(newestKey(app.vault)) });
  expect([countVersions(app), countCalls(app, 'batch.update')]).toEqual([2, 0]);
});

test('a key that rotates itself: said once, not as an alarm, and nothing is done however due', async () => {
  const { app, key } = await followed();
  const rotate = { type: 'Rotate', timeAfterCreate: 'P90D' } as const;
  app.vault.keys.setRotationPolicy('cmk', { expiryTime: undefined, actions: [rotate] });
  await app.run(3 * day);
  expect([countVersions(app), countCalls(app, 'rotateKey'), secretState(app).value]).toEqual([1, 0, key]);
  expect(app.announced().filter((each) => each.endsWith('managed-by-batch'))).toHaveLength(1);
  expect(app.announced().filter((each) => /Stuck|Held/.test(each))).toEqual([]);
});

test('a key that rotates itself leaked: an emergency makes a version all the same', async () => {
  const { app } = await followed({}, 2);
  const rotate = { type: 'Rotate', timeAfterCreate: 'P90D' } as const;
  app.vault.keys.setRotationPolicy('cmk', { expiryTime: undefined, actions: [rotate] });
  await app.sweep('generate');
  app.vault.createKey('cmk');
  const { status } = await app.post({ vault: app.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked' });
  expect(status).toBe(202);
  await app.run(10 * minute);
  expect([countVersions(app), secretState(app).phase]).toEqual([3, expect.stringMatching(/^idle/)]);
});

test('the wish versionless converts an account that is pinned to a version, and makes none', async () => {
  const { app, account, first } = await createAccountWithKey();
  app.newSecret(account, { value: first, ageDays: 1, tags: { ...cmkTags, RotationOptions: 'versionless' } });
  await app.run(20 * minute);
  const key = keyWithoutVersion(first);
  expect([keyInUse(account), countVersions(app), countCalls(app, 'batch.update')]).toEqual([key, 1, 1]);
  expect(secretState(app)).toEqual({ value: key, phase: 'idle', id: idOf(first) });
});

test('disable-old-version ends the old version when Batch had a day to follow', async () => {
  const { app, account } = await followed({ RotationOptions: 'disable-old-version' });
  await app.run(24 * hour);
  expect(enabledVersions(app)).toEqual([true, true]);
  await app.run(3 * hour);
  expect(enabledVersions(app)).toEqual([false, true]);
  expect(account.customerKey.isUsable()).toBe(true);
});
