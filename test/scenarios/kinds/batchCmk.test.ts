import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { told } from '../../support/wired.ts';
import {
  accountWithKey,
  asked,
  cmk,
  encrypt,
  identities,
  inUse,
  newest,
  stands,
  tags,
  versions,
} from './batchCmkStage.ts';

jest.setTimeout(60_000);

test.each(['system-assigned', 'user-assigned'] as const)(
  'a due account with a %s identity gets a new version',
  async (identity) => {
    const { b, account, first } = await cmk({}, identities[identity]);
    await b.live(20 * minute);
    expect(versions(b)).toBe(2);
    expect(inUse(account)).toBe(newest(b.vault));
    expect(stands(b)).toEqual({ value: inUse(account), phase: 'idle', id: inUse(account).split('/').at(-1) });
    expect(b.vault.keys.versions('cmk').every(({ enabled }) => enabled)).toBe(true);
    expect(inUse(account)).not.toBe(first);
  },
);

test('a newer fit version is adopted when it is due: no other one is made', async () => {
  const { b, account } = await cmk();
  b.vault.createKey('cmk');
  await b.live(20 * minute);
  expect([versions(b), inUse(account)]).toEqual([2, newest(b.vault)]);
});

test('Update the key version: KeyNewVersionCreated alone brings the account to it, long before it is due', async () => {
  const { b, account } = await adopted();
  b.vault.createKey('cmk');
  await b.events(2 * minute);
  expect(inUse(account)).toBe(newest(b.vault));
  expect(stands(b)).toMatchObject({ value: inUse(account), phase: 'idle' });
  expect(asked(b, 'rotateKey')).toBe(0);
});

test('KeyNearExpiry alone has Keyturn make a version', async () => {
  const { b, account } = await adopted({ expiresInDays: 29 });
  b.azure.eventGrid.emit('KeyNearExpiry', b.vault, 'cmk');
  await b.events(2 * minute);
  expect([versions(b), inUse(account)]).toEqual([2, newest(b.vault)]);
});

test('a key that is near its expiry is found by the rolling check where no event comes', async () => {
  const { b, account } = await adopted({ expiresInDays: 31 });
  await b.live(12 * hour);
  expect(versions(b)).toBe(1);
  await b.live(30 * hour);
  expect([versions(b), inUse(account)]).toEqual([2, newest(b.vault)]);
  expect(told(b)).toContain('Rotation.Completed completed');
});

test('a newer version that no event told of is found by the rolling check', async () => {
  const { b, account } = await adopted();
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  b.vault.createKey('cmk');
  await b.live(7 * hour);
  expect(inUse(account)).toBe(newest(b.vault));
});

test('an emergency makes a version at once, also where a newer one was there already', async () => {
  const { b, account } = await adopted();
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  b.vault.createKey('cmk');
  const { status } = await b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked' });
  expect(status).toBe(202);
  await b.live(10 * minute);
  expect([versions(b), inUse(account)]).toEqual([3, newest(b.vault)]);
});

test('two instances and every event twice: one version, one PATCH', async () => {
  const { b, account } = await cmk();
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'duplicate', times: 2, afterMs: 1_000 } });
  await Promise.all([b.sweep('generate'), b.sweep('generate'), b.deliver()]);
  await b.live(10 * minute);
  expect([versions(b), asked(b, 'rotateKey'), asked(b, 'batch.update')]).toEqual([2, 1, 1]);
  expect(inUse(account)).toBe(newest(b.vault));
});

test('a newer version that is not fit is left alone, and another one is made when it is due', async () => {
  const { b, account, first } = await adopted();
  b.vault.createKey('cmk', { enabled: false });
  await b.live(7 * hour);
  expect([versions(b), inUse(account)]).toEqual([2, first]);
  b.pass(31 * day);
  await b.live(hour);
  expect([versions(b), inUse(account)]).toEqual([3, newest(b.vault)]);
});

test('a version that becomes valid later is adopted then', async () => {
  const { b, account, first } = await adopted();
  b.vault.createKey('cmk', { notBefore: later(b.clock.now(), day) });
  await b.live(20 * hour);
  expect(inUse(account)).toBe(first);
  await b.live(12 * hour);
  expect(inUse(account)).toBe(newest(b.vault));
});

test('a person changes the account: the secret follows, and no version is made for it', async () => {
  const { b, account } = await adopted();
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  b.vault.createKey('cmk');
  encrypt(account, newest(b.vault));
  await b.live(7 * hour);
  expect(stands(b)).toMatchObject({ value: newest(b.vault), phase: 'idle' });
  expect([versions(b), asked(b, 'batch.update')]).toEqual([2, 0]);
});

/** Rests, and is due in 30 days. */
async function adopted({ expiresInDays }: { expiresInDays?: number } = {}) {
  const s = await accountWithKey();
  const { b, first, account } = s;
  if (expiresInDays) b.vault.keys.update('cmk', { expiresOn: later(b.clock.now(), expiresInDays * day) });
  b.newSecret(account, { value: first, tags, ageDays: 30 });
  await b.sweep('generate');
  await b.deliver();
  return s;
}
