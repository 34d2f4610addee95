import { day, hour, minute } from '../../../lib/model/clock.ts';
import {
  cmkTags,
  countVersions,
  createAccountWithKey,
  createAdoptedCmk,
  grantKeyAccess,
  keyInUse,
  keyWithoutVersion,
  newestKey,
  revokeKeyAccess,
  setKey,
  setRotationKey,
  type CmkTarget,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

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
])('a wish for %s that a POST is to hurry is fulfilled', async (_sentence, wish) => {
  const target = await createUnheard();
  const wished = wish(target);
  setRotationKey(target.app, wished);
  expect((await target.app.requestRotation()).status).toBe(202);
  await target.app.run(3 * day);
  expect(keyInUse(target.account)).toBe(wished);
});

test('the newestKey version of a key that Batch follows leaked: it is replaced before anything is disabled', async () => {
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
  ['while the account does not take it', 7],
])('a newer version that leaked %s is never published', async (_sentence, hours) => {
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
  await app.run(2 * day);
  expect(keyInUse(target.account)).toBe(newestKey(app.vault));
  expect(keyInUse(target.account)).not.toContain(version);
});

test('an account that was lost, then not to be seen by this app, is said to be well in the end', async () => {
  const { app, account } = await createUnheard();
  revokeKeyAccess(account, app.vault);
  await app.run(7 * hour);
  grantKeyAccess(account, app.vault);
  const body = { error: { code: 'Forbidden' } };
  app.azure.core.faults.plan({ operation: 'getKey', effect: { kind: 'status', status: 403, body } });
  await app.run(8 * hour);
  expect(app.announced().at(-1)).toBe('Target.ResourceWell well-again');
});

test('nor is a second request accepted for a rotation that a pin withdraws', async () => {
  const target = await createUnheard();
  target.app.azure.core.faults.plan({ operation: 'rotateKey', lasting: true, effect: { kind: 'status', status: 503 } });
  expect((await target.app.requestRotation()).status).toBe(202);
  setRotationKey(target.app, target.first);
  expect((await target.app.requestRotation()).status).toBe(409);
});

test('what a pin would withdraw is not accepted', async () => {
  const target = await createAccountWithKey();
  target.app.newSecret(target.account, {
    value: target.first,
    tags: { ...cmkTags, RotationOptions: 'disable-old-version' },
  });
  await target.app.run(hour);
  setRotationKey(target.app, keyInUse(target.account));
  expect((await target.app.requestRotation()).status).toBe(409);
});
