import { day, hour, minute } from '../../../lib/model/clock.ts';
import { adviceFor } from '../../../lib/model/reason.ts';
import {
  cmkTags,
  countCalls,
  countVersions,
  createAccountWithKey,
  createAdoptedCmk,
  createDueCmk,
  grantKeyAccess,
  keyInUse,
  keyWithoutVersion,
  revokeKeyAccess,
  secretState,
  setKey,
  type CmkTarget,
} from '../../support/customerManagedKeys.ts';

const losses: [string, (target: CmkTarget) => void, (target: CmkTarget) => void][] = [
  [
    'the key is disabled',
    ({ app }) => app.vault.keys.update('cmk', { enabled: false }),
    ({ app }) => app.vault.keys.update('cmk', { enabled: true }),
  ],
  ['the key is deleted', ({ app }) => app.vault.keys.delete('cmk'), ({ app }) => app.vault.keys.recover('cmk')],
  [
    'the grant is removed',
    ({ app, account }) => {
      revokeKeyAccess(account, app.vault);
    },
    ({ app, account }) => {
      grantKeyAccess(account, app.vault);
    },
  ],
];

test.each(losses)(
  'key-access-lost is announced and inspected every few minutes when %s, and its end is announced',
  async (...loss) => {
    const [, lose, mend] = loss;
    const target = await createAdoptedCmk();
    const { app, first } = target;
    lose(target);
    await app.run(7 * hour);
    expect(app.announced().filter((each) => each.endsWith('key-access-lost'))).toEqual([
      'Rotation.Held key-access-lost',
    ]);
    const looks = countCalls(app, 'batch.get');
    await app.run(hour);
    expect(countCalls(app, 'batch.get') - looks).toBeGreaterThanOrEqual(4);
    mend(target);
    await app.run(hour);
    expect(secretState(app)).toMatchObject({ value: first, phase: 'idle' });
    expect(app.announced().at(-1)).toBe('Target.ResourceWell well-again');
  },
);

test.each([
  ['return', 30 * minute, 25 * minute, 40 * minute],
  ['stay away for an hour', day, 50 * minute, 70 * minute],
])('ResourceWell is announced after the nodes %s', async (_sentence, nodesBackMs, tooEarlyMs, thenMs) => {
  const target = await createAdoptedCmk();
  const { app, account } = target;
  account.customerKey.timing.recoveryMs = minute;
  account.customerKey.timing.nodesBackMs = nodesBackMs;
  app.azure.createPool(account, { name: 'nodes', nodes: 2 });
  revokeKeyAccess(account, app.vault);
  await app.run(7 * hour);
  grantKeyAccess(account, app.vault);
  await app.run(tooEarlyMs);
  expect([app.announced().at(-1), secretState(app).phase]).toEqual([
    'Rotation.Held key-access-lost',
    expect.stringContaining('nodes-returning'),
  ]);
  await app.run(thenMs - tooEarlyMs);
  expect([app.announced().at(-1), secretState(app).phase]).toEqual(['Target.ResourceWell well-again', 'idle']);
});

test('the advice says that a recovered vault has lost its roles and event subscriptions, and how long it takes', () => {
  expect(adviceFor('key-access-lost')).toMatch(/recover.*roles and event subscriptions.*10 minutes/s);
});

test('nothing is made or changed while key access is lost', async () => {
  const target = await createDueCmk();
  target.app.vault.keys.update('cmk', { enabled: false });
  await target.app.run(day);
  expect([countVersions(target.app), countCalls(target.app, 'rotateKey'), keyInUse(target.account)]).toEqual([
    1,
    0,
    target.first,
  ]);
});

test('the access key of the account is held as account-disabled, and rotated afterwards', async () => {
  const { app, account } = await createAccountWithKey();
  app.newSecret(account, { name: 'access' });
  revokeKeyAccess(account, app.vault);
  await app.run(hour);
  expect(app.announced('access')).toContain('Rotation.Held account-disabled');
  grantKeyAccess(account, app.vault);
  await app.run(2 * hour);
  expect(secretState(app, 'access').value).toBe(app.keys(account).Secondary);
});

test('the key itself shows that access is lost when pools cannot be read', async () => {
  const { app } = await createAdoptedCmk();
  app.azure.core.faults.plan({
    operation: 'pool.list',
    lasting: true,
    effect: { kind: 'status', status: 403, body: { error: { code: 'AuthorizationFailed' } } },
  });
  app.vault.keys.update('cmk', { enabled: false });
  await app.run(7 * hour);
  expect(app.announced()).toContain('Rotation.Held key-access-lost');
});

test.each([
  [
    'an outage',
    (target: CmkTarget) =>
      target.app.azure.core.faults.plan({ operation: 'batch.get', effect: { kind: 'status', status: 503 } }),
  ],
  ['the removal of the identity', (target: CmkTarget) => (target.account.identity = { type: 'None' })],
])('ResourceWell is not announced because of %s', async (_sentence, act) => {
  const target = await createAdoptedCmk();
  revokeKeyAccess(target.account, target.app.vault);
  await target.app.run(7 * hour);
  act(target);
  await target.app.run(2 * hour);
  expect(target.app.announced()).not.toContain('Target.ResourceWell well-again');
});

test('an outage does not suppress the recovery announcement', async () => {
  const target = await createAdoptedCmk();
  revokeKeyAccess(target.account, target.app.vault);
  await target.app.run(7 * hour);
  target.app.azure.core.faults.plan({ operation: 'batch.get', effect: { kind: 'status', status: 503 } });
  await target.app.run(5 * minute);
  grantKeyAccess(target.account, target.app.vault);
  await target.app.run(hour);
  expect(target.app.announced().slice(-2)).toEqual(['Rotation.Held key-access-lost', 'Target.ResourceWell well-again']);
});

test('key-access-lost is announced the same day during an overlap', async () => {
  const target = await createDueCmk({ RotationOptions: 'disable-old-version' });
  await target.app.run(hour);
  revokeKeyAccess(target.account, target.app.vault);
  await target.app.run(8 * hour);
  expect(target.app.announced()).toContain('Rotation.Held key-access-lost');
});

test('the key itself shows that a key that Batch follows is disabled when pools cannot be read', async () => {
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

test('a wrong CredentialId of a key without a version is corrected without an alarm', async () => {
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

test('forbidden is announced when the account works again and the app may not read the key', async () => {
  const { app, account } = await createAdoptedCmk();
  revokeKeyAccess(account, app.vault);
  await app.run(7 * hour);
  grantKeyAccess(account, app.vault);
  const body = { error: { code: 'Forbidden' } };
  app.azure.core.faults.plan({ operation: 'getKey', lasting: true, effect: { kind: 'status', status: 403, body } });
  await app.run(3 * hour);
  expect(app.announced()).toContain('Rotation.Held forbidden');
});
