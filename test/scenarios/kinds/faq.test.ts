import { day, hour, minute } from '../../../lib/model/clock.ts';
import type { TestApp } from '../../support/createTestApp.ts';
import {
  cmkTags,
  countCalls,
  countVersions,
  createAccountWithKey,
  createDueCmk,
  grantKeyAccess,
  identities,
  keyInUse,
  newestKey,
  revokeKeyAccess,
  secretState,
  requestKey,
  setKey,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

test('Are customer-managed keys supported for existing Azure Batch accounts? No: announced, and nothing changes', async () => {
  const { app, account, first } = await createAccountWithKey(identities['system-assigned'], false);
  setKey(account, 'Microsoft.Batch');
  requestKey(account, first);
  app.newSecret(account, { value: 'Microsoft.Batch', tags: cmkTags });
  await app.run(2 * hour);
  expect(app.announced()).toContain('Rotation.Held cmk-not-for-existing');
  expect(keyInUse(account)).toBe('Microsoft.Batch');
});

test('What operations are available after a key is revoked? Only deletion: the account is only inspected', async () => {
  const { app, account } = await createDueCmk();
  revokeKeyAccess(account, app.vault);
  await app.run(6 * hour);
  expect(app.announced()).toContain('Rotation.Held key-access-lost');
  const tried = new Set(app.azure.core.journal.calls.map(({ operation }) => operation));
  expect([tried.has('rotateKey'), tried.has('batch.update'), countVersions(app)]).toEqual([false, false, 1]);
});

test('How to restore access after the key was deleted? Recover it: then the rotation is made', async () => {
  const { app, account } = await createDueCmk();
  app.vault.keys.delete('cmk');
  await app.run(hour);
  expect(app.announced()).toContain('Rotation.Held key-access-lost');
  app.vault.keys.recover('cmk');
  await app.run(hour);
  expect([keyInUse(account), secretState(app).phase]).toEqual([newestKey(app.vault), 'idle']);
});

test('Can I disable customer-managed keys? At any time: afterwards the key may be deleted', async () => {
  const { app, account } = await createDueCmk();
  requestKey(account, 'Microsoft.Batch');
  await app.run(20 * minute);
  app.vault.keys.delete('cmk');
  await app.run(day);
  expect([keyInUse(account), account.customerKey.isUsable()]).toEqual(['Microsoft.Batch', true]);
  expect(app.announced().some((each) => each.endsWith('key-access-lost'))).toBe(false);
});

test('How can I rotate my keys? The identifier of the account is updated, which Keyturn does', async () => {
  const { app, account, first } = await createDueCmk();
  await app.run(20 * minute);
  expect([countCalls(app, 'rotateKey'), countCalls(app, 'batch.update'), keyInUse(account)]).toEqual([
    1,
    1,
    newestKey(app.vault),
  ]);
  expect(keyInUse(account)).not.toBe(first);
});

test('How long until the account works again? Up to 10 minutes: announced then, and not before', async () => {
  const { app, account } = await createAccountWithKey();
  app.newSecret(account, { value: keyInUse(account), ageDays: 1, tags: cmkTags });
  await app.sweep('generate');
  revokeKeyAccess(account, app.vault);
  await app.run(7 * hour);
  grantKeyAccess(account, app.vault);
  let usableForMs = 0;
  for (; !isWell(app) && usableForMs < 30 * minute; usableForMs += account.customerKey.isUsable() ? minute : 0) {
    await app.run(minute);
  }
  expect(usableForMs).toBeGreaterThan(0);
  expect(usableForMs).toBeLessThanOrEqual(6 * minute);
});

function isWell(app: TestApp): boolean {
  return app.announced().includes('Target.ResourceWell well-again');
}

test('What happens to my resources meanwhile? Nodes are away and tasks requeued: well after they return', async () => {
  const { app, account } = await createDueCmk();
  app.azure.createPool(account, { name: 'pool', nodes: 2 });
  account.customerKey.timing.nodesBackMs = 20 * minute;
  const areAway = () => account.customerKey.nodes().down;
  revokeKeyAccess(account, app.vault);
  await app.run(hour);
  expect([areAway(), adviceOf(app, 'key-access-lost')]).toEqual([
    true,
    expect.stringMatching(/nodes.*tasks are requeued/),
  ]);
  grantKeyAccess(account, app.vault);
  while (areAway()) {
    expect(isWell(app)).toBe(false);
    await app.run(minute);
  }
  await app.run(hour);
  expect([isWell(app), keyInUse(account)]).toEqual([true, newestKey(app.vault)]);
});

function adviceOf(app: TestApp, reason: string): unknown {
  return app.messages.find(({ data }) => data.reason === reason)?.data['advice'];
}
