import { hour } from '../../../lib/model/clock.ts';
import type { Vault } from '../../../infra/azure-emulator/src/index.ts';
import { told, type Wired } from '../../support/wired.ts';
import { asked, cmk, grant, inUse, newKey, stands, wishFor, type Cmk } from './batchCmkStage.ts';

jest.setTimeout(60_000);

/** A vault with a fit key that the target wishes for; the account's identity has no grant there. */
async function wishElsewhere({ b }: Cmk) {
  const other = await b.azure.keyVault.createVault('other');
  other.purgeProtection = true;
  const wish = newKey(b, other, 'cmk');
  wishFor(b, wish);
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
