import type { NewKey } from '../../../infra/azure-emulator/src/index.ts';
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
  setRotationKey,
  type CmkTarget,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

test.each<[string, string, (target: CmkTarget) => () => void]>([
  ['a managed identity of the account', 'identity-missing', withoutIdentity],
  ['soft delete and purge protection of the vault', 'key-not-recoverable', withoutPurgeProtection],
])('%s: nothing is made without, and a version once it is there', async (_sentence, reason, takeAway) => {
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

test.each(keyGrants)(
  'an access policy without %s: the account keeps its key until the policy has it',
  async (lacking) => {
    const { app, account, first } = await createDueCmk();
    const other = await app.azure.keyVault.createVault('other');
    other.purgeProtection = true;
    other.permissionModel = 'policies';
    grantKeyAccess(
      account,
      other,
      keyGrants.filter((each) => each !== lacking),
    );
    const wish = newKey(app, other, 'cmk');
    setRotationKey(app, wish);
    await app.run(hour);
    expect(app.announced()).toContain('Rotation.Held key-policy-missing');
    expect([keyInUse(account), secretState(app).value]).toEqual([first, first]);
    grantKeyAccess(account, other);
    await app.run(2 * hour);
    expect([keyInUse(account), secretState(app).value]).toEqual([wish, wish]);
  },
);

test.each<[string, NewKey]>([
  ['RSA of 2048 bits', { size: 2048 }],
  ['RSA of 3072 bits', { size: 3072 }],
  ['RSA of 4096 bits', { size: 4096 }],
  ['RSA in a hardware module of the vault', { kty: 'RSA-HSM' }],
  ['RSA that may wrap and unwrap and nothing else', { operations: ['wrapKey', 'unwrapKey'] }],
])('a key of %s is taken', async (_sentence, wanted) => {
  const { app, account } = await createDueCmk();
  const wish = newKey(app, app.vault, 'other', wanted);
  setRotationKey(app, wish);
  await app.run(20 * minute);
  expect([keyInUse(account), secretState(app).phase]).toEqual([wish, 'idle']);
});
