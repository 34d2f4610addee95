import { identityAt } from '../../../src/arm/batch/identity.ts';
import { identityId } from '../../keyVaultExtension.ts';
import { startWithGraph, subscriptionId } from '../../support.ts';

test('every attached identity has one row', async () => {
  const azure = await startWithGraph();
  const account = await azure.newBatch({ name: 'second', identity: attached(identityId.replace(/pools$/, 'POOLS')) });
  for (const name of ['one', 'two']) azure.createPool(account, { name, identities: [identityId] });
  azure.arm.identityTenants.set(identityId.toLowerCase(), 'another');
  const { data } = await azure.query(`Resources | where type =~ 'Microsoft.ManagedIdentity/userAssignedIdentities'
    | project name, subscriptionId, resourceGroup, properties`);
  const properties = { tenantId: 'another', ...identityAt(identityId) };
  expect(data).toEqual([{ name: 'POOLS', subscriptionId, resourceGroup: 'ids', properties }]);
});

function attached(id: string) {
  return { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } } as const;
}

/** A vault, and a pool whose identity may read it and may use its keys. */
async function granted() {
  const azure = await startWithGraph();
  const vault = await azure.keyVault.createVault('kv', { subscriptionId, resourceGroup: 'Group' });
  const pool = azure.createPool(await azure.newBatch({ name: 'second' }), { name: 'one', identities: [identityId] });
  const { principalId } = identityAt(identityId);
  vault.grants.set(principalId, new Set(['get', 'wrapKey', 'unwrapKey']));
  return { azure, vault, pool, principalId };
}

const assignments = `AuthorizationResources | where type =~ 'Microsoft.Authorization/roleAssignments'
  | project principal = tostring(properties.principalId), scope = tostring(properties.scope),
    role = tostring(properties.roleDefinitionId) | order by role asc`;

test.each([
  ['its roles', undefined, ['4633458b', 'e147488a']],
  ['none that reads, where its nodes lack rights', 'IdentityLacksRights' as const, ['e147488a']],
])('an identity with access to a vault has %s', async (_, fault, roles) => {
  const { azure, vault, pool, principalId } = await granted();
  pool.extensionFault = fault;
  const { data } = await azure.query(assignments);
  const theirs = data.filter(({ principal }) => principal === principalId);
  expect(theirs.map(({ role }) => String(role).split('/').at(-1)?.slice(0, 8))).toEqual(roles);
  expect(theirs.map(({ scope }) => scope)).toEqual(roles.map(() => vault.id));
  const { objectId } = azure.core.tokens.appIdentity;
  const ours = data.filter(({ principal }) => principal === objectId).map(({ scope }) => scope);
  expect(ours.toSorted()).toEqual([`/subscriptions/${subscriptionId}`, vault.id]);
});

test('a vault with access policies shows them instead of roles', async () => {
  const { azure, vault, principalId } = await granted();
  vault.permissionModel = 'policies';
  const { data } = await azure.query(`Resources | where name == 'kv' | project policies = properties.accessPolicies`);
  const permissions = { keys: ['get', 'wrapKey', 'unwrapKey'], secrets: ['get'], certificates: ['get'] };
  expect(data[0]?.['policies']).toContainEqual({ tenantId: vault.tenantId, objectId: principalId, permissions });
  expect((await azure.query(assignments)).data.map(({ scope }) => scope)).toEqual([`/subscriptions/${subscriptionId}`]);
});
