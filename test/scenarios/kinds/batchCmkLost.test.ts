import { hour, minute } from '../../../lib/model/clock.ts';
import {
  cmkTags,
  createAccountWithKey,
  createAdoptedCmk,
  createDueCmk,
  grantKeyAccess,
  keyWithoutVersion,
  revokeKeyAccess,
  setKey,
  type CmkTarget,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

test.each([
  [
    'an outage',
    (target: CmkTarget) =>
      target.app.azure.core.faults.plan({ operation: 'batch.get', effect: { kind: 'status', status: 503 } }),
  ],
  ['the identity taken away', (target: CmkTarget) => (target.account.identity = { type: 'None' })],
])('an account that has lost its key is not said to be well by %s', async (_sentence, act) => {
  const target = await createAdoptedCmk();
  revokeKeyAccess(target.account, target.app.vault);
  await target.app.run(7 * hour);
  act(target);
  await target.app.run(2 * hour);
  expect(target.app.announced()).not.toContain('Target.ResourceWell well-again');
});

test('nor is it forgotten by an outage that it is to be said to be well in the end', async () => {
  const target = await createAdoptedCmk();
  revokeKeyAccess(target.account, target.app.vault);
  await target.app.run(7 * hour);
  target.app.azure.core.faults.plan({ operation: 'batch.get', effect: { kind: 'status', status: 503 } });
  await target.app.run(5 * minute);
  grantKeyAccess(target.account, target.app.vault);
  await target.app.run(hour);
  expect(target.app.announced().slice(-2)).toEqual(['Rotation.Held key-access-lost', 'Target.ResourceWell well-again']);
});

test('access lost while a rotation settles is told the same day', async () => {
  const target = await createDueCmk({ RotationOptions: 'disable-old-version' });
  await target.app.run(hour);
  revokeKeyAccess(target.account, target.app.vault);
  await target.app.run(8 * hour);
  expect(target.app.announced()).toContain('Rotation.Held key-access-lost');
});

test('where pools cannot be read, a disabled key that Batch follows is seen by the key itself', async () => {
  const target = await createAccountWithKey();
  setKey(target.account, keyWithoutVersion(target.first));
  target.app.newSecret(target.account, { value: keyWithoutVersion(target.first), ageDays: 1, tags: cmkTags });
  const body = { error: { code: 'AuthorizationFailed' } };
  target.app.azure.core.faults.plan({
    operation: 'pool.list',
    lasting: true,
    effect: { kind: 'status', status: 403, body },
  });
  await target.app.run(20 * minute);
  target.app.vault.keys.update('cmk', { enabled: false });
  await target.app.run(12 * hour);
  expect(target.app.announced()).toContain('Rotation.Held key-access-lost');
});

test('a wrong CredentialId of a key without a version is corrected, and is no alarm', async () => {
  const { app, account, first } = await createAccountWithKey();
  const key = keyWithoutVersion(first);
  setKey(account, key);
  app.newSecret(account, { value: key, ageDays: 1, tags: cmkTags });
  await app.run(20 * minute);
  app.vault.update('secret', { tags: { ...app.tags(), CredentialId: 'f'.repeat(32) } });
  await app.run(12 * hour);
  expect(app.announced()).not.toContain('Rotation.Held key-access-lost');
  expect(app.tags()['CredentialId']).toBe(first.split('/').at(-1));
});

test('the account works again, and it is this app that may not read the key: told in its own word', async () => {
  const { app, account } = await createAdoptedCmk();
  revokeKeyAccess(account, app.vault);
  await app.run(7 * hour);
  grantKeyAccess(account, app.vault);
  const body = { error: { code: 'Forbidden' } };
  app.azure.core.faults.plan({ operation: 'getKey', lasting: true, effect: { kind: 'status', status: 403, body } });
  await app.run(3 * hour);
  expect(app.announced()).toContain('Rotation.Held forbidden');
});
