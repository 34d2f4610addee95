import type { BatchAccount } from '@azure/arm-batch';
import type { ResourceGraph, Row } from '../../../../lib/azure/resourceGraph.ts';
import { OperationError } from '../../../../lib/model/operationError.ts';
import { isOfAnotherTenant, refusedKey } from '../../../../lib/providers/keys/keyGrant.ts';
import type { ProviderDeps } from '../../../../lib/providers/provider.ts';

const key = { vaultUrl: 'https://kv.vault.azure.net', name: 'cmk' };

function asked(graph: ResourceGraph): ProviderDeps {
  return { graph } as ProviderDeps;
}

function shows(...rows: Row[]): ProviderDeps {
  return asked(() => Promise.resolve(rows));
}

const hidden = asked(() => Promise.reject(new OperationError('forbidden')));

test.each([
  ['roles', shows({ rbac: 'true' }), 'key-role-missing'],
  ['access policies', shows({ rbac: 'false' }), 'key-policy-missing'],
  ['access policies, as vaults have by default', shows({ rbac: '' }), 'key-policy-missing'],
  ['a model that this app may not see', shows(), 'key-grant-missing'],
  ['a model that cannot be asked for', hidden, 'key-grant-missing'],
])('a refusal about the vault is reported with its own reason: %s', async (_sentence, deps, reason) => {
  const error = new OperationError('refused', { code: 'InvalidKeyVaultReference' });
  expect(await refusedKey(deps, error, key)).toMatchObject({ reason, detail: error.detail });
});

test.each([
  ['refused', 'CustomerManagedKeysNotSupported', 'cmk-not-for-existing'],
  ['refused', 'InvalidPropertyValue', 'refused'],
  ['forbidden', 'AuthorizationFailed', 'forbidden'],
  ['forbidden', 'KeyVaultAccessDenied', 'key-role-missing'],
  ['outage', 'KeyVaultUnavailable', 'outage'],
  ['key-access-lost', 'AccountIsDisabled', 'key-access-lost'],
] as const)('%s with code %s is %s', async (reason, code, expected) => {
  expect(await refusedKey(shows({ rbac: 'true' }), new OperationError(reason, { code }), key)).toMatchObject({
    reason: expected,
  });
});

const systemAssigned: BatchAccount = { identity: { type: 'SystemAssigned', tenantId: 'A' } };
const userAssigned: BatchAccount = { identity: { type: 'UserAssigned' } };

test.each([
  ['trusts the tenant of the identity', systemAssigned, shows({ trusted: 'a' }), false],
  ['trusts another tenant', systemAssigned, shows({ trusted: 'b' }), true],
  ['trusts the tenant it is in', userAssigned, shows({ trusted: 'a', tenantId: 'A' }), false],
  ['was moved, and trusts the tenant it came from', userAssigned, shows({ trusted: 'b', tenantId: 'a' }), true],
  ['is not shown', systemAssigned, shows(), false],
  ['cannot be asked for', systemAssigned, hidden, false],
])('a vault that %s', async (_sentence, account, deps, isForeign) => {
  expect(await isOfAnotherTenant(deps, account, key)).toBe(isForeign);
});
