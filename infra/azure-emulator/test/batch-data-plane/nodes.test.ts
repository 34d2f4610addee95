import { identityId, keyVaultExtension } from '../keyVaultExtension.ts';
import { startWithBatch } from '../support.ts';

const version = '2024-07-01.20.0';

interface Listed {
  value: Record<string, unknown>[];
  'odata.nextLink'?: string;
}

async function setUp(wanted: Parameters<typeof startWithBatch>[0] = {}) {
  const staged = await startWithBatch(wanted);
  const { azure, account } = staged;
  async function ask(path: string, audience = 'https://batch.core.windows.net/') {
    const { token } = await azure.core.tokens.issue(audience);
    const url = path.startsWith('https:') ? path : `https://${account.authority}${path}`;
    return azure.handle(new Request(url, { headers: { authorization: `Bearer ${token}` } }));
  }
  async function read<T = Record<string, unknown>>(path: string): Promise<T> {
    const answer = await ask(`${path}${path.includes('?') ? '&' : '?'}api-version=${version}`);
    return (await answer.json()) as T;
  }
  const codeOf = async (path: string, audience?: string) => {
    const answer = await ask(path, audience);
    const { code, values } = (await answer.json()) as { code?: string; values?: { value: string }[] };
    return [answer.status, code, values?.[0]?.value];
  };
  return { ...staged, ask, read, codeOf };
}

const applications = `/applications?api-version=${version}`;

test.each([
  ['a token', {}, undefined, 200],
  ['a token where tokens alone are allowed', { allowedAuthenticationModes: ['AAD' as const] }, undefined, 200],
  [
    'a token for pools in the user’s own subscription',
    { poolAllocationMode: 'UserSubscription' as const },
    undefined,
    200,
  ],
  ['a token where tokens are not allowed', { allowedAuthenticationModes: ['SharedKey' as const] }, undefined, 403],
  ['a token for something else', {}, 'https://management.azure.com', 401],
])('%s is answered %#', async (_, wanted, audience, status) => {
  const { codeOf } = await setUp(wanted);
  const [answered, code] = await codeOf(applications, audience);
  expect([answered, code]).toEqual([status, status === 200 ? undefined : 'AuthenticationFailed']);
});

test('a denied caller is refused', async () => {
  const { azure, account, codeOf } = await setUp();
  azure.arm.denials.add({ objectId: '*', scope: account.id, action: 'Microsoft.Batch/batchAccounts/pools/read' });
  expect(await codeOf(`/pools?api-version=${version}`)).toEqual([403, 'InsufficientAccountPermissions', undefined]);
  expect((await codeOf(applications))[0]).toBe(200);
});

test('pools are shown in the spelling of the data plane', async () => {
  const { azure, account, read } = await setUp();
  const extensions = [{ ...keyVaultExtension({ observedCertificates: [] }), protectedSettings: { a: 1 } }];
  azure.createPool(account, { name: 'Mine', nodes: 1, extensions, identities: [identityId] });
  expect(await read('/pools/mine')).toMatchObject({
    id: 'Mine',
    state: 'active',
    allocationState: 'steady',
    targetDedicatedNodes: 1,
    currentDedicatedNodes: 1,
    virtualMachineConfiguration: {
      nodeAgentSKUId: 'batch.node.ubuntu 22.04',
      extensions: [keyVaultExtension({ observedCertificates: [] })],
    },
    identity: { type: 'UserAssigned', userAssignedIdentities: [{ resourceId: identityId }] },
  });
  expect((await read<Listed>('/pools?$select=id,state')).value).toEqual([{ id: 'Mine', state: 'active' }]);
});

test('nodes are listed page by page while nodes come and go', async () => {
  const { azure, account, ask, read } = await setUp();
  const pool = azure.createPool(account, { name: 'mine', nodes: 3 });
  const ids = pool.nodes.map(({ id }) => id).toSorted();
  const first = await read<Listed>('/pools/mine/nodes?maxresults=2&$select=id');
  expect(first.value).toEqual([{ id: ids[0] }, { id: ids[1] }]);
  const removed = pool.nodes.find(({ id }) => id === ids[0]);
  if (removed) pool.removeNode(removed);
  const rest = (await (await ask(first['odata.nextLink'] ?? '')).json()) as Listed;
  expect(rest.value).toEqual([{ id: ids[2] }]);
  expect(rest['odata.nextLink']).toBeUndefined();
});

test('a node shows its allocation, its boot and its state since then', async () => {
  const { azure, account, read } = await setUp();
  const pool = azure.createPool(account, { name: 'mine', timing: { startMs: 30_000 } });
  const node = pool.addNode();
  const state = () =>
    read(`/pools/mine/nodes/${node.id}?$select=state,stateTransitionTime,lastBootTime,allocationTime`);
  const times = { allocationTime: '2026-11-22T10:00:00.000Z', lastBootTime: '2026-11-22T10:00:00.000Z' };
  expect(await state()).toMatchObject({ ...times, state: 'starting', stateTransitionTime: times.lastBootTime });
  azure.clock.advance(60_000);
  expect(await state()).toMatchObject({ ...times, state: 'idle', stateTransitionTime: '2026-11-22T10:00:30.000Z' });
  node.restart();
  azure.clock.advance(30_000);
  node.become('offline');
  const later = { state: 'offline', stateTransitionTime: '2026-11-22T10:01:30.000Z' };
  expect(await state()).toMatchObject({ ...times, lastBootTime: '2026-11-22T10:01:00.000Z', ...later });
});

test('a starting node shows no extension', async () => {
  const { azure, account, read } = await setUp();
  const extensions = [keyVaultExtension({ observedCertificates: [] })];
  const pool = azure.createPool(account, { name: 'mine', nodes: 1, extensions, timing: { startMs: 30_000 } });
  const path = `/pools/mine/nodes/${pool.nodes[0]?.id ?? ''}/extensions`;
  expect((await read<Listed>(path)).value).toEqual([]);
  azure.clock.advance(30_000);
  expect((await read<Listed>(path)).value).toHaveLength(1);
});

test('a node’s extension shows its status and time, but no version', async () => {
  const { azure, account, read, vault, codeOf } = await setUp();
  const { version: installed } = vault.setSecret('cert', 'pem');
  const extensions = [keyVaultExtension({ observedCertificates: [`${vault.uri}/secrets/cert`] })];
  const pool = azure.createPool(account, { name: 'mine', nodes: 1, extensions, identities: [identityId] });
  const node = `/pools/mine/nodes/${pool.nodes[0]?.id ?? ''}`;
  const listed = await read<Listed>(`${node}/extensions`);
  const found = await read(`${node}/extensions/certificates`);
  expect(found).toMatchObject(listed.value[0] ?? {});
  expect(found).toMatchObject({
    provisioningState: 'Succeeded',
    vmExtension: keyVaultExtension({ observedCertificates: [`${vault.uri}/secrets/cert`] }),
    instanceView: {
      name: 'certificates',
      statuses: [{ code: 'ProvisioningState/succeeded', level: 'Info', time: '2026-11-22T10:00:00.000Z' }],
    },
  });
  expect(JSON.stringify(found)).not.toContain(installed);
  expect(await codeOf(`${node}/extensions/x?api-version=${version}`)).toEqual([404, 'ResourceNotFound', undefined]);
  expect(azure.core.journal.calls.map(({ operation }) => operation)).toEqual([
    'batchData.nodeExtensions',
    'batchData.nodeExtension',
    'batchData.nodeExtension',
  ]);
});

test.each([
  ['a pool', '/pools/x', 'PoolNotFound'],
  ['a node', '/pools/mine/nodes/x', 'NodeNotFound'],
])('%s that does not exist gets its own code', async (_, path, code) => {
  const { azure, account, codeOf } = await setUp();
  azure.createPool(account, { name: 'mine' });
  expect(await codeOf(`${path}?api-version=${version}`)).toEqual([404, code, undefined]);
});

test('supported images name their node agent, and the end of support where it is known', async () => {
  const { read } = await setUp();
  const { value } = await read<Listed>('/supportedimages');
  expect(value.find(({ nodeAgentSKUId }) => nodeAgentSKUId === 'batch.node.ubuntu 20.04')).toMatchObject({
    osType: 'linux',
    verificationType: 'verified',
    batchSupportEndOfLife: expect.any(String) as string,
  });
});

test('without its customer-managed key an account is disabled', async () => {
  const encryption = {
    keySource: 'Microsoft.KeyVault',
    keyVaultProperties: { keyIdentifier: 'https://kv1.vault.azure.net/keys/removed' },
  } as const;
  const { codeOf } = await setUp({ identity: { type: 'SystemAssigned' }, encryption });
  expect(await codeOf(applications)).toEqual([403, 'AccountIsDisabled', undefined]);
});
