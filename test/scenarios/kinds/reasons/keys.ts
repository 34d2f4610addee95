import type { Reason } from '../../../../lib/model/reason.ts';
import { day, hour, later, minute } from '../../../../lib/model/clock.ts';
import type { TestApp } from '../../../support/createTestApp.ts';
import {
  cmkTags,
  createAccountWithKey,
  createDueCmk,
  grantKeyAccess,
  identities,
  keyWithoutVersion,
  setKey,
  requestKey,
  type CmkTarget,
} from '../../../support/customerManagedKeys.ts';

/** A situation, the reason that it is announced with, and a run of it. */
export type Situation = readonly [sentence: string, reason: Reason, run: () => Promise<TestApp>];

/** Situations of customer-managed keys: refused, lost, or left to a person or service. */
export const keySituations: readonly Situation[] = [
  ['the account was not created for customer-managed keys', 'cmk-not-for-existing', notMadeForKeys],
  ['the key rotates itself, and the account follows it', 'managed-by-batch', followed],
  ['KeyturnKey names the version in use, and a rotation is due', 'key-pinned', pinned],
  ['another account uses the old version when it is to be disabled', 'key-still-used', shared],
  ['the key is disabled', 'key-access-lost', async () => (await lost()).app],
  ['an access key of that account is due', 'account-disabled', accessKeyOfLost],
  ['the key is enabled again, and nodes take half an hour more', 'nodes-returning', returning],
  ['the key is enabled again', 'well-again', mended],
  ['the account has lost the tag that named the secret', 'not-named-by-resource', unnamed],
  ['the account could not be changed', 'account-not-provisioned', unprovisioned],
  ['the version that KeyturnKey names ends in five days', 'key-expiring', pinnedToItsEnd],
];

async function notMadeForKeys(): Promise<TestApp> {
  const { app, account, first } = await createAccountWithKey(identities['system-assigned'], false);
  setKey(account, 'Microsoft.Batch');
  requestKey(account, first);
  app.newSecret(account, { value: 'Microsoft.Batch', tags: cmkTags });
  await app.run(20 * minute);
  return app;
}

async function followed(): Promise<TestApp> {
  const { app, account, first } = await createAccountWithKey();
  const key = keyWithoutVersion(first);
  setKey(account, key);
  const actions = [{ type: 'Rotate', timeAfterCreate: 'P90D' } as const];
  app.vault.keys.setRotationPolicy('cmk', { actions });
  app.newSecret(account, { value: key, tags: cmkTags });
  await app.run(20 * minute);
  return app;
}

async function pinned(): Promise<TestApp> {
  const { app, account, first } = await createAccountWithKey();
  requestKey(account, first);
  app.newSecret(account, { value: first, tags: cmkTags });
  await app.run(20 * minute);
  return app;
}

async function shared(): Promise<TestApp> {
  const { app, first } = await createDueCmk({ RotationOptions: 'disable-old-version' });
  const other = await app.newBatch({ name: 'other', identity: { type: 'SystemAssigned' }, cmkAllowed: true });
  grantKeyAccess(other, app.vault);
  setKey(other, first);
  await app.run(27 * hour);
  return app;
}

async function lost(): Promise<CmkTarget> {
  const target = await createAccountWithKey();
  target.app.newSecret(target.account, { value: target.first, ageDays: 1, tags: cmkTags });
  await target.app.run(20 * minute);
  target.app.vault.keys.update('cmk', { enabled: false });
  await target.app.run(7 * hour);
  return target;
}

async function accessKeyOfLost(): Promise<TestApp> {
  const { app, account } = await lost();
  app.newSecret(account, { name: 'access' });
  await app.run(20 * minute);
  return app;
}

async function returning(): Promise<TestApp> {
  const target = await lost();
  target.app.azure.createPool(target.account, { name: 'pool', nodes: 2 });
  target.account.customerKey.timing.nodesBackMs = 30 * minute;
  return enabledAgain(target, 20 * minute);
}

async function mended(): Promise<TestApp> {
  return enabledAgain(await lost(), hour);
}

async function enabledAgain({ app }: CmkTarget, forMs: number): Promise<TestApp> {
  app.vault.keys.update('cmk', { enabled: true });
  await app.run(forMs);
  return app;
}

async function unnamed(): Promise<TestApp> {
  const { app, account } = await createDueCmk();
  account.tags = {};
  await app.run(hour);
  return app;
}

async function unprovisioned(): Promise<TestApp> {
  const { app, account } = await createDueCmk();
  account.provisioningState = 'Failed';
  await app.run(hour);
  return app;
}

async function pinnedToItsEnd(): Promise<TestApp> {
  const { app, account, first } = await createDueCmk();
  requestKey(account, first);
  app.vault.keys.update('cmk', { expiresOn: later(app.clock.now(), 5 * day) });
  await app.run(hour);
  return app;
}
