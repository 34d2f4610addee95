import { hour, minute } from '../../../lib/model/clock.ts';
import { told } from '../../support/wired.ts';
import { accountWithKey, cmk, encrypt, grant, tags } from './batchCmkStage.ts';
import type { Cmk } from './batchCmkStage.ts';

jest.setTimeout(60_000);

/** Adopted when it was new. */
async function resting(): Promise<Cmk> {
  const s = await accountWithKey();
  s.b.newSecret(s.account, { value: s.first, ageDays: 1, tags });
  await s.b.live(20 * minute);
  return s;
}

function keyOf({ first }: Cmk): string {
  return first.slice(0, first.lastIndexOf('/'));
}

test.each([
  [
    'an outage',
    (s: Cmk) => s.b.azure.core.faults.plan({ operation: 'batch.get', effect: { kind: 'status', status: 503 } }),
  ],
  ['the identity taken away', (s: Cmk) => (s.account.identity = { type: 'None' })],
])('an account that has lost its key is not said to be well by %s', async (_sentence, act) => {
  const s = await resting();
  grant(s.account, s.b.vault, new Set());
  await s.b.live(7 * hour);
  act(s);
  await s.b.live(2 * hour);
  expect(told(s.b)).not.toContain('Target.ResourceWell well-again');
});

test('nor is it forgotten by an outage that it is to be said to be well in the end', async () => {
  const s = await resting();
  grant(s.account, s.b.vault, new Set());
  await s.b.live(7 * hour);
  s.b.azure.core.faults.plan({ operation: 'batch.get', effect: { kind: 'status', status: 503 } });
  await s.b.live(5 * minute);
  grant(s.account, s.b.vault);
  await s.b.live(hour);
  expect(told(s.b).slice(-2)).toEqual(['Rotation.Held key-access-lost', 'Target.ResourceWell well-again']);
});

test('access lost while a rotation settles is told the same day', async () => {
  const s = await cmk({ RotationOptions: 'disable-old-version' });
  await s.b.live(hour);
  grant(s.account, s.b.vault, new Set());
  await s.b.live(8 * hour);
  expect(told(s.b)).toContain('Rotation.Held key-access-lost');
});

test('where pools cannot be read, a disabled key that Batch follows is seen by the key itself', async () => {
  const s = await accountWithKey();
  encrypt(s.account, keyOf(s));
  s.b.newSecret(s.account, { value: keyOf(s), ageDays: 1, tags });
  const body = { error: { code: 'AuthorizationFailed' } };
  s.b.azure.core.faults.plan({ operation: 'pool.list', lasting: true, effect: { kind: 'status', status: 403, body } });
  await s.b.live(20 * minute);
  s.b.vault.keys.update('cmk', { enabled: false });
  await s.b.live(12 * hour);
  expect(told(s.b)).toContain('Rotation.Held key-access-lost');
});

test('a wrong CredentialId of a key without a version is corrected, and is no alarm', async () => {
  const { b, account, first } = await accountWithKey();
  const key = first.slice(0, first.lastIndexOf('/'));
  encrypt(account, key);
  b.newSecret(account, { value: key, ageDays: 1, tags });
  await b.live(20 * minute);
  b.vault.update('secret', { tags: { ...b.tags(), CredentialId: 'f'.repeat(32) } });
  await b.live(12 * hour);
  expect(told(b)).not.toContain('Rotation.Held key-access-lost');
  expect(b.tags()['CredentialId']).toBe(first.split('/').at(-1));
});

test('the account works again, and it is this app that may not read the key: told in its own word', async () => {
  const { b, account } = await resting();
  grant(account, b.vault, new Set());
  await b.live(7 * hour);
  grant(account, b.vault);
  const body = { error: { code: 'Forbidden' } };
  b.azure.core.faults.plan({ operation: 'getKey', lasting: true, effect: { kind: 'status', status: 403, body } });
  await b.live(3 * hour);
  expect(told(b)).toContain('Rotation.Held forbidden');
});
