import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import {
  cmkTags,
  countCalls,
  countVersions,
  createAccountWithKey,
  createDueCmk,
  identities,
  keyInUse,
  newestKey,
  secretState,
  setKey,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

test.each(['system-assigned', 'user-assigned'] as const)(
  'a due account with a %s identity gets a new version',
  async (identity) => {
    const { app, account, first } = await createDueCmk({}, identities[identity]);
    await app.run(20 * minute);
    expect(countVersions(app)).toBe(2);
    expect(keyInUse(account)).toBe(newestKey(app.vault));
    expect(secretState(app)).toEqual({
      value: keyInUse(account),
      phase: 'idle',
      id: keyInUse(account).split('/').at(-1),
    });
    expect(app.vault.keys.versions('cmk').every(({ enabled }) => enabled)).toBe(true);
    expect(keyInUse(account)).not.toBe(first);
  },
);

test('a newer usable version is adopted when the target is due, and none is made', async () => {
  const { app, account } = await createDueCmk();
  app.vault.createKey('cmk');
  await app.run(20 * minute);
  expect([countVersions(app), keyInUse(account)]).toEqual([2, newestKey(app.vault)]);
});

test('Update the key version: the KeyNewVersionCreated event changes the account long before it is due', async () => {
  const { app, account } = await createAdopted();
  app.vault.createKey('cmk');
  await app.runEvents(2 * minute);
  expect(keyInUse(account)).toBe(newestKey(app.vault));
  expect(secretState(app)).toMatchObject({ value: keyInUse(account), phase: 'idle' });
  expect(countCalls(app, 'rotateKey')).toBe(0);
});

test('the KeyNearExpiry event makes a version', async () => {
  const { app, account } = await createAdopted({ expiresInDays: 29 });
  app.azure.eventGrid.emit('KeyNearExpiry', app.vault, 'cmk');
  await app.runEvents(2 * minute);
  expect([countVersions(app), keyInUse(account)]).toEqual([2, newestKey(app.vault)]);
});

test('the drift check finds a key near its expiry', async () => {
  const { app, account } = await createAdopted({ expiresInDays: 31 });
  await app.run(12 * hour);
  expect(countVersions(app)).toBe(1);
  await app.run(30 * hour);
  expect([countVersions(app), keyInUse(account)]).toEqual([2, newestKey(app.vault)]);
  expect(app.announced()).toContain('Rotation.Completed completed');
});

test('the drift check finds a newer version without an event', async () => {
  const { app, account } = await createAdopted();
  app.dropEvents();
  app.vault.createKey('cmk');
  await app.run(7 * hour);
  expect(keyInUse(account)).toBe(newestKey(app.vault));
});

test('an emergency makes a version at once, even after a newer one', async () => {
  const { app, account } = await createAdopted();
  app.dropEvents();
  app.vault.createKey('cmk');
  const { status } = await app.post({ vault: app.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked' });
  expect(status).toBe(202);
  await app.run(10 * minute);
  expect([countVersions(app), keyInUse(account)]).toEqual([3, newestKey(app.vault)]);
});

test('two instances with every event twice make one version and one PATCH', async () => {
  const { app, account } = await createDueCmk();
  app.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'duplicate', times: 2, afterMs: 1_000 } });
  await Promise.all([app.sweep('generate'), app.sweep('generate'), app.deliverEvents()]);
  await app.run(10 * minute);
  expect([countVersions(app), countCalls(app, 'rotateKey'), countCalls(app, 'batch.update')]).toEqual([2, 1, 1]);
  expect(keyInUse(account)).toBe(newestKey(app.vault));
});

test('a newer unusable version is left alone, and another is made when the target is due', async () => {
  const { app, account, first } = await createAdopted();
  app.vault.createKey('cmk', { enabled: false });
  await app.run(7 * hour);
  expect([countVersions(app), keyInUse(account)]).toEqual([2, first]);
  app.pass(31 * day);
  await app.run(hour);
  expect([countVersions(app), keyInUse(account)]).toEqual([3, newestKey(app.vault)]);
});

test('a version is adopted when it becomes valid', async () => {
  const { app, account, first } = await createAdopted();
  app.vault.createKey('cmk', { notBefore: later(app.clock.now(), day) });
  await app.run(20 * hour);
  expect(keyInUse(account)).toBe(first);
  await app.run(12 * hour);
  expect(keyInUse(account)).toBe(newestKey(app.vault));
});

test("the secret follows a person's change of the account, and no version is made", async () => {
  const { app, account } = await createAdopted();
  app.dropEvents();
  app.vault.createKey('cmk');
  setKey(account, newestKey(app.vault));
  await app.run(7 * hour);
  expect(secretState(app)).toMatchObject({ value: newestKey(app.vault), phase: 'idle' });
  expect([countVersions(app), countCalls(app, 'batch.update')]).toEqual([2, 0]);
});

/** An adopted key that is due in 30 days. */
async function createAdopted({ expiresInDays }: { expiresInDays?: number } = {}) {
  const target = await createAccountWithKey();
  const { app, first, account } = target;
  if (expiresInDays) app.vault.keys.update('cmk', { expiresOn: later(app.clock.now(), expiresInDays * day) });
  app.newSecret(account, { value: first, tags: cmkTags, ageDays: 30 });
  await app.sweep('generate');
  await app.deliverEvents();
  return target;
}
