import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import {
  cmkTags,
  countVersions,
  createAccountWithKey,
  createAdoptedCmk,
  createDueCmk,
  enabledVersions,
  grantKeyAccess,
  keyInUse,
  keyWithoutVersion,
  newKey,
  secretState,
  setKey,
  setRotationKey,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

test('a newer version that leaked before it was taken up is never published', async () => {
  const target = await createAdoptedCmk();
  target.app.dropEvents();
  const { version } = target.app.vault.createKey('cmk');
  await target.app.requestRotation({ compromised: [version] });
  await target.app.run(8 * hour);
  expect(keyInUse(target.account)).not.toContain(version);
});

test('immediate: the version that Batch still follows is not disabled under it', async () => {
  const target = await createAccountWithKey();
  setKey(target.account, keyWithoutVersion(target.first));
  target.app.newSecret(target.account, {
    value: keyWithoutVersion(target.first),
    ageDays: 2,
    tags: { ...cmkTags, RotationOptions: 'disable-old-version' },
  });
  await target.app.run(20 * minute);
  expect(target.account.customerKey.isUsable()).toBe(true);
  await target.app.requestRotation({ mode: 'immediate' });
  await target.app.run(30 * minute);
  expect(target.account.customerKey.isUsable()).toBe(true);
});

test('nor under another account that follows the key', async () => {
  const target = await createAccountWithKey();
  target.app.newSecret(target.account, {
    value: target.first,
    ageDays: 2,
    tags: { ...cmkTags, RotationOptions: 'disable-old-version' },
  });
  const other = await target.app.newBatch({ name: 'other', identity: { type: 'SystemAssigned' }, cmkAllowed: true });
  grantKeyAccess(other, target.app.vault);
  setKey(other, keyWithoutVersion(target.first));
  await target.app.run(20 * minute);
  expect(other.customerKey.isUsable()).toBe(true);
  await target.app.requestRotation({ mode: 'immediate' });
  await target.app.run(30 * minute);
  expect(other.customerKey.isUsable()).toBe(true);
});

test('RotationKey names a version that does not exist: key-missing, and no alarm', async () => {
  const target = await createAdoptedCmk();
  setRotationKey(target.app, `${keyWithoutVersion(target.first)}/${'f'.repeat(32)}`);
  await target.app.run(8 * hour);
  expect(target.app.announced()).toEqual(['Target.Adopted adopted', 'Rotation.Held key-missing']);
});

test('a wish that the service refused and a person took back leaves the target at rest', async () => {
  const target = await createAccountWithKey(undefined, false);
  setKey(target.account, 'Microsoft.Batch');
  target.app.newSecret(target.account, {
    value: 'Microsoft.Batch',
    ageDays: 1,
    tags: { ...cmkTags, RotationKey: keyWithoutVersion(target.first) },
  });
  await target.app.run(hour);
  setRotationKey(target.app, undefined);
  await target.app.run(2 * day);
  expect(secretState(target.app).phase).toMatch(/^idle/);
});

test('a wish for a key without a grantKeyAccess, taken back: no version of the old key is made', async () => {
  const target = await createAdoptedCmk();
  const other = await target.app.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  setRotationKey(target.app, newKey(target.app, other, 'another'));
  await target.app.run(8 * hour);
  setRotationKey(target.app, undefined);
  await target.app.run(8 * hour);
  expect([countVersions(target.app), keyInUse(target.account), secretState(target.app).phase]).toEqual([
    1,
    target.first,
    'idle',
  ]);
});

test('an emergency of a pinned key: refused, or begun within the hour after the pin is gone', async () => {
  const target = await createAdoptedCmk();
  setRotationKey(target.app, target.first);
  await target.app.run(7 * hour);
  const { status } = await target.app.requestRotation({ mode: 'immediate' });
  setRotationKey(target.app, undefined);
  await target.app.run(2 * hour);
  expect(status === 202 ? countVersions(target.app) : status).toBe(status === 202 ? 2 : 409);
});

test('the version in use is near its expiry, and the newer one is disabled: another is made', async () => {
  const target = await createAdoptedCmk();
  target.app.vault.keys.update('cmk', { expiresOn: later(target.app.clock.now(), 29 * day) });
  target.app.vault.createKey('cmk', { enabled: false });
  await target.app.run(day);
  expect([countVersions(target.app), keyInUse(target.account) === target.first]).toEqual([3, false]);
});

test('a person goes back to the old version while it settles: the newest one stays enabled', async () => {
  const target = await createDueCmk({ RotationOptions: 'disable-old-version' });
  await target.app.run(hour);
  setKey(target.account, target.first);
  await target.app.run(2 * day);
  expect(enabledVersions(target.app).at(-1)).toBe(true);
  expect(target.account.customerKey.isUsable()).toBe(true);
});
