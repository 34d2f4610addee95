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
  newestKey,
  revokeKeyAccess,
  secretState,
  setKey,
  requestKey,
  type CmkTarget,
} from '../../support/customerManagedKeys.ts';

test('a newer version that leaks before its adoption is never published', async () => {
  const target = await createAdoptedCmk();
  target.app.dropEvents();
  const { version } = target.app.vault.createKey('cmk');
  await target.app.requestRotation({ compromised: [version] });
  await target.app.run(8 * hour);
  expect(keyInUse(target.account)).not.toContain(version);
});

test('an immediate emergency does not disable the version that Batch still uses', async () => {
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

test('an immediate emergency does not disable the version that another account still uses', async () => {
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

test('KeyturnKey with an unknown version is announced as key-missing, once', async () => {
  const target = await createAdoptedCmk();
  requestKey(target.account, `${keyWithoutVersion(target.first)}/${'f'.repeat(32)}`);
  await target.app.run(8 * hour);
  expect(target.app.announced()).toEqual(['Target.Adopted adopted', 'Rotation.Held key-missing']);
});

test('a refused KeyturnKey that is withdrawn leaves the target at rest', async () => {
  const target = await createAccountWithKey(undefined, false);
  setKey(target.account, 'Microsoft.Batch');
  requestKey(target.account, keyWithoutVersion(target.first));
  target.app.newSecret(target.account, { value: 'Microsoft.Batch', ageDays: 1, tags: cmkTags });
  await target.app.run(hour);
  requestKey(target.account, undefined);
  await target.app.run(27 * hour);
  expect(secretState(target.app).phase).toMatch(/^idle/);
});

test('a withdrawn KeyturnKey without a grant makes no version of the old key', async () => {
  const target = await createAdoptedCmk();
  const other = await target.app.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  requestKey(target.account, newKey(target.app, other, 'another'));
  await target.app.run(8 * hour);
  requestKey(target.account, undefined);
  await target.app.run(8 * hour);
  expect([countVersions(target.app), keyInUse(target.account), secretState(target.app).phase]).toEqual([
    1,
    target.first,
    'idle',
  ]);
});

test('an emergency of a pinned key is refused, or starts within two hours after the pin is removed', async () => {
  const target = await createAdoptedCmk();
  requestKey(target.account, target.first);
  await target.app.run(7 * hour);
  const { status } = await target.app.requestRotation({ mode: 'immediate' });
  requestKey(target.account, undefined);
  await target.app.run(2 * hour);
  expect(status === 202 ? countVersions(target.app) : status).toBe(status === 202 ? 2 : 409);
});

test('another version is made when the one in use is near its expiry and the newer one is disabled', async () => {
  const target = await createAdoptedCmk();
  target.app.vault.keys.update('cmk', { expiresOn: later(target.app.clock.now(), 29 * day) });
  target.app.vault.createKey('cmk', { enabled: false });
  await target.app.run(day);
  expect([countVersions(target.app), keyInUse(target.account) === target.first]).toEqual([3, false]);
});

test('the newest version stays enabled when a person goes back to the old one during the overlap', async () => {
  const target = await createDueCmk({ RotationOptions: 'disable-old-version' });
  await target.app.run(hour);
  setKey(target.account, target.first);
  await target.app.run(27 * hour);
  expect(enabledVersions(target.app).at(-1)).toBe(true);
  expect(target.account.customerKey.isUsable()).toBe(true);
});

/** An adopted key whose events are lost. */
async function createUnheard(): Promise<CmkTarget> {
  const target = await createAdoptedCmk();
  target.app.dropEvents();
  return target;
}

test.each([
  ['keys of the service', () => 'Microsoft.Batch'],
  [
    'a newer version',
    (target: CmkTarget) => `${keyWithoutVersion(target.first)}/${target.app.vault.createKey('cmk').version}`,
  ],
])('an emergency changes to %s that KeyturnKey names', async (_sentence, newKeyId) => {
  const target = await createUnheard();
  const keyId = newKeyId(target);
  requestKey(target.account, keyId);
  expect((await target.app.requestRotation()).status).toBe(202);
  await target.app.run(hour);
  expect(keyInUse(target.account)).toBe(keyId);
});

test('the leaked newest version of a key that Batch follows is replaced before it is disabled', async () => {
  const target = await createAccountWithKey();
  const key = keyWithoutVersion(target.first);
  setKey(target.account, key);
  const rotate = { type: 'Rotate', timeAfterCreate: 'P90D' } as const;
  target.app.vault.keys.setRotationPolicy('cmk', { expiryTime: undefined, actions: [rotate] });
  target.app.newSecret(target.account, { value: key, ageDays: 2, tags: cmkTags });
  await target.app.run(20 * minute);
  const { version } = target.app.vault.createKey('cmk');
  await target.app.run(26 * hour);
  const { status } = await target.app.requestRotation({ compromised: [version] });
  await target.app.run(30 * hour);
  expect(target.account.customerKey.isUsable()).toBe(true);
  expect([status, countVersions(target.app)]).toEqual([202, 3]);
});

test.each([
  ['before the secret is adopted', 0],
  ['while the account refuses it', 7],
])('a newer version that leaks %s is never published', async (_sentence, hours) => {
  const target = await createAccountWithKey();
  const { app } = target;
  app.newSecret(target.account, { value: target.first, ageDays: 1, tags: cmkTags });
  app.dropEvents();
  if (hours > 0) await app.run(20 * minute);
  const { faults } = app.azure.core;
  const fault = faults.plan({ operation: 'batch.update', lasting: true, effect: { kind: 'status', status: 503 } });
  const { version } = app.vault.createKey('cmk');
  await app.run(hours * hour);
  expect((await target.app.requestRotation({ compromised: [version] })).status).toBe(202);
  fault.remove();
  await app.run(27 * hour);
  expect(keyInUse(target.account)).toBe(newestKey(app.vault));
  expect(keyInUse(target.account)).not.toContain(version);
});

test('ResourceWell is announced after key access returns and the app could not read the key', async () => {
  const { app, account } = await createUnheard();
  revokeKeyAccess(account, app.vault);
  await app.run(7 * hour);
  grantKeyAccess(account, app.vault);
  const body = { error: { code: 'Forbidden' } };
  app.azure.core.faults.plan({ operation: 'getKey', effect: { kind: 'status', status: 403, body } });
  await app.run(8 * hour);
  expect(app.announced().at(-1)).toBe('Target.ResourceWell well-again');
});

test('a second emergency is refused when a pin withdraws the rotation', async () => {
  const target = await createUnheard();
  target.app.azure.core.faults.plan({ operation: 'rotateKey', lasting: true, effect: { kind: 'status', status: 503 } });
  expect((await target.app.requestRotation()).status).toBe(202);
  requestKey(target.account, target.first);
  expect((await target.app.requestRotation()).status).toBe(409);
});

test('an emergency is refused when a pin would withdraw it', async () => {
  const target = await createAccountWithKey();
  target.app.newSecret(target.account, {
    value: target.first,
    tags: { ...cmkTags, RotationOptions: 'disable-old-version' },
  });
  await target.app.run(hour);
  requestKey(target.account, keyInUse(target.account));
  expect((await target.app.requestRotation()).status).toBe(409);
});
