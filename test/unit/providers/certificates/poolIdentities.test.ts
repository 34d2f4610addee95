import { identityAt } from '../../../../infra/azure-emulator/src/index.ts';
import type { Pool } from '../../../../infra/azure-emulator/src/index.ts';
import { resourceGraph, type ResourceGraph } from '../../../../lib/azure/resourceGraph.ts';
import { poolIdentities } from '../../../../lib/providers/certificates/poolIdentities.ts';
import { identityId } from '../../../../infra/azure-emulator/test/keyVaultExtension.ts';
import { inProcess } from '../shells.ts';

const other = 'b0000000-0000-4000-8000-000000000002';

/** A vault, and an account with a pool that has an identity. */
async function stage() {
  const { azure, clients, place } = await inProcess.reach();
  const vault = await azure.keyVault.createVault('kv');
  const account = await azure.createBatchAccount({ ...place, name: 'account' });
  const pool = azure.createPool(account, { name: 'nodes', identities: [identityId] });
  const { objectId } = azure.core.tokens.appIdentity;
  const asked = { account: account.id, attached: [identityId], certificates: [`${vault.uri}/secrets/tls`] };
  const request = async (more: Partial<typeof asked> = {}, from: ResourceGraph = resourceGraph(clients.arm)) => {
    const wanted = { ...asked, ...more };
    return (await poolIdentities(from, wanted))(wanted.certificates[0] ?? '');
  };
  return {
    ...{ azure, vault, pool, ask: request },
    tenantId: azure.core.tokens.tenantId,
    deny: (action: string) => azure.arm.denials.add({ objectId, scope: '', action }),
    queries: () => azure.core.journal.calls.filter(({ operation }) => operation === 'resourceGraph.query').length,
  };
}

const { clientId } = identityAt(identityId);
const resourceId = identityId.toLowerCase();

test('of an identity it is known who it is, of which tenant, and that it may read; two queries tell', async () => {
  const { ask, tenantId, queries } = await stage();
  expect(await ask()).toEqual({ tenantId, identities: [{ resourceId, clientId, tenantId, mayRead: true }] });
  expect(queries()).toBe(2);
});

test('of a vault that goes by access policies one query tells', async () => {
  const { ask, vault, queries } = await stage();
  vault.permissionModel = 'policies';
  expect(await ask()).toMatchObject({ identities: [{ mayRead: true }] });
  expect(queries()).toBe(1);
});

test.each(['rbac', 'policies'] as const)('an identity without rights may not read: %s', async (model) => {
  const { ask, vault, pool } = await stage();
  vault.permissionModel = model;
  pool.extensionFault = 'IdentityLacksRights';
  expect(await ask()).toMatchObject({ identities: [{ clientId, mayRead: false }] });
});

test('an identity of another tenant is recognized from the account', async () => {
  const { ask, azure, tenantId } = await stage();
  azure.arm.identityTenants.set(resourceId, other);
  expect(await ask()).toMatchObject({ tenantId, identities: [{ tenantId: other }] });
});

test.each([
  ['identities', 'Microsoft.ManagedIdentity/userAssignedIdentities/read', []],
  ['vaults', 'Microsoft.KeyVault/vaults/read', [undefined]],
  ['role assignments', 'Microsoft.Authorization/roleAssignments/read', [undefined]],
])('of %s that this app may not see nothing is said', async (_sentence, action, rights) => {
  const { ask, deny, pool } = await stage();
  pool.extensionFault = 'IdentityLacksRights';
  deny(action);
  expect((await ask()).identities?.map(({ mayRead }) => mayRead)).toEqual(rights);
});

test('of an account that this app may not see the tenant is not known', async () => {
  const { ask, deny } = await stage();
  deny('Microsoft.Batch/batchAccounts/read');
  expect(Object.keys(await ask())).toEqual(['identities']);
});

test.each([
  ['resources', 1, []],
  ['role assignments', 2, [{ clientId, mayRead: undefined }]],
])('where the query for %s fails, what it would tell is not known', async (_sentence, nth, known) => {
  const { ask, azure, pool } = await stage();
  pool.extensionFault = 'IdentityLacksRights';
  azure.core.faults.plan({
    operation: 'resourceGraph.query',
    nth,
    lasting: true,
    effect: { kind: 'status', status: 503 },
  });
  const { identities = [] } = await ask();
  expect(identities.map(({ clientId, mayRead }) => ({ clientId, mayRead }))).toEqual(known);
});

test('an error that is none of Azure is not hidden', async () => {
  const { ask } = await stage();
  await expect(ask({}, () => Promise.reject(new TypeError('a mistake')))).rejects.toThrow('a mistake');
});

test.each([
  ['without identities', { attached: [] }],
  ['without certificates', { certificates: [] }],
  ['of what is no certificate', { certificates: ['tls'] }],
])('%s nothing is asked', async (_sentence, more) => {
  const { ask, queries } = await stage();
  expect(await ask(more)).toEqual({});
  expect(queries()).toBe(0);
});

test('roles are asked for from the tenant down to the secret', async () => {
  const { ask, azure, vault } = await stage();
  await ask();
  const [, second] = azure.core.journal.calls.filter(({ operation }) => operation === 'resourceGraph.query');
  const group = `/subscriptions/${vault.subscriptionId}/resourcegroups/${vault.resourceGroup}`;
  const scopes = ['/', `/subscriptions/${vault.subscriptionId}`, group, vault.id, `${vault.id}/secrets/tls`];
  const listed = scopes.map((scope) => `'${scope.toLowerCase()}'`).join(', ');
  expect(second?.request.body).toContain(`scope in~ (${listed})`);
});

test('a host with quotes in it changes no query', async () => {
  const { ask, azure } = await stage();
  const host = `x')or(isnotempty(id`;
  expect(await ask({ certificates: [`https://${host}/secrets/tls`] })).toMatchObject({ identities: [{ clientId }] });
  const asked = azure.core.journal.calls.find(({ operation }) => operation === 'resourceGraph.query');
  expect(asked).toMatchObject({ status: 200, response: { body: expect.not.stringContaining('vaults/kv') as string } });
});

test('identities of several pools are asked for together, and kept apart', async () => {
  const { ask, azure, pool, queries } = await stage();
  const second = identityId.replace(/pools$/, 'second');
  const made: Pool = azure.createPool(pool.account, { name: 'second', identities: [second] });
  made.extensionFault = 'IdentityLacksRights';
  const { identities } = await ask({ attached: [identityId, second] });
  expect(identities?.map(({ mayRead }) => mayRead)).toEqual([true, false]);
  expect(queries()).toBe(2);
});
