import { day, hour, minute } from '../../../lib/model/clock.ts';
import { told } from '../../support/wired.ts';
import {
  accountWithKey,
  asked,
  cmk,
  encrypt,
  grant,
  inUse,
  newest,
  newKey,
  stands,
  tags,
  versions,
} from './batchCmkStage.ts';

jest.setTimeout(60_000);

function enabled(b: Awaited<ReturnType<typeof cmk>>['b']): readonly boolean[] {
  return b.vault.keys.versions('cmk').map((version) => version.enabled);
}

test('without a wish the old version stays enabled, and the rotation is complete at once', async () => {
  const { b } = await cmk();
  await b.live(16 * minute);
  expect(stands(b).phase).toBe('idle');
  await b.live(2 * day);
  expect(enabled(b)).toEqual([true, true]);
});

test('disable-old-version: after 25 hours at least, whatever settle is wished for', async () => {
  const { b } = await cmk({ RotationOptions: 'disable-old-version', RotationOverlap: 'PT1H' });
  await b.live(24 * hour);
  expect(stands(b).phase).toContain('overlap');
  expect(enabled(b)).toEqual([true, true]);
  await b.live(3 * hour);
  expect(enabled(b)).toEqual([false, true]);
  expect(stands(b).phase).toBe('idle');
});

test('disable-old-version: not before the account reports the new version', async () => {
  const { b, account, first } = await cmk({ RotationOptions: 'disable-old-version' });
  b.azure.core.faults.plan({ operation: 'batch.update', lasting: true, effect: { kind: 'status', status: 503 } });
  await b.live(30 * hour);
  expect([inUse(account), versions(b)]).toEqual([first, 2]);
  expect(enabled(b)).toEqual([true, true]);
});

test('disable-old-version waits for another account that still uses the version', async () => {
  const { b, first } = await cmk({ RotationOptions: 'disable-old-version' });
  const other = await b.newBatch({ name: 'other', identity: { type: 'SystemAssigned' }, cmkAllowed: true });
  b.vault.grants.set('', new Set());
  grant(other, b.vault);
  encrypt(other, first);
  await b.live(27 * hour);
  expect(enabled(b)).toEqual([true, true]);
  expect(told(b)).toContain('Rotation.Held key-still-used');
  encrypt(other, newest(b.vault));
  await b.live(2 * hour);
  expect(enabled(b)).toEqual([false, true]);
});

test('Use a different key: RotationKey names one of another vault, and the old one is left alone', async () => {
  const { b, account } = await cmk();
  const other = await b.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  grant(account, other);
  const wish = newKey(b, other, 'another');
  b.vault.update('secret', { tags: { ...b.tags(), RotationKey: wish.slice(0, wish.lastIndexOf('/')) } });
  await b.live(16 * minute);
  expect([inUse(account), stands(b).value]).toEqual([wish, wish]);
  expect(versions(b)).toBe(1);
});

test('RotationKey that is no identifier of a key: told, and the account is left alone', async () => {
  const { b, account, first } = await cmk({ RotationKey: 'https://kv.vault.azure.net/secrets/cmk' });
  await b.live(hour);
  expect(told(b)).toContain('Rotation.Held bad-tags');
  expect([inUse(account), asked(b, 'rotateKey')]).toEqual([first, 0]);
});

test('RotationKey names a version: it is used, and none is made as long as it is named', async () => {
  const { b, account, first } = await cmk();
  b.vault.createKey('cmk');
  b.vault.update('secret', { tags: { ...b.tags(), RotationKey: first } });
  await b.live(5 * hour);
  expect([inUse(account), versions(b), asked(b, 'rotateKey')]).toEqual([first, 2, 0]);
  const { RotationKey: _, ...rest } = b.tags();
  b.vault.update('secret', { tags: rest });
  await b.live(25 * hour);
  expect(inUse(account)).toBe(newest(b.vault));
});

test('Enable customer-managed keys: RotationKey names a key, on an account that was made for one', async () => {
  const { b, account, first } = await accountWithKey();
  encrypt(account, 'Microsoft.Batch');
  b.newSecret(account, { value: 'Microsoft.Batch', ageDays: 1, tags: { ...tags, RotationKey: first.slice(0, -33) } });
  await b.live(20 * minute);
  expect([inUse(account), stands(b).value, stands(b).phase]).toEqual([first, first, 'idle']);
});

test('Disable customer-managed keys: RotationKey is Microsoft.Batch, and the old key may be deleted', async () => {
  const { b, account } = await cmk({ RotationKey: 'Microsoft.Batch' });
  await b.live(20 * minute);
  expect([inUse(account), stands(b).value, stands(b).id]).toEqual([
    'Microsoft.Batch',
    'Microsoft.Batch',
    'microsoft.batch',
  ]);
  expect(b.vault.keys.versions('cmk').map((version) => version.enabled)).toEqual([true]);
  b.vault.keys.delete('cmk');
  await b.live(3 * day);
  expect(told(b).filter((each) => each.endsWith('microsoft-managed'))).toHaveLength(1);
  expect(told(b).filter((each) => each.includes('Stuck'))).toEqual([]);
});
