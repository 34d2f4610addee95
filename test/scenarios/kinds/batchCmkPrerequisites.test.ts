import type { NewKey, Vault } from '../../../infra/azure-emulator/src/index.ts';
import { hour, minute } from '../../../lib/model/clock.ts';
import {
  countCalls,
  createDueCmk,
  grantKeyAccess,
  identities,
  keyGrants,
  keyInUse,
  newKey,
  newestKey,
  secretState,
  requestKey,
  type CmkTarget,
} from '../../support/customerManagedKeys.ts';
import type { TestApp } from '../../support/createTestApp.ts';

test.each<[string, string, (target: CmkTarget) => () => void]>([
  ['a managed identity of the account', 'identity-missing', withoutIdentity],
  ['soft delete and purge protection of the vault', 'key-not-recoverable', withoutPurgeProtection],
])('a version is made only with %s', async (_sentence, reason, takeAway) => {
  const target = await createDueCmk();
  const giveBack = takeAway(target);
  await target.app.run(hour);
  expect(target.app.announced()).toContain(`Rotation.Held ${reason}`);
  expect([keyInUse(target.account), countCalls(target.app, 'rotateKey')]).toEqual([target.first, 0]);
  giveBack();
  await target.app.run(2 * hour);
  expect([keyInUse(target.account), secretState(target.app).phase]).toEqual([newestKey(target.app.vault), 'idle']);
  expect(keyInUse(target.account)).not.toBe(target.first);
});

function withoutIdentity({ account }: CmkTarget): () => void {
  const { identity } = account;
  account.identity = identities.none;
  account.customerKey.refresh();
  return () => {
    account.identity = identity;
  };
}

function withoutPurgeProtection({ app: { vault } }: CmkTarget): () => void {
  vault.purgeProtection = false;
  return () => {
    vault.purgeProtection = true;
  };
}

test.each(keyGrants)('the account keeps its key while an access policy lacks %s', async (lacking) => {
  const { app, account, first } = await createDueCmk();
  const other = await app.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  other.permissionModel = 'policies';
  grantKeyAccess(
    account,
    other,
    keyGrants.filter((each) => each !== lacking),
  );
  const newKeyId = newKey(app, other, 'cmk');
  requestKey(account, newKeyId);
  await app.run(hour);
  expect(app.announced()).toContain('Rotation.Held key-policy-missing');
  expect([keyInUse(account), secretState(app).value]).toEqual([first, first]);
  grantKeyAccess(account, other);
  await app.run(2 * hour);
  expect([keyInUse(account), secretState(app).value]).toEqual([newKeyId, newKeyId]);
});

test.each<[string, NewKey]>([
  ['RSA of 2048 bits', { size: 2048 }],
  ['RSA of 3072 bits', { size: 3072 }],
  ['RSA of 4096 bits', { size: 4096 }],
  ['RSA in a hardware module of the vault', { kty: 'RSA-HSM' }],
  ['RSA that may only wrap and unwrap', { operations: ['wrapKey', 'unwrapKey'] }],
])('a key of %s is used', async (_sentence, wanted) => {
  const { app, account } = await createDueCmk();
  const newKeyId = newKey(app, app.vault, 'other', wanted);
  requestKey(account, newKeyId);
  await app.run(20 * minute);
  expect([keyInUse(account), secretState(app).phase]).toEqual([newKeyId, 'idle']);
});

/** Names a usable key of another vault, to which the account's identity has no grant. */
async function nameKeyElsewhere({ app, account }: CmkTarget) {
  const other = await app.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  const newKeyId = newKey(app, other, 'cmk');
  requestKey(account, newKeyId);
  return { other, newKeyId };
}

test.each<[string, string, (app: TestApp, other: Vault) => unknown]>([
  ['of a role', 'key-role-missing', (_, other) => (other.permissionModel = 'rbac')],
  ['of an access policy', 'key-policy-missing', (_, other) => (other.permissionModel = 'policies')],
  [
    'with a hidden vault',
    'key-grant-missing',
    ({ azure }, { id: scope }) =>
      azure.arm.denials.add({ objectId: '*', scope, action: 'Microsoft.KeyVault/vaults/read' }),
  ],
])(
  'a missing grant %s is announced, tried hourly, and the key is used once it is granted',
  async (_, reason, arrange) => {
    const { app, account, first } = await createDueCmk();
    const before = countCalls(app, 'batch.update');
    const { other, newKeyId } = await nameKeyElsewhere({ app, account, first });
    arrange(app, other);
    await app.run(3 * hour);
    const tries = app.azure.core.journal.calls.filter(({ operation }) => operation === 'batch.update').length - before;
    expect(app.announced().filter((each) => each.startsWith('Rotation.Held'))).toEqual([`Rotation.Held ${reason}`]);
    expect([...app.codes()]).toContain('InvalidKeyVaultKey');
    expect(tries).toBeLessThanOrEqual(4);
    expect([keyInUse(account), secretState(app).value]).toEqual([first, first]);
    grantKeyAccess(account, other);
    await app.run(2 * hour);
    expect([keyInUse(account), secretState(app).value, secretState(app).phase]).toEqual([newKeyId, newKeyId, 'idle']);
  },
);
