import { day, hour, later } from '../../lib/model/clock.ts';
import type { NewKey } from '../../infra/local/azure/keyvault/keys/store.ts';
import type { Vault } from '../../infra/local/azure/keyvault/vault.ts';
import { told, type Wired } from '../wired.ts';
import {
  accountWithKey,
  asked,
  cmk,
  encrypt,
  grant,
  identities,
  inUse,
  newKey,
  stands,
  tags,
  type Cmk,
} from './batchCmkStage.ts';

jest.setTimeout(60_000);

const now = new Date('2026-03-02T01:00:00Z');

test.each<[string, NewKey, string]>([
  ['an elliptic curve', { kty: 'EC' }, 'key-not-rsa'],
  ['RSA that may not wrap', { operations: ['unwrapKey'] }, 'key-operations'],
  ['RSA that may not unwrap', { operations: ['wrapKey'] }, 'key-operations'],
  ['disabled', { enabled: false }, 'key-disabled'],
  ['not yet valid', { notBefore: later(now, day) }, 'key-not-yet-valid'],
  ['expired', { expiresOn: later(now, -day) }, 'key-expired'],
])('the key wished for is %s: told, and the account left alone', async (_sentence, wanted, reason) => {
  const { b, account, first } = await cmk();
  const other = newKey(b, b.vault, 'other', wanted);
  b.vault.update('secret', { tags: { ...b.tags(), RotationKey: other } });
  await b.live(hour);
  expect(told(b)).toContain(`Rotation.Held ${reason}`);
  expect([inUse(account), asked(b, 'batch.update'), asked(b, 'rotateKey')]).toEqual([first, 0, 0]);
});

test.each([
  ['in a managed HSM', 'https://hsm.managedhsm.azure.net/keys/cmk', 'key-in-managed-hsm'],
  ['nowhere', 'no-such-key', 'key-missing'],
  ['no key', 'https://kv.vault.azure.net/secrets/cmk', 'bad-tags'],
])('the key wished for is %s: told, and the account left alone', async (_sentence, key, reason) => {
  const { b, account, first } = await accountWithKey();
  const wish = key.startsWith('https:') ? key : `${b.vault.uri}/keys/${key}`;
  b.newSecret(account, { value: first, tags: { ...tags, RotationKey: wish } });
  await b.live(hour);
  expect(told(b)).toContain(`Rotation.Held ${reason}`);
  expect([inUse(account), asked(b, 'rotateKey')]).toEqual([first, 0]);
});

test('purge protection is off: told, and taken up again when it is on', async () => {
  const { b, account, first } = await cmk();
  b.vault.purgeProtection = false;
  await b.live(hour);
  expect(told(b)).toContain('Rotation.Held key-not-recoverable');
  expect(inUse(account)).toBe(first);
  b.vault.purgeProtection = true;
  await b.live(2 * hour);
  expect(inUse(account)).not.toBe(first);
});

test('the account has no identity: told, and nothing is made', async () => {
  const { b, account, first } = await cmk();
  account.identity = identities.none;
  account.customerKey.forget();
  await b.live(hour);
  expect(told(b)).toContain('Rotation.Held identity-missing');
  expect([inUse(account), asked(b, 'rotateKey')]).toEqual([first, 0]);
});

test('the account has no key of its own: told, and the secret left alone', async () => {
  const { b, account, first } = await cmk();
  encrypt(account, 'Microsoft.Batch');
  await b.live(hour);
  expect(told(b)).toContain('Rotation.Held microsoft-managed');
  expect(stands(b).value).toBe(first);
});

/** A vault with a fit key that the target wishes for; the account's identity has no grant there. */
async function wishElsewhere({ b }: Cmk) {
  const other = await b.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  const wish = newKey(b, other, 'cmk');
  b.vault.update('secret', { tags: { ...b.tags(), RotationKey: wish } });
  return { other, wish };
}

test.each<[string, string, (b: Wired, other: Vault) => unknown]>([
  ['of a role', 'key-role-missing', (_, other) => (other.permissionModel = 'rbac')],
  ['of an access policy', 'key-policy-missing', (_, other) => (other.permissionModel = 'policies')],
  [
    'where this app may not see the vault',
    'key-grant-missing',
    ({ azure }, { id: scope }) =>
      azure.arm.denials.add({ objectId: '*', scope, action: 'Microsoft.KeyVault/vaults/read' }),
  ],
])('the identity lacks a grant, in the words %s: tried again hourly, done after it', async (_, reason, arrange) => {
  const { b, account, first } = await cmk();
  const before = asked(b, 'batch.update');
  const { other, wish } = await wishElsewhere({ b, account, first });
  arrange(b, other);
  await b.live(3 * hour);
  const tries = b.azure.core.journal.calls.filter(({ operation }) => operation === 'batch.update').length - before;
  expect(told(b).filter((each) => each.startsWith('Rotation.Held'))).toEqual([`Rotation.Held ${reason}`]);
  expect([...b.codes()]).toContain('InvalidKeyVaultKey');
  expect(tries).toBeLessThanOrEqual(4);
  expect([inUse(account), stands(b).value]).toEqual([first, first]);
  grant(account, other);
  await b.live(2 * hour);
  expect([inUse(account), stands(b).value, stands(b).phase]).toEqual([wish, wish, 'idle']);
});

test('the vault of the key wished for trusts another tenant: told, and the account not even asked', async () => {
  const { b, account, first } = await cmk();
  const before = asked(b, 'batch.update');
  const { other } = await wishElsewhere({ b, account, first });
  grant(account, other);
  other.tenantId = '2c9f4000-0000-4000-8000-000000000009';
  await b.live(hour);
  expect(told(b)).toContain('Rotation.Held key-in-another-tenant');
  expect([inUse(account), asked(b, 'batch.update') - before]).toEqual([first, 0]);
});

test('an account that was not made for customer-managed keys: told, and nothing changed', async () => {
  const { b, account, first } = await accountWithKey(identities['system-assigned'], false);
  encrypt(account, 'Microsoft.Batch');
  b.newSecret(account, { value: 'Microsoft.Batch', tags: { ...tags, RotationKey: first } });
  await b.live(hour);
  expect(told(b)).toContain('Rotation.Held cmk-not-for-existing');
  expect([inUse(account), stands(b).value]).toEqual(['Microsoft.Batch', 'Microsoft.Batch']);
});
