import { hour, minute } from '../../../lib/model/clock.ts';
import {
  cmkTags,
  countCalls,
  countVersions,
  createAccountWithKey,
  createDueCmk,
  enabledVersions,
  grantKeyAccess,
  keyInUse,
  keyWithoutVersion,
  newKey,
  newestKey,
  secretState,
  requestKey,
  setKey,
} from '../../support/customerManagedKeys.ts';

test('without an option the old version stays enabled, and the rotation completes at once', async () => {
  const { app } = await createDueCmk();
  await app.run(16 * minute);
  expect(secretState(app).phase).toBe('idle');
  await app.run(27 * hour);
  expect(enabledVersions(app)).toEqual([true, true]);
});

test('disable-old-version waits 25 hours even with a shorter overlap', async () => {
  const { app } = await createDueCmk({ RotationOptions: 'disable-old-version', RotationOverlap: 'PT1H' });
  await app.run(24 * hour);
  expect(secretState(app).phase).toContain('overlap');
  expect(enabledVersions(app)).toEqual([true, true]);
  await app.run(3 * hour);
  expect(enabledVersions(app)).toEqual([false, true]);
  expect(secretState(app).phase).toBe('idle');
});

test('disable-old-version waits until the account reports the new version', async () => {
  const { app, account, first } = await createDueCmk({ RotationOptions: 'disable-old-version' });
  app.azure.core.faults.plan({ operation: 'batch.update', lasting: true, effect: { kind: 'status', status: 503 } });
  await app.run(30 * hour);
  expect([keyInUse(account), countVersions(app)]).toEqual([first, 2]);
  expect(enabledVersions(app)).toEqual([true, true]);
});

test('disable-old-version waits for another account that still uses the version', async () => {
  const { app, first } = await createDueCmk({ RotationOptions: 'disable-old-version' });
  const other = await app.newBatch({ name: 'other', identity: { type: 'SystemAssigned' }, cmkAllowed: true });
  app.vault.grants.set('', new Set());
  grantKeyAccess(other, app.vault);
  setKey(other, first);
  await app.run(27 * hour);
  expect(enabledVersions(app)).toEqual([true, true]);
  expect(app.announced()).toContain('Rotation.Held key-still-used');
  setKey(other, newestKey(app.vault));
  await app.run(2 * hour);
  expect(enabledVersions(app)).toEqual([false, true]);
});

test('Use a different key: KeyturnKey names one of another vault, and the old one is left alone', async () => {
  const { app, account } = await createDueCmk();
  const other = await app.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  grantKeyAccess(account, other);
  const newKeyId = newKey(app, other, 'another');
  requestKey(account, keyWithoutVersion(newKeyId));
  await app.run(16 * minute);
  expect([keyInUse(account), secretState(app).value]).toEqual([newKeyId, newKeyId]);
  expect(countVersions(app)).toBe(1);
});

test('an invalid KeyturnKey is announced as bad-tags, and the account is left alone', async () => {
  const { app, account, first } = await createDueCmk();
  requestKey(account, 'https://kv.vault.azure.net/secrets/cmk');
  await app.run(hour);
  expect(app.announced()).toContain('Rotation.Held bad-tags');
  expect([keyInUse(account), countCalls(app, 'rotateKey')]).toEqual([first, 0]);
});

test('a version that KeyturnKey names is used, and none is made until the tag is removed', async () => {
  const { app, account, first } = await createDueCmk();
  app.vault.createKey('cmk');
  requestKey(account, first);
  await app.run(5 * hour);
  expect([keyInUse(account), countVersions(app), countCalls(app, 'rotateKey')]).toEqual([first, 2, 0]);
  requestKey(account, undefined);
  await app.run(25 * hour);
  expect(keyInUse(account)).toBe(newestKey(app.vault));
});

test('Enable customer-managed keys: KeyturnKey names a key, on an account that was created for one', async () => {
  const { app, account, first } = await createAccountWithKey();
  setKey(account, 'Microsoft.Batch');
  requestKey(account, keyWithoutVersion(first));
  app.newSecret(account, { value: 'Microsoft.Batch', ageDays: 1, tags: cmkTags });
  await app.run(20 * minute);
  expect([keyInUse(account), secretState(app).value, secretState(app).phase]).toEqual([first, first, 'idle']);
});

test('Disable customer-managed keys: KeyturnKey is Microsoft.Batch, and the old key may be deleted', async () => {
  const { app, account } = await createDueCmk();
  requestKey(account, 'Microsoft.Batch');
  await app.run(20 * minute);
  expect([keyInUse(account), secretState(app).value, secretState(app).id]).toEqual([
    'Microsoft.Batch',
    'Microsoft.Batch',
    'microsoft.batch',
  ]);
  expect(enabledVersions(app)).toEqual([true]);
  app.vault.keys.delete('cmk');
  await app.run(27 * hour);
  expect(app.announced().filter((each) => each.endsWith('microsoft-managed'))).toHaveLength(1);
  expect(app.announced().filter((each) => each.includes('Stuck'))).toEqual([]);
});

async function createDueWithoutVersion(more: Record<string, string> = {}, ageDays = 61) {
  const target = await createAccountWithKey();
  const key = keyWithoutVersion(target.first);
  setKey(target.account, key);
  target.app.newSecret(target.account, { value: key, ageDays, tags: { ...cmkTags, ...more } });
  return { ...target, key };
}

function idOf(identifier: string): string | undefined {
  return identifier.split('/').at(-1);
}

test('a due key without a version gets a version, and Batch uses it by itself', async () => {
  const { app, account, key } = await createDueWithoutVersion();
  await app.run(20 * minute);
  expect([countVersions(app), countCalls(app, 'batch.update'), keyInUse(account)]).toEqual([2, 0, key]);
  expect(secretState(app)).toEqual({ value: key, phase: 'idle', id: idOf(newestKey(app.vault)) });
  await app.run(27 * hour);
  expect([countVersions(app), account.customerKey.inUse()]).toEqual([2, newestKey(app.vault)]);
});

test('a version that a person makes of a key without a version is recorded, and none is made', async () => {
  const { app, key } = await createDueWithoutVersion({}, 1);
  await app.sweep('generate');
  await app.deliverEvents();
  app.vault.createKey('cmk');
  await app.runEvents(2 * minute);
  expect(secretState(app)).toEqual({ value: key, phase: 'idle', id: idOf(newestKey(app.vault)) });
  expect([countVersions(app), countCalls(app, 'batch.update')]).toEqual([2, 0]);
});

test('a due key that rotates itself is announced once, without an alarm, and left alone', async () => {
  const { app, key } = await createDueWithoutVersion();
  const rotate = { type: 'Rotate', timeAfterCreate: 'P90D' } as const;
  app.vault.keys.setRotationPolicy('cmk', { expiryTime: undefined, actions: [rotate] });
  await app.run(27 * hour);
  expect([countVersions(app), countCalls(app, 'rotateKey'), secretState(app).value]).toEqual([1, 0, key]);
  expect(app.announced().filter((each) => each.endsWith('managed-by-batch'))).toHaveLength(1);
  expect(app.announced().filter((each) => /Stuck|Held/.test(each))).toEqual([]);
});

test('an emergency makes a version of a key that rotates itself', async () => {
  const { app } = await createDueWithoutVersion({}, 2);
  const rotate = { type: 'Rotate', timeAfterCreate: 'P90D' } as const;
  app.vault.keys.setRotationPolicy('cmk', { expiryTime: undefined, actions: [rotate] });
  await app.sweep('generate');
  app.vault.createKey('cmk');
  const { status } = await app.post({ vault: app.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked' });
  expect(status).toBe(202);
  await app.run(10 * minute);
  expect([countVersions(app), secretState(app).phase]).toEqual([3, expect.stringMatching(/^idle/)]);
});

test('the option versionless changes an account to the key without a version, and makes none', async () => {
  const { app, account, first } = await createAccountWithKey();
  app.newSecret(account, { value: first, ageDays: 1, tags: { ...cmkTags, RotationOptions: 'versionless' } });
  await app.run(20 * minute);
  const key = keyWithoutVersion(first);
  expect([keyInUse(account), countVersions(app), countCalls(app, 'batch.update')]).toEqual([key, 1, 1]);
  expect(secretState(app)).toEqual({ value: key, phase: 'idle', id: idOf(first) });
});

test('disable-old-version disables the old version after Batch had a day to follow', async () => {
  const { app, account } = await createDueWithoutVersion({ RotationOptions: 'disable-old-version' });
  await app.run(24 * hour);
  expect(enabledVersions(app)).toEqual([true, true]);
  await app.run(3 * hour);
  expect(enabledVersions(app)).toEqual([false, true]);
  expect(account.customerKey.isUsable()).toBe(true);
});
