import type { Pool } from '@azure/arm-batch';
import { identityId, keyVaultExtension } from '../../keyVaultExtension.ts';
import { codeOf, startWithBatch } from '../../support.ts';

const imageReference = { publisher: 'Canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts' };
const machine = { imageReference, nodeAgentSkuId: 'batch.node.ubuntu 22.04' };
const definition: Pool = {
  vmSize: 'STANDARD_D2S_V3',
  deploymentConfiguration: { virtualMachineConfiguration: machine },
  scaleSettings: { fixedScale: { targetDedicatedNodes: 2, resizeTimeout: 'PT15M' } },
  identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } },
};

function onMachine(changes: object): Partial<Pool> {
  return { deploymentConfiguration: { virtualMachineConfiguration: { ...machine, ...changes } } };
}

const plain = keyVaultExtension({ observedCertificates: [] });

async function made(wanted: Parameters<typeof startWithBatch>[0] = {}, apiVersion?: string) {
  const staged = await startWithBatch(wanted, apiVersion);
  const { poolOperations: pools } = staged.client;
  const { etag } = await pools.create('Group', 'acct', 'Mine', definition, { ifNoneMatch: '*' });
  return { ...staged, pools, etag: etag ?? '' };
}

test('a pool is created with its nodes and shown without protected settings', async () => {
  const { poolOperations: pools } = (await startWithBatch()).client;
  const protectedSettings = { secret: 'x' };
  const extensions = [{ ...plain, protectedSettings }];
  await pools.create('Group', 'acct', 'Mine', { ...definition, ...onMachine({ extensions }) });
  const found = await pools.get('GROUP', 'ACCT', 'mine');
  expect(found).toMatchObject({
    name: 'Mine',
    provisioningState: 'Succeeded',
    allocationState: 'Steady',
    currentDedicatedNodes: 2,
    identity: { userAssignedIdentities: { [identityId]: { clientId: expect.any(String) as string } } },
    deploymentConfiguration: { virtualMachineConfiguration: { extensions: [plain] } },
  });
  expect(JSON.stringify(found)).not.toContain('protectedSettings');
});

test('nodes come at the end of the resize and then start', async () => {
  const { azure, account, pools } = await made({ poolTiming: { resizeMs: 60_000, startMs: 30_000 } });
  const look = async () => {
    const { allocationState, currentDedicatedNodes } = await pools.get('Group', 'acct', 'Mine');
    const states = account.pools.get('mine')?.nodes.map(({ status }) => status.state);
    return [allocationState, currentDedicatedNodes, ...(states ?? [])];
  };
  expect(await look()).toEqual(['Resizing', 0]);
  azure.clock.advance(60_000);
  expect(await look()).toEqual(['Steady', 2, 'starting', 'starting']);
  azure.clock.advance(30_000);
  expect(await look()).toEqual(['Steady', 2, 'idle', 'idle']);
});

test('pools are listed page by page', async () => {
  const { azure, account, client } = await startWithBatch();
  for (const name of ['b', 'c', 'a']) azure.createPool(account, { name });
  const names = [];
  for await (const page of client.poolOperations.listByBatchAccount('Group', 'acct', { maxresults: 2 }).byPage()) {
    names.push(page.map(({ name }) => name));
  }
  expect(names).toEqual([['a', 'b'], ['c']]);
});

test.each<[string, Partial<Pool>, string]>([
  ['no known image', onMachine({ imageReference: { ...imageReference, sku: '20_04-lts' } }), 'InvalidPropertyValue'],
  ['another image’s node agent', onMachine({ nodeAgentSkuId: 'batch.node.ubuntu 20.04' }), 'InvalidPropertyValue'],
  ['an image by name and id', onMachine({ imageReference: { ...imageReference, id: '/x' } }), 'InvalidPropertyValue'],
  ['two extensions of one name', onMachine({ extensions: [plain, plain] }), 'InvalidPropertyValue'],
  [
    'an impossible order',
    onMachine({ extensions: [{ ...plain, provisionAfterExtensions: ['x'] }] }),
    'InvalidPropertyValue',
  ],
  [
    'two ways to scale',
    { scaleSettings: { ...definition.scaleSettings, autoScale: { formula: '$x' } } },
    'InvalidPropertyValue',
  ],
  ['no time for a resize', { scaleSettings: { fixedScale: { resizeTimeout: 'PT4M' } } }, 'InvalidPropertyValue'],
  [
    'cloud services',
    { deploymentConfiguration: { cloudServiceConfiguration: { osFamily: '4' } } },
    'InvalidRequestBody',
  ],
  [
    'an identity without an id',
    { identity: { type: 'UserAssigned', userAssignedIdentities: {} } },
    'InvalidRequestBody',
  ],
])('a definition with %s is refused', async (_, wrong, code) => {
  const { poolOperations: pools } = (await startWithBatch()).client;
  expect(await codeOf(pools.create('Group', 'acct', 'Mine', { ...definition, ...wrong }))).toBe(code);
});

test.each([
  ['unknown', { vmSizes: 'x' }],
  ['set by the service', { allocationState: 'Steady' }],
])('a property that is %s is refused', async (_, wrong) => {
  const { azure, account } = await startWithBatch();
  const { identity: _identity, ...properties } = definition;
  const body = JSON.stringify({ properties: { ...properties, ...wrong } });
  const answer = await azure.callArm('PUT', `${account.id}/pools/Mine?api-version=2024-07-01`, { body });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'InvalidRequestBody' } }]);
});

test.each<[string, object, string]>([
  ['a PUT for a new pool', { ifNoneMatch: '*' }, 'ConditionNotMet'],
  ['a PUT for an older state', { ifMatch: 'W/"0x1"' }, 'ConditionNotMet'],
])('%s is refused where the pool is another', async (_, condition, code) => {
  const { pools } = await made();
  expect(await codeOf(pools.create('Group', 'acct', 'Mine', definition, condition))).toBe(code);
});

test('a patch with an ETag needs the current one, and every patch makes a new one', async () => {
  const { pools, etag } = await made();
  const patch = { metadata: [{ name: 'a', value: '1' }] };
  const patched = await pools.update('Group', 'acct', 'Mine', patch, { ifMatch: etag });
  expect(patched).toMatchObject({ ...patch, vmSize: 'STANDARD_D2S_V3' });
  expect(patched.eTag).toBe(patched.etag);
  expect(await codeOf(pools.update('Group', 'acct', 'Mine', patch, { ifMatch: etag }))).toBe('ConditionNotMet');
});

const withExtension = onMachine({ extensions: [plain] });
const toZero = { scaleSettings: { fixedScale: { targetDedicatedNodes: 0 } } };

test.each([
  { says: 'refused while the pool has nodes', first: { metadata: [] }, code: 'PropertyCannotBeUpdated' },
  { says: 'possible without nodes', first: toZero, code: 'accepted' },
  { says: 'refused by an older api-version', first: toZero, apiVersion: '2023-11-01', code: 'PropertyCannotBeUpdated' },
])('another extension is $says', async ({ first, apiVersion, code }) => {
  const { pools } = await made({}, apiVersion);
  await pools.update('Group', 'acct', 'Mine', first);
  expect(await codeOf(pools.update('Group', 'acct', 'Mine', withExtension))).toBe(code);
  const replaced = { ...definition, ...first, ...withExtension };
  expect(await codeOf(pools.create('Group', 'acct', 'Mine', replaced))).toBe(code);
});

test('one resize at a time', async () => {
  const { pools } = await made({ poolTiming: { resizeMs: 60_000 } });
  expect(await codeOf(pools.update('Group', 'acct', 'Mine', toZero))).toBe('PoolBeingResized');
});

test('a pool is deleted after the set time', async () => {
  const { azure, pools } = await made({ poolTiming: { deleteMs: 5_000 } });
  const poller = await pools.beginDelete('Group', 'acct', 'Mine', { updateIntervalInMs: 1 });
  expect((await pools.get('Group', 'acct', 'Mine')).provisioningState).toBe('Deleting');
  expect(await codeOf(pools.update('Group', 'acct', 'Mine', {}))).toBe('PoolBeingDeleted');
  azure.clock.advance(5_000);
  await poller.pollUntilDone();
  expect(await codeOf(pools.get('Group', 'acct', 'Mine'))).toBe('PoolNotFound');
});

test('pools have permissions and locks of their own', async () => {
  const { azure, account, pools } = await made();
  azure.arm.locks.add(`${account.id}/pools/mine`);
  expect(await codeOf(pools.update('Group', 'acct', 'Mine', toZero))).toBe('ScopeLocked');
  azure.arm.denials.add({ objectId: '*', scope: account.id, action: 'Microsoft.Batch/batchAccounts/pools/write' });
  expect(await codeOf(pools.create('Group', 'acct', 'other', definition))).toBe('AuthorizationFailed');
  expect(await codeOf(pools.get('Group', 'acct', 'Mine'))).toBe('accepted');
  const operations = new Set(azure.core.journal.calls.map(({ operation }) => operation));
  expect([...operations]).toEqual(['pool.put', 'pool.update', 'pool.get']);
});
