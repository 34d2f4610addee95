import { day, hour, minute } from '../../../lib/model/clock.ts';
import { adviceFor } from '../../../lib/model/reason.ts';
import {
  countCalls,
  countVersions,
  createAccountWithKey,
  createAdoptedCmk,
  createDueCmk,
  grantKeyAccess,
  keyInUse,
  revokeKeyAccess,
  secretState,
  type CmkTarget,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

const losses: [string, (target: CmkTarget) => void, (target: CmkTarget) => void][] = [
  [
    'the key is disabled',
    ({ app }) => app.vault.keys.update('cmk', { enabled: false }),
    ({ app }) => app.vault.keys.update('cmk', { enabled: true }),
  ],
  ['the key is deleted', ({ app }) => app.vault.keys.delete('cmk'), ({ app }) => app.vault.keys.recover('cmk')],
  [
    'the grantKeyAccess is taken away',
    ({ app, account }) => {
      revokeKeyAccess(account, app.vault);
    },
    ({ app, account }) => {
      grantKeyAccess(account, app.vault);
    },
  ],
];

test.each(losses)(
  '%s: told at once with what to do, looked at every few minutes, and said to be well',
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
  ['come back', 30 * minute, 25 * minute, 40 * minute],
  ['stay away for reasons of their own, at most an hour,', day, 50 * minute, 70 * minute],
])('it is not well before its nodes %s', async (_sentence, nodesBackMs, tooEarlyMs, thenMs) => {
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

test('what to do says that a recovered vault lost its roles and event subscriptions, and how long it takes', () => {
  expect(adviceFor('key-access-lost')).toMatch(/recover.*roles and event subscriptions.*10 minutes/s);
});

test('as long as access is lost no version is made and nothing is changed', async () => {
  const target = await createDueCmk();
  target.app.vault.keys.update('cmk', { enabled: false });
  await target.app.run(day);
  expect([countVersions(target.app), countCalls(target.app, 'rotateKey'), keyInUse(target.account)]).toEqual([
    1,
    0,
    target.first,
  ]);
});

test('the access key of the account waits too, in its own words, and is rotated afterwards', async () => {
  const { app, account } = await createAccountWithKey();
  app.newSecret(account, { name: 'access' });
  revokeKeyAccess(account, app.vault);
  await app.run(hour);
  expect(app.announced('access')).toContain('Rotation.Held account-disabled');
  grantKeyAccess(account, app.vault);
  await app.run(2 * hour);
  expect(secretState(app, 'access').value).toBe(app.keys(account).Secondary);
});

test('where this app may not read pools, a lost key is seen by the key itself', async () => {
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
