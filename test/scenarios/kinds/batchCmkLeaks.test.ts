import { day, hour, minute } from '../../../lib/model/clock.ts';
import { told } from '../../support/wired.ts';
import { accountWithKey, encrypt, grant, inUse, newest, tags, versions, wishFor } from './batchCmkStage.ts';
import type { Cmk } from './batchCmkStage.ts';

jest.setTimeout(60_000);

/** Adopted when it was new; no event is heard of. */
async function resting(more: Record<string, string> = {}): Promise<Cmk> {
  const s = await accountWithKey();
  s.b.newSecret(s.account, { value: s.first, ageDays: 1, tags: { ...tags, ...more } });
  await s.b.live(20 * minute);
  s.b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  return s;
}

function leak({ b }: Cmk, more: object = {}) {
  return b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked', ...more });
}

function isAbout(s: Cmk, version: string): string {
  return s.first.slice(0, -32) + version;
}

test.each([
  ['keys of the service', () => 'Microsoft.Batch'],
  ['a newer version', (s: Cmk) => isAbout(s, s.b.vault.createKey('cmk').version)],
])('a wish for %s that a POST is to hurry is fulfilled', async (_sentence, wish) => {
  const s = await resting();
  const wished = wish(s);
  wishFor(s.b, wished);
  expect((await leak(s)).status).toBe(202);
  await s.b.live(3 * day);
  expect(inUse(s.account)).toBe(wished);
});

test('the newest version of a key that Batch follows leaked: it is replaced before anything is disabled', async () => {
  const s = await accountWithKey();
  const key = s.first.slice(0, s.first.lastIndexOf('/'));
  encrypt(s.account, key);
  const rotate = { type: 'Rotate', timeAfterCreate: 'P90D' } as const;
  s.b.vault.keys.setRotationPolicy('cmk', { expiryTime: undefined, actions: [rotate] });
  s.b.newSecret(s.account, { value: key, ageDays: 2, tags });
  await s.b.live(20 * minute);
  const { version } = s.b.vault.createKey('cmk');
  await s.b.live(26 * hour);
  const { status } = await leak(s, { compromised: [version] });
  await s.b.live(30 * hour);
  expect(s.account.customerKey.isUsable()).toBe(true);
  expect([status, versions(s.b)]).toEqual([202, 3]);
});

test.each([
  ['before the secret is adopted', 0],
  ['while the account does not take it', 7],
])('a newer version that leaked %s is never published', async (_sentence, hours) => {
  const s = await accountWithKey();
  const { b } = s;
  b.newSecret(s.account, { value: s.first, ageDays: 1, tags });
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  if (hours > 0) await b.live(20 * minute);
  const { faults } = b.azure.core;
  const fault = faults.plan({ operation: 'batch.update', lasting: true, effect: { kind: 'status', status: 503 } });
  const { version } = b.vault.createKey('cmk');
  await b.live(hours * hour);
  expect((await leak(s, { compromised: [version] })).status).toBe(202);
  fault.remove();
  await b.live(2 * day);
  expect(inUse(s.account)).toBe(newest(b.vault));
  expect(inUse(s.account)).not.toContain(version);
});

test('an account that was lost, then not to be seen by this app, is said to be well in the end', async () => {
  const { b, account } = await resting();
  grant(account, b.vault, new Set());
  await b.live(7 * hour);
  grant(account, b.vault);
  const body = { error: { code: 'Forbidden' } };
  b.azure.core.faults.plan({ operation: 'getKey', effect: { kind: 'status', status: 403, body } });
  await b.live(8 * hour);
  expect(told(b).at(-1)).toBe('Target.ResourceWell well-again');
});

test('nor is a second request accepted for a rotation that a pin withdraws', async () => {
  const s = await resting();
  s.b.azure.core.faults.plan({ operation: 'rotateKey', lasting: true, effect: { kind: 'status', status: 503 } });
  expect((await leak(s)).status).toBe(202);
  wishFor(s.b, s.first);
  expect((await leak(s)).status).toBe(409);
});

test('what a pin would withdraw is not accepted', async () => {
  const s = await accountWithKey();
  s.b.newSecret(s.account, { value: s.first, tags: { ...tags, RotationOptions: 'disable-old-version' } });
  await s.b.live(hour);
  wishFor(s.b, inUse(s.account));
  expect((await leak(s)).status).toBe(409);
});
