import { BatchManagementClient } from '@azure/arm-batch';
import { issueKey } from '../../../src/arm/resource.ts';
import { deleteResource } from '../../../src/arm/state.ts';
import { codeOf, startEmulator, subscriptionId } from '../../support.ts';
import type { TestEmulator } from '../../support.ts';

async function setUp(wanted: Parameters<TestEmulator['newBatch']>[0] = {}) {
  const azure = await startEmulator();
  const account = await azure.newBatch(wanted);
  const options = { ...azure.options, apiVersion: '2024-07-01' };
  const { batchAccountOperations: client } = new BatchManagementClient(azure.credential, subscriptionId, options);
  return { azure, account, client };
}

test('an account is found by its id in any case', async () => {
  const { client } = await setUp({ allowedAuthenticationModes: ['SharedKey', 'AAD'] });
  const found = await client.get('GROUP', 'ACCT');
  expect(found).toMatchObject({
    name: 'acct',
    accountEndpoint: 'acct.westeurope.batch.azure.com',
    provisioningState: 'Succeeded',
    allowedAuthenticationModes: ['SharedKey', 'AAD'],
  });
});

test('accounts are listed by group and by subscription', async () => {
  const { azure, client } = await setUp();
  await azure.newBatch({ resourceGroup: 'other', name: 'second' });
  const named = async (pages: AsyncIterable<{ name?: string }>) => {
    const names = [];
    for await (const each of pages) names.push(each.name);
    return names;
  };
  expect(await named(client.listByResourceGroup('group'))).toEqual(['acct']);
  expect(await named(client.list())).toEqual(['acct', 'second']);
});

test.each(['Primary', 'Secondary'] as const)('regenerating %s answers both keys, of which one is new', async (slot) => {
  const { azure, client } = await setUp();
  const before = await client.getKeys('Group', 'acct');
  const after = await client.regenerateKey('Group', 'acct', { keyName: slot });
  const [changed, kept] =
    slot === 'Primary' ? (['primary', 'secondary'] as const) : (['secondary', 'primary'] as const);
  expect(after[kept]).toBe(before[kept]);
  expect(after[changed]).not.toBe(before[changed]);
  expect(await client.getKeys('Group', 'acct')).toEqual(after);
  expect(Buffer.from(after[changed] ?? '', 'base64')).toHaveLength(64);
  expect([...azure.core.issued]).toEqual(expect.arrayContaining([before.primary, before.secondary, after[changed]]));
});

test('a stale read returns the old keys', async () => {
  const { azure, account, client } = await setUp({ timing: { staleReadMs: 5_000 } });
  azure.clock.advance(60_000);
  const before = await client.getKeys('Group', 'acct');
  issueKey(azure.core, account, 'Primary');
  expect(await client.getKeys('Group', 'acct')).toEqual(before);
  azure.clock.advance(5_000);
  expect((await client.getKeys('Group', 'acct')).primary).not.toBe(before.primary);
});

test.each([
  { says: 'modes without SharedKey', wanted: { allowedAuthenticationModes: ['AAD' as const] } },
  { says: 'no mode at all', wanted: { allowedAuthenticationModes: [] } },
  { says: 'pools in the user’s own subscription', wanted: { poolAllocationMode: 'UserSubscription' as const } },
])('an account with $says refuses key operations', async ({ wanted }) => {
  const { client } = await setUp(wanted);
  expect(await codeOf(client.getKeys('Group', 'acct'))).toBe('SharedKeyNotAllowed');
  expect(await codeOf(client.regenerateKey('Group', 'acct', { keyName: 'Primary' }))).toBe('SharedKeyNotAllowed');
});

test('a deleted account is gone', async () => {
  const { azure, account, client } = await setUp();
  deleteResource(azure.arm, account.id);
  expect(await codeOf(client.get('Group', 'acct'))).toBe('ResourceNotFound');
});
