import { day, hour, minute } from '../../../lib/model/clock.ts';
import { told, type Wired } from '../../support/wired.ts';
import {
  accountWithKey,
  asked,
  cmk,
  encrypt,
  grant,
  identities,
  inUse,
  newest,
  stands,
  tags,
  versions,
} from './batchCmkStage.ts';

jest.setTimeout(60_000);

test('Are customer-managed keys supported for existing Azure Batch accounts? No: said, and nothing changes', async () => {
  const { b, account, first } = await accountWithKey(identities['system-assigned'], false);
  encrypt(account, 'Microsoft.Batch');
  b.newSecret(account, { value: 'Microsoft.Batch', tags: { ...tags, RotationKey: first } });
  await b.live(2 * hour);
  expect(told(b)).toContain('Rotation.Held cmk-not-for-existing');
  expect(inUse(account)).toBe('Microsoft.Batch');
});

test('What operations are available after a key is revoked? Only deletion: nothing is tried but to look', async () => {
  const { b, account } = await cmk();
  grant(account, b.vault, new Set());
  await b.live(6 * hour);
  expect(told(b)).toContain('Rotation.Held key-access-lost');
  const tried = new Set(b.azure.core.journal.calls.map(({ operation }) => operation));
  expect([tried.has('rotateKey'), tried.has('batch.update'), versions(b)]).toEqual([false, false, 1]);
});

test('How to restore access after the key was deleted? It is recovered: seen by itself, and the rotation is made', async () => {
  const { b, account } = await cmk();
  b.vault.keys.delete('cmk');
  await b.live(hour);
  expect(told(b)).toContain('Rotation.Held key-access-lost');
  b.vault.keys.recover('cmk');
  await b.live(hour);
  expect([inUse(account), stands(b).phase]).toEqual([newest(b.vault), 'idle']);
});

test('Can I disable customer-managed keys? At any time: afterwards the key may be deleted', async () => {
  const { b, account } = await cmk({ RotationKey: 'Microsoft.Batch' });
  await b.live(20 * minute);
  b.vault.keys.delete('cmk');
  await b.live(day);
  expect([inUse(account), account.customerKey.isUsable()]).toEqual(['Microsoft.Batch', true]);
  expect(told(b).some((each) => each.endsWith('key-access-lost'))).toBe(false);
});

test('How can I rotate my keys? The identifier of the account is updated, which Keyturn does', async () => {
  const { b, account, first } = await cmk();
  await b.live(20 * minute);
  expect([asked(b, 'rotateKey'), asked(b, 'batch.update'), inUse(account)]).toEqual([1, 1, newest(b.vault)]);
  expect(inUse(account)).not.toBe(first);
});

test('How long until the account works again? Up to 10 minutes: said to be well then, and not before', async () => {
  const { b, account } = await accountWithKey();
  b.newSecret(account, { value: inUse(account), ageDays: 1, tags });
  await b.sweep('generate');
  grant(account, b.vault, new Set());
  await b.live(7 * hour);
  grant(account, b.vault);
  let usableForMs = 0;
  for (; !isWell(b) && usableForMs < 30 * minute; usableForMs += account.customerKey.isUsable() ? minute : 0) {
    await b.live(minute);
  }
  expect(usableForMs).toBeGreaterThan(0);
  expect(usableForMs).toBeLessThanOrEqual(6 * minute);
});

function isWell(b: Wired): boolean {
  return told(b).includes('Target.ResourceWell well-again');
}

test('What happens to my resources meanwhile? Nodes are away and tasks requeued; well only with the nodes', async () => {
  const { b, account } = await cmk();
  b.azure.createPool(account, { name: 'pool', nodes: 2 });
  account.customerKey.timing.nodesBackMs = 20 * minute;
  const areAway = () => account.customerKey.nodes().down;
  grant(account, b.vault, new Set());
  await b.live(hour);
  expect([areAway(), adviceOf(b, 'key-access-lost')]).toEqual([
    true,
    expect.stringMatching(/nodes.*tasks are requeued/),
  ]);
  grant(account, b.vault);
  while (areAway()) {
    expect(isWell(b)).toBe(false);
    await b.live(minute);
  }
  await b.live(hour);
  expect([isWell(b), inUse(account)]).toEqual([true, newest(b.vault)]);
});

function adviceOf(b: Wired, reason: string): unknown {
  return b.said().find(({ data }) => data.reason === reason)?.data['advice'];
}
