import { day, hour, minute } from '../../../lib/model/clock.ts';
import {
  cmkTags,
  countCalls,
  countVersions,
  createAccountWithKey,
  createDueCmk,
  enabledVersions,
  grantKeyAccess,
  keyInUse,
  newKey,
  newestKey,
  secretState,
  setKey,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

test('without a wish the old version stays enabled, and the rotation is complete at once', async () => {
  const { app } = await createDueCmk();
  await app.run(16 * minute);
  expect(secretState(app).phase).toBe('idle');
  await app.run(2 * day);
  expect(enabledVersions(app)).toEqual([true, true]);
});

test('disable-old-version: after 25 hours at least, whatever settle is wished for', async () => {
  const { app } = await createDueCmk({ RotationOptions: 'disable-old-version', RotationOverlap: 'PT1H' });
  await app.run(24 * hour);
  expect(secretState(app).phase).toContain('overlap');
  expect(enabledVersions(app)).toEqual([true, true]);
  await app.run(3 * hour);
  expect(enabledVersions(app)).toEqual([false, true]);
  expect(secretState(app).phase).toBe('idle');
});

test('disable-old-version: not before the account reports the new version', async () => {
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

test('Use a different key: RotationKey names one of another vault, and the old one is left alone', async () => {
  const { app, account } = await createDueCmk();
  const other = await app.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  grantKeyAccess(account, other);
  const wish = newKey(app, other, 'another');
  app.vault.update('secret', { tags: { ...app.tags(), RotationKey: wish.slice(0, wish.lastIndexOf('/')) } });
  await app.run(16 * minute);
  expect([keyInUse(account), secretState(app).value]).toEqual([wish, wish]);
  expect(countVersions(app)).toBe(1);
});

test('RotationKey that is no identifier of a key: told, and the account is left alone', async () => {
  const { app, account, first } = await createDueCmk({ RotationKey: 'https://kv.vault.azure.net/secrets/cmk' });
  await app.run(hour);
  expect(app.announced()).toContain('Rotation.Held bad-tags');
  expect([keyInUse(account), countCalls(app, 'rotateKey')]).toEqual([first, 0]);
});

test('RotationKey names a version: it is used, and none is made as long as it is named', async () => {
  const { app, account, first } = await createDueCmk();
  app.vault.createKey('cmk');
  app.vault.update('secret', { tags: { ...app.tags(), RotationKey: first } });
  await app.run(5 * hour);
  expect([keyInUse(account), countVersions(app), countCalls(app, 'rotateKey')]).toEqual([first, 2, 0]);
  const { RotationKey: _, ...rest } = app.tags();
  app.vault.update('secret', { tags: rest });
  await app.run(25 * hour);
  expect(keyInUse(account)).toBe(newestKey(app.vault));
});

test('Enable customer-managed keys: RotationKey names a key, on an account that was made for one', async () => {
  const { app, account, first } = await createAccountWithKey();
  setKey(account, 'Microsoft.Batch');
  app.newSecret(account, {
    value: 'Microsoft.Batch',
    ageDays: 1,
    tags: { ...cmkTags, RotationKey: first.slice(0, -33) },
  });
  await app.run(20 * minute);
  expect([keyInUse(account), secretState(app).value, secretState(app).phase]).toEqual([first, first, 'idle']);
});

test('Disable customer-managed keys: RotationKey is Microsoft.Batch, and the old key may be deleted', async () => {
  const { app, account } = await createDueCmk({ RotationKey: 'Microsoft.Batch' });
  await app.run(20 * minute);
  expect([keyInUse(account), secretState(app).value, secretState(app).id]).toEqual([
    'Microsoft.Batch',
    'Microsoft.Batch',
    'microsoft.batch',
  ]);
  expect(enabledVersions(app)).toEqual([true]);
  app.vault.keys.delete('cmk');
  await app.run(3 * day);
  expect(app.announced().filter((each) => each.endsWith('microsoft-managed'))).toHaveLength(1);
  expect(app.announced().filter((each) => each.includes('Stuck'))).toEqual([]);
});
