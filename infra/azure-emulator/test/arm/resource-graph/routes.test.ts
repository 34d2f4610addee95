import { startWithGraph, subscriptionId } from '../../support.ts';

const other = '5ab5c000-0000-4000-8000-000000000002';
const all = 'Resources | project id, type | order by id asc';

async function setUp() {
  const azure = await startWithGraph();
  await azure.newBatch({ tags: { Team: 'rendering' } });
  await azure.newSignalR();
  await azure.newSignalR({ name: 'elsewhere', subscriptionId: other });
  return azure;
}

test('rows equal the GET, with types and groups in lower case', async () => {
  const azure = await setUp();
  const { data } = await azure.query(`Resources | where type == 'microsoft.batch/batchaccounts'`);
  const id = `/subscriptions/${subscriptionId}/resourceGroups/Group/providers/Microsoft.Batch/batchAccounts/acct`;
  const shown = await azure.callArm('GET', `${id}?api-version=2024-07-01`);
  const { properties } = (await shown.json()) as { properties: unknown };
  expect(data).toMatchObject([
    { id, name: 'acct', kind: '', resourceGroup: 'group', subscriptionId, tags: { Team: 'rendering' }, properties },
  ]);
});

test.each([
  ['roles', 'rbac', 'true'],
  ['access policies', 'policies', 'false'],
] as const)('a vault is a row that says whether %s decide, and whose identities it trusts', async (_, model, rbac) => {
  const azure = await setUp();
  const vault = await azure.keyVault.createVault('kv', { subscriptionId, resourceGroup: 'Group' });
  Object.assign(vault, { permissionModel: model, tenantId: 'another' });
  const { data } = await azure.query(`Resources | where type =~ 'Microsoft.KeyVault/vaults'
    | project id, name, tenantId, resourceGroup, subscriptionId, uri = tostring(properties.vaultUri),
      rbac = tostring(properties.enableRbacAuthorization), trusted = tostring(properties.tenantId)`);
  const { tenantId } = azure.core.tokens;
  const place = { name: 'kv', tenantId, resourceGroup: 'group', subscriptionId };
  expect(data).toEqual([{ id: vault.id, ...place, uri: `${vault.uri}/`, rbac, trusted: 'another' }]);
});

test('an answer has the number of rows and the rest of the quota', async () => {
  const answer = await (await setUp()).query(all);
  expect(answer).toMatchObject({ status: 200, totalRecords: 3, count: 3, facets: [], resultTruncated: 'false' });
  expect(answer.headers.get('x-ms-user-quota-remaining')).toBe('14');
  expect(answer.headers.get('x-ms-user-quota-resets-after')).toBe('00:00:05');
  expect(answer.headers.get('x-ms-ratelimit-remaining-tenant-writes')).toBe('199');
});

test('pages follow each other by their tokens', async () => {
  const azure = await setUp();
  const first = await azure.query(all, { options: { $top: 2, resultFormat: 'objectArray' } });
  expect(first).toMatchObject({ totalRecords: 3, count: 2, resultTruncated: 'false' });
  const second = await azure.query(all, { options: { $top: 2, $skipToken: first.$skipToken } });
  expect(second).toMatchObject({ totalRecords: 3, count: 1 });
  expect(second.$skipToken).toBeUndefined();
  expect([...first.data, ...second.data]).toEqual((await azure.query(all)).data);
  const foreign = await azure.query('Resources', { options: { $skipToken: first.$skipToken } });
  expect(foreign).toMatchObject({ status: 400, error: { details: [{ code: 'InvalidSkipToken' }] } });
});

test('a result with only dynamic columns is truncated', async () => {
  const answer = await (await setUp()).query('Resources | project properties', { options: { $top: 2 } });
  expect(answer).toMatchObject({ count: 2, resultTruncated: 'true' });
  expect(answer.$skipToken).toBeUndefined();
});

test('rows without order by come in a different order each time', async () => {
  const azure = await setUp();
  const ids = async () => (await azure.query('Resources | project id')).data.map(({ id }) => id);
  const [one, two] = [await ids(), await ids()];
  expect(one).not.toEqual(two);
  expect(one.toSorted()).toEqual(two.toSorted());
});

test.each([
  ['the ones named', [other], 1],
  ['the ones named, in any case, without the unknown ones', [subscriptionId.toUpperCase(), 'unknown'], 2],
])('of the subscriptions %s are searched', async (_, subscriptions, expected) => {
  expect((await (await setUp()).query(all, { subscriptions })).totalRecords).toBe(expected);
});

test('a query for unknown subscriptions only is refused', async () => {
  const answer = await (await setUp()).query(all, { subscriptions: ['unknown'] });
  expect(answer).toMatchObject({
    status: 400,
    error: { code: 'BadRequest', details: [{ code: 'NoValidSubscriptionsInQueryRequest' }] },
  });
});

test.each([
  ['everything in a subscription', `/subscriptions/${other}`, '*', 2],
  ['reading in a subscription', `/subscriptions/${other}`, '*/read', 2],
  ['reading of one type', '', 'Microsoft.SignalRService/SignalR/read', 1],
])('rows are not there for whom is denied %s', async (_, scope, action, expected) => {
  const azure = await setUp();
  azure.arm.denials.add({ objectId: azure.core.tokens.appIdentity.objectId, scope, action });
  expect((await azure.query(all)).totalRecords).toBe(expected);
});

test('a caller who is denied queries at the tenant is refused', async () => {
  const azure = await setUp();
  azure.arm.denials.add({ objectId: '*', scope: '', action: 'Microsoft.ResourceGraph/resources/read' });
  expect(await azure.query(all)).toMatchObject({ status: 403, error: { code: 'AuthorizationFailed' } });
});

test('a principal has fifteen queries in five seconds', async () => {
  const azure = await setUp();
  for (let count = 0; count < 15; count += 1) expect((await azure.query(all)).status).toBe(200);
  azure.clock.advance(1_500);
  const refused = await azure.query(all);
  expect(refused).toMatchObject({ status: 429, error: { code: 'RateLimiting' } });
  expect(refused.headers.get('retry-after')).toBe('4');
  expect(refused.headers.get('x-ms-user-quota-remaining')).toBe('0');
  azure.clock.advance(3_500);
  expect((await azure.query(all)).status).toBe(200);
});

test('an invalid query is refused with the place of the error', async () => {
  expect(await (await setUp()).query('Resources | summarize count()')).toMatchObject({
    status: 400,
    error: {
      code: 'BadRequest',
      details: [
        { code: 'InvalidQuery' },
        { code: 'InvalidQueryLanguage', line: 1, characterPositionInLine: 12, token: 'summarize' },
      ],
    },
  });
});

test.each([
  ['no query', { query: undefined }],
  ['too many rows', { options: { $top: 1001 } }],
  ['another format', { options: { resultFormat: 'table' } }],
])('a body with %s is refused', async (_, more) => {
  expect((await (await setUp()).query(all, more)).status).toBe(400);
});

test('a frozen graph does not show later changes', async () => {
  const azure = await setUp();
  azure.graph.freeze();
  await azure.newBatch({ name: 'late' });
  expect((await azure.query(all)).totalRecords).toBe(3);
  azure.graph.thaw();
  expect((await azure.query(all)).totalRecords).toBe(4);
});

test('queries are named in the journal, and faults apply to them', async () => {
  const azure = await setUp();
  const operation = 'resourceGraph.query';
  azure.core.faults.plan({ operation, effect: { kind: 'status', status: 503 } });
  expect([(await azure.query(all)).status, azure.core.journal.calls.at(-1)?.operation]).toEqual([503, operation]);
});
