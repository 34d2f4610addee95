import { day, hour, later, minute } from '../../../../lib/model/clock.ts';
import type { Wired } from '../../../support/wired.ts';
import { accountWithKey, cmk, encrypt, grant, identities, tags, wishFor, type Cmk } from '../batchCmkStage.ts';
import type { Play } from './play.ts';

/** What else is told of customer-managed keys: what is refused, lost, or left to somebody else. */
export const keyPlays: readonly Play[] = [
  ['the account was not made for keys of its owner', 'cmk-not-for-existing', notMadeForKeys],
  ['the key rotates itself, and the account follows it', 'managed-by-batch', followed],
  ['RotationKey names the version in use, and a rotation is due', 'key-pinned', pinned],
  ['another account uses the old version when it is to be disabled', 'key-still-used', shared],
  ['the key is disabled', 'key-access-lost', async () => (await lost()).b],
  ['an access key of that account is due', 'account-disabled', accessKeyOfLost],
  ['the key is enabled again, and nodes take half an hour more', 'nodes-returning', returning],
  ['the key is enabled again', 'well-again', mended],
  ['the account could not be changed', 'account-not-provisioned', unprovisioned],
  ['the version that RotationKey names ends in five days', 'key-expiring', pinnedToItsEnd],
];

async function notMadeForKeys(): Promise<Wired> {
  const { b, account, first } = await accountWithKey(identities['system-assigned'], false);
  encrypt(account, 'Microsoft.Batch');
  b.newSecret(account, { value: 'Microsoft.Batch', tags: { ...tags, RotationKey: first } });
  await b.live(20 * minute);
  return b;
}

async function followed(): Promise<Wired> {
  const { b, account, first } = await accountWithKey();
  const key = first.slice(0, first.lastIndexOf('/'));
  encrypt(account, key);
  const actions = [{ type: 'Rotate', timeAfterCreate: 'P90D' } as const];
  b.vault.keys.setRotationPolicy('cmk', { actions });
  b.newSecret(account, { value: key, tags });
  await b.live(20 * minute);
  return b;
}

async function pinned(): Promise<Wired> {
  const { b, account, first } = await accountWithKey();
  b.newSecret(account, { value: first, tags: { ...tags, RotationKey: first } });
  await b.live(20 * minute);
  return b;
}

async function shared(): Promise<Wired> {
  const { b, first } = await cmk({ RotationOptions: 'disable-old-version' });
  const other = await b.newBatch({ name: 'other', identity: { type: 'SystemAssigned' }, cmkAllowed: true });
  grant(other, b.vault);
  encrypt(other, first);
  await b.live(27 * hour);
  return b;
}

async function lost(): Promise<Cmk> {
  const s = await accountWithKey();
  s.b.newSecret(s.account, { value: s.first, ageDays: 1, tags });
  await s.b.live(20 * minute);
  s.b.vault.keys.update('cmk', { enabled: false });
  await s.b.live(7 * hour);
  return s;
}

async function accessKeyOfLost(): Promise<Wired> {
  const { b, account } = await lost();
  b.newSecret(account, { name: 'access' });
  await b.live(20 * minute);
  return b;
}

async function returning(): Promise<Wired> {
  const s = await lost();
  s.b.azure.createPool(s.account, { name: 'pool', nodes: 2 });
  s.account.customerKey.timing.nodesBackMs = 30 * minute;
  return enabledAgain(s, 20 * minute);
}

async function mended(): Promise<Wired> {
  return enabledAgain(await lost(), hour);
}

async function enabledAgain({ b }: Cmk, forMs: number): Promise<Wired> {
  b.vault.keys.update('cmk', { enabled: true });
  await b.live(forMs);
  return b;
}

async function unprovisioned(): Promise<Wired> {
  const { b, account } = await cmk();
  account.provisioningState = 'Failed';
  await b.live(hour);
  return b;
}

async function pinnedToItsEnd(): Promise<Wired> {
  const { b, first } = await cmk();
  wishFor(b, first);
  b.vault.keys.update('cmk', { expiresOn: later(b.clock.now(), 5 * day) });
  await b.live(hour);
  return b;
}
