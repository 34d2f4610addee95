import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { told } from '../../support/wired.ts';
import {
  accountWithKey,
  cmk,
  encrypt,
  grant,
  inUse,
  newKey,
  stands,
  tags,
  versions,
  wishFor,
} from './batchCmkStage.ts';
import type { Cmk } from './batchCmkStage.ts';

jest.setTimeout(60_000);

/** Adopted when it was new. */
async function resting(more: Record<string, string> = {}): Promise<Cmk> {
  const s = await accountWithKey();
  s.b.newSecret(s.account, { value: s.first, ageDays: 1, tags: { ...tags, ...more } });
  await s.b.live(20 * minute);
  return s;
}

function leak({ b }: Cmk, more: object = {}) {
  return b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked', ...more });
}

function unheard({ b }: Cmk): void {
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
}

function withdraw({ b }: Cmk): void {
  const { RotationKey: _, ...rest } = b.tags();
  b.vault.update('secret', { tags: rest });
}

function enabled({ b }: Cmk): readonly boolean[] {
  return b.vault.keys.versions('cmk').map((version) => version.enabled);
}

function keyOf({ first }: Cmk): string {
  return first.slice(0, first.lastIndexOf('/'));
}

test('a newer version that leaked before it was taken up is never published', async () => {
  const s = await resting();
  unheard(s);
  const { version } = s.b.vault.createKey('cmk');
  await leak(s, { compromised: [version] });
  await s.b.live(8 * hour);
  expect(inUse(s.account)).not.toContain(version);
});

test('immediate: the version that Batch still follows is not disabled under it', async () => {
  const s = await accountWithKey();
  encrypt(s.account, keyOf(s));
  s.b.newSecret(s.account, { value: keyOf(s), ageDays: 2, tags: { ...tags, RotationOptions: 'disable-old-version' } });
  await s.b.live(20 * minute);
  expect(s.account.customerKey.isUsable()).toBe(true);
  await leak(s, { mode: 'immediate' });
  await s.b.live(30 * minute);
  expect(s.account.customerKey.isUsable()).toBe(true);
});

test('nor under another account that follows the key', async () => {
  const s = await accountWithKey();
  s.b.newSecret(s.account, { value: s.first, ageDays: 2, tags: { ...tags, RotationOptions: 'disable-old-version' } });
  const other = await s.b.newBatch({ name: 'other', identity: { type: 'SystemAssigned' }, cmkAllowed: true });
  grant(other, s.b.vault);
  encrypt(other, keyOf(s));
  await s.b.live(20 * minute);
  expect(other.customerKey.isUsable()).toBe(true);
  await leak(s, { mode: 'immediate' });
  await s.b.live(30 * minute);
  expect(other.customerKey.isUsable()).toBe(true);
});

test('RotationKey names a version that does not exist: key-missing, and no alarm', async () => {
  const s = await resting();
  wishFor(s.b, `${keyOf(s)}/${'f'.repeat(32)}`);
  await s.b.live(8 * hour);
  expect(told(s.b)).toEqual(['Target.Adopted adopted', 'Rotation.Held key-missing']);
});

test('a wish that the service refused and a person took back leaves the target at rest', async () => {
  const s = await accountWithKey(undefined, false);
  encrypt(s.account, 'Microsoft.Batch');
  s.b.newSecret(s.account, { value: 'Microsoft.Batch', ageDays: 1, tags: { ...tags, RotationKey: keyOf(s) } });
  await s.b.live(hour);
  withdraw(s);
  await s.b.live(2 * day);
  expect(stands(s.b).phase).toMatch(/^idle/);
});

test('a wish for a key without a grant, taken back: no version of the old key is made', async () => {
  const s = await resting();
  const other = await s.b.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  wishFor(s.b, newKey(s.b, other, 'another'));
  await s.b.live(8 * hour);
  withdraw(s);
  await s.b.live(8 * hour);
  expect([versions(s.b), inUse(s.account), stands(s.b).phase]).toEqual([1, s.first, 'idle']);
});

test('an emergency of a pinned key: refused, or begun within the hour after the pin is gone', async () => {
  const s = await resting();
  wishFor(s.b, s.first);
  await s.b.live(7 * hour);
  const { status } = await leak(s, { mode: 'immediate' });
  withdraw(s);
  await s.b.live(2 * hour);
  expect(status === 202 ? versions(s.b) : status).toBe(status === 202 ? 2 : 409);
});

test('the version in use is near its expiry, and the newer one is disabled: another is made', async () => {
  const s = await resting();
  s.b.vault.keys.update('cmk', { expiresOn: later(s.b.clock.now(), 29 * day) });
  s.b.vault.createKey('cmk', { enabled: false });
  await s.b.live(day);
  expect([versions(s.b), inUse(s.account) === s.first]).toEqual([3, false]);
});

test('a person goes back to the old version while it settles: the newest one stays enabled', async () => {
  const s = await cmk({ RotationOptions: 'disable-old-version' });
  await s.b.live(hour);
  encrypt(s.account, s.first);
  await s.b.live(2 * day);
  expect(enabled(s).at(-1)).toBe(true);
  expect(s.account.customerKey.isUsable()).toBe(true);
});
