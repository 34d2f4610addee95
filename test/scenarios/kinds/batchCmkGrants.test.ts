import { hour } from '../../../lib/model/clock.ts';
import type { Vault } from '../../../infra/azure-emulator/src/index.ts';
import type { TestApp } from '../../support/createTestApp.ts';
import {
  countCalls,
  createDueCmk,
  grantKeyAccess,
  keyInUse,
  newKey,
  secretState,
  setRotationKey,
  type CmkTarget,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

/** A vault with a fit key that the target wishes for; the account's identity has no grantKeyAccess there. */
async function wishElsewhere({ app }: CmkTarget) {
  const other = await app.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  const wish = newKey(app, other, 'cmk');
  setRotationKey(app, wish);
  return { other, wish };
}

test.each<[string, string, (app: TestApp, other: Vault) => unknown]>([
  ['of a role', 'key-role-missing', (_, other) => (other.permissionModel = 'rbac')],
  ['of an access policy', 'key-policy-missing', (_, other) => (other.permissionModel = 'policies')],
  [
    'where this app may not see the vault',
    'key-grant-missing',
    ({ azure }, { id: scope }) =>
      azure.arm.denials.add({ objectId: '*', scope, action: 'Microsoft.KeyVault/vaults/read' }),
  ],
])(
  'the identity lacks a grantKeyAccess, in the words %s: tried again hourly, done after it',
  async (_, reason, arrange) => {
    const { app, account, first } = await createDueCmk();
    const before = countCalls(app, 'batch.update');
    const { other, wish } = await wishElsewhere({ app, account, first });
    arrange(app, other);
    await app.run(3 * hour);
    const tries = app.azure.core.journal.calls.filter(({ operation }) => operation === 'batch.update').length - before;
    expect(app.announced().filter((each) => each.startsWith('Rotation.Held'))).toEqual([`Rotation.Held ${reason}`]);
    expect([...app.codes()]).toContain('InvalidKeyVaultKey');
    expect(tries).toBeLessThanOrEqual(4);
    expect([keyInUse(account), secretState(app).value]).toEqual([first, first]);
    grantKeyAccess(account, other);
    await app.run(2 * hour);
    expect([keyInUse(account), secretState(app).value, secretState(app).phase]).toEqual([wish, wish, 'idle']);
  },
);
