import { startEmulator, subscriptionId } from '../support.ts';

const group = `/subscriptions/${subscriptionId}/resourceGroups/Group`;
const account = `${group}/providers/Microsoft.Batch/batchAccounts/acct`;
const service = `${group}/providers/Microsoft.SignalRService/SignalR/sig`;
const regenerate = (path: string, version: string) => `POST ${path}?api-version=${version}`;

async function setUp() {
  const azure = await startEmulator();
  await azure.newBatch();
  await azure.newSignalR();
  return azure;
}

async function outcome(answer: Response): Promise<[number, string | undefined]> {
  const { error } = (await answer.json()) as { error?: { code: string } };
  return [answer.status, error?.code];
}

test.each([
  ['the version', `GET ${account}?api-version=2024-07-01`, [200, undefined]],
  ['the version with an encoded name', `GET ${account}?api%2Dversion=2023-11-01`, [200, undefined]],
  ['no version', `GET ${account}`, [400, 'MissingApiVersionParameter']],
  ['no date as version', `GET ${account}?api-version=latest`, [400, 'InvalidApiVersionParameter']],
  ['another provider’s version', `GET ${account}?api-version=2023-02-01`, [400, 'NoRegisteredProviderFound']],
  ['an unknown account', `GET ${account}x?api-version=2024-07-01`, [404, 'ResourceNotFound']],
  [
    'an unknown group',
    `GET ${account.replace('Group/', 'no/')}?api-version=2024-07-01`,
    [404, 'ResourceGroupNotFound'],
  ],
  [
    'an unknown subscription',
    `GET ${account.replace('5ab5c', '00000')}?api-version=2024-07-01`,
    [404, 'SubscriptionNotFound'],
  ],
  ['a route that is not served', `GET ${account}/applications?api-version=2024-07-01`, [501, 'NotImplemented']],
  ['an unknown operation', operationPath('nobody'), [404, 'NotFound']],
])('with %s the answer is as expected', async (_, request, expected) => {
  const [method = '', path = ''] = request.split(' ');
  expect(await outcome(await (await setUp()).callArm(method, path))).toEqual(expected);
});

function operationPath(id: string): string {
  const locations = `/subscriptions/${subscriptionId}/providers/Microsoft.SignalRService/locations/westeurope`;
  return `GET ${locations}/operationStatuses/signalr/${id}?api-version=2023-02-01`;
}

test.each([
  ['Batch key in lower case', regenerate(`${account}/regenerateKeys`, '2024-07-01'), '{"keyName":"primary"}'],
  ['SignalR key in lower case', regenerate(`${service}/regenerateKey`, '2023-02-01'), '{"keyType":"secondary"}'],
  [
    'Batch key named by the wrong property',
    regenerate(`${account}/regenerateKeys`, '2024-07-01'),
    '{"keyType":"Primary"}',
  ],
  ['body that is no JSON', regenerate(`${account}/regenerateKeys`, '2024-07-01'), '{'],
])('a %s is refused', async (_, request, body) => {
  const [method = '', path = ''] = request.split(' ');
  const answer = await (await setUp()).callArm(method, path, { body });
  expect(await outcome(answer)).toEqual([400, 'InvalidRequestBody']);
});

test('a body of no JSON type is refused', async () => {
  const path = `${account}/regenerateKeys?api-version=2024-07-01`;
  const headers = { 'content-type': 'text/plain' };
  const answer = await (await setUp()).callArm('POST', path, { body: '{"keyName":"Primary"}', headers });
  expect(await outcome(answer)).toEqual([415, 'UnsupportedMediaType']);
});

test.each([
  ['no token', undefined, 'AuthenticationFailed'],
  ['a token for a vault', 'https://vault.azure.net', 'InvalidAuthenticationTokenAudience'],
])('%s is answered 401', async (_, audience, code) => {
  const azure = await setUp();
  const headers = new Headers();
  if (audience) headers.set('authorization', `Bearer ${(await azure.core.tokens.issue(audience)).token}`);
  const answer = await azure.handle(new Request(`${azure.armEndpoint}${account}?api-version=2024-07-01`, { headers }));
  expect(await outcome(answer)).toEqual([401, code]);
});

test.each([
  ['the resource', account],
  ['its group, in another case', group.toUpperCase()],
])('a ReadOnly lock on %s refuses key operations and lets reads through', async (_, lock) => {
  const azure = await setUp();
  azure.arm.locks.add(lock);
  const read = await azure.callArm('GET', `${account}?api-version=2024-07-01`);
  const keys = await azure.callArm('POST', `${account}/listKeys?api-version=2024-07-01`);
  expect([read.status, ...(await outcome(keys))]).toEqual([200, 409, 'ScopeLocked']);
});

test('a denial refuses its action to its identity below its scope', async () => {
  const azure = await setUp();
  const { objectId } = azure.core.tokens.appIdentity;
  azure.arm.denials.add({ objectId, scope: group, action: 'microsoft.batch/batchAccounts/regenerateKeys/action' });
  azure.arm.denials.add({ objectId: 'somebody-else', scope: group, action: '*' });
  const list = await azure.callArm('POST', `${account}/listKeys?api-version=2024-07-01`);
  const refused = await azure.callArm('POST', `${account}/regenerateKeys?api-version=2024-07-01`);
  expect([list.status, ...(await outcome(refused))]).toEqual([200, 403, 'AuthorizationFailed']);
});

test('reads are limited by a bucket that refills, and an early retry restarts the wait', async () => {
  const azure = await setUp();
  const read = () => azure.callArm('GET', `${account}?api-version=2024-07-01`);
  const first = await read();
  expect(first.headers.get('x-ms-ratelimit-remaining-subscription-reads')).toBe('249');
  expect(first.headers.get('x-ms-ratelimit-remaining-subscription-global-reads')).toBe('3749');
  for (let left = 249; left > 0; left -= 1) expect((await read()).status).toBe(200);
  const refused = await read();
  expect([refused.headers.get('retry-after'), ...(await outcome(refused))]).toEqual([
    '1',
    429,
    'SubscriptionRequestsThrottled',
  ]);
  azure.clock.advance(999);
  expect((await read()).status).toBe(429);
  azure.clock.advance(999);
  expect((await read()).status).toBe(429);
  azure.clock.advance(1_000);
  expect((await read()).status).toBe(200);
});

test('actions count as writes', async () => {
  const answer = await (await setUp()).callArm('POST', `${account}/listKeys?api-version=2024-07-01`);
  expect(answer.headers.get('x-ms-ratelimit-remaining-subscription-writes')).toBe('199');
});

test('answers and refusals carry request ids, and the operation is named in the journal', async () => {
  const azure = await setUp();
  const headers = { 'x-ms-correlation-request-id': 'mine' };
  for (const path of [account, `${account}x`]) {
    const answer = await azure.callArm('GET', `${path}?api-version=2024-07-01`, { headers });
    expect(answer.headers.get('x-ms-request-id')).toBeTruthy();
    expect(answer.headers.get('x-ms-correlation-request-id')).toBe('mine');
  }
  expect(azure.core.journal.calls.map((call) => call.operation)).toEqual(['batch.get', 'batch.get']);
});
