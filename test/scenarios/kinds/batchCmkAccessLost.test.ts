import { day, hour, minute } from '../../../lib/model/clock.ts';
import { adviceFor } from '../../../lib/model/reason.ts';
import { told } from '../../support/wired.ts';
import { accountWithKey, asked, cmk, grant, inUse, stands, tags, versions, type Cmk } from './batchCmkStage.ts';

jest.setTimeout(60_000);

async function resting(): Promise<Cmk> {
  const s = await accountWithKey();
  s.b.newSecret(s.account, { value: s.first, ageDays: 1, tags });
  await s.b.live(20 * minute);
  return s;
}

const losses: [string, (s: Cmk) => void, (s: Cmk) => void][] = [
  [
    'the key is disabled',
    ({ b }) => b.vault.keys.update('cmk', { enabled: false }),
    ({ b }) => b.vault.keys.update('cmk', { enabled: true }),
  ],
  ['the key is deleted', ({ b }) => b.vault.keys.delete('cmk'), ({ b }) => b.vault.keys.recover('cmk')],
  [
    'the grant is taken away',
    ({ b, account }) => {
      grant(account, b.vault, new Set());
    },
    ({ b, account }) => {
      grant(account, b.vault);
    },
  ],
];

test.each(losses)(
  '%s: told at once with what to do, looked at every few minutes, and said to be well',
  async (...loss) => {
    const [, lose, mend] = loss;
    const s = await resting();
    const { b, first } = s;
    lose(s);
    await b.live(7 * hour);
    expect(told(b).filter((each) => each.endsWith('key-access-lost'))).toEqual(['Rotation.Held key-access-lost']);
    const looks = asked(b, 'batch.get');
    await b.live(hour);
    expect(asked(b, 'batch.get') - looks).toBeGreaterThanOrEqual(4);
    mend(s);
    await b.live(hour);
    expect(stands(b)).toMatchObject({ value: first, phase: 'idle' });
    expect(told(b).at(-1)).toBe('Target.ResourceWell well-again');
  },
);

test.each([
  ['come back', 30 * minute, 25 * minute, 40 * minute],
  ['stay away for reasons of their own, at most an hour,', day, 50 * minute, 70 * minute],
])('it is not well before its nodes %s', async (_sentence, nodesBackMs, tooEarlyMs, thenMs) => {
  const s = await resting();
  const { b, account } = s;
  account.customerKey.timing.recoveryMs = minute;
  account.customerKey.timing.nodesBackMs = nodesBackMs;
  b.azure.createPool(account, { name: 'nodes', nodes: 2 });
  grant(account, b.vault, new Set());
  await b.live(7 * hour);
  grant(account, b.vault);
  await b.live(tooEarlyMs);
  expect([told(b).at(-1), stands(b).phase]).toEqual([
    'Rotation.Held key-access-lost',
    expect.stringContaining('nodes-returning'),
  ]);
  await b.live(thenMs - tooEarlyMs);
  expect([told(b).at(-1), stands(b).phase]).toEqual(['Target.ResourceWell well-again', 'idle']);
});

test('what to do says that a recovered vault lost its roles and event subscriptions, and how long it takes', () => {
  expect(adviceFor('key-access-lost')).toMatch(/recover.*roles and event subscriptions.*10 minutes/s);
});

test('as long as access is lost no version is made and nothing is changed', async () => {
  const s = await cmk();
  s.b.vault.keys.update('cmk', { enabled: false });
  await s.b.live(day);
  expect([versions(s.b), asked(s.b, 'rotateKey'), inUse(s.account)]).toEqual([1, 0, s.first]);
});

test('the access key of the account waits too, in its own words, and is rotated afterwards', async () => {
  const { b, account } = await accountWithKey();
  b.newSecret(account, { name: 'access' });
  grant(account, b.vault, new Set());
  await b.live(hour);
  expect(told(b, 'access')).toContain('Rotation.Held account-disabled');
  grant(account, b.vault);
  await b.live(2 * hour);
  expect(stands(b, 'access').value).toBe(b.keys(account).Secondary);
});

test('where this app may not read pools, a lost key is seen by the key itself', async () => {
  const { b } = await resting();
  b.azure.core.faults.plan({
    operation: 'pool.list',
    lasting: true,
    effect: { kind: 'status', status: 403, body: { error: { code: 'AuthorizationFailed' } } },
  });
  b.vault.keys.update('cmk', { enabled: false });
  await b.live(7 * hour);
  expect(told(b)).toContain('Rotation.Held key-access-lost');
});
