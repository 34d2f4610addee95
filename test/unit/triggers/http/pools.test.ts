import { createHttpHeaders, type HttpClient, type PipelinePolicy } from '@azure/core-rest-pipeline';
import { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { arm } from '../../../../lib/azure/arm.ts';
import { resourceGraph } from '../../../../lib/azure/resourceGraph.ts';
import { definePool } from '../../../../lib/triggers/http/pools.ts';
import { auditPool } from '../../../../lib/pools/audit.ts';
import type { PoolBody } from '../../../../lib/pools/poolView.ts';
import { certificate, documentedCertificate, documentedPool, linuxPool } from '../../pools/samplePools.ts';

const group = '/subscriptions/5ab5c000-0000-4000-8000-000000000001/resourceGroups/group';
const account = `${group}/providers/Microsoft.Batch/batchAccounts/acct`;
const pool = `${account}/pools/test2`;
const settings = { armEndpoint: 'https://management.azure.com', armAudience: 'https://management.azure.com' };
const credential = { getToken: () => Promise.resolve({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };

const answerShape = z.looseObject({ definition: z.looseObject({ properties: z.record(z.string(), z.unknown()) }) });

/** Answers every request so, and keeps what was asked. */
function answering(status: number, body: object) {
  const asked: string[] = [];
  const http: HttpClient = {
    sendRequest: (request) => {
      asked.push(`${request.method} ${request.url}`);
      return Promise.resolve({ request, status, headers: createHttpHeaders(), bodyAsText: JSON.stringify(body) });
    },
  };
  const timeLimit: PipelinePolicy = { name: 'none', sendRequest: (request, next) => next(request) };
  const manager = arm({ credential, http, timeLimit }, settings);
  return { asked, clock: { after: () => () => undefined }, arm: manager, graph: resourceGraph(manager) };
}

async function define(client: ReturnType<typeof answering>, body: object) {
  const url = 'https://app.example/api/pools/definition';
  const request = new HttpRequest({ method: 'POST', url, body: { string: JSON.stringify(body) } });
  const { status, headers, body: text } = await definePool(client, request);
  return { status, headers, body: z.record(z.string(), z.unknown()).parse(JSON.parse(z.string().parse(text))) };
}

test('of a pool that is there it tells what is wrong, what would be right, and how to make it', async () => {
  const client = answering(200, { ...documentedPool, id: pool });
  const { status, body } = await define(client, { pool, apiVersion: '2021-01-01' });
  expect(client.asked).toEqual([
    `GET https://management.azure.com${pool}?api-version=2024-07-01`,
    'POST https://management.azure.com/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01',
  ]);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: `${pool}-kv`,
    findings: [
      { reason: 'pool-extension-outdated', pool: 'test2' },
      { reason: 'pool-url-pinned', advice: expect.stringContaining('recreate') as string },
      { reason: 'pool-msi-endpoint' },
      { reason: 'pool-image-too-old' },
      { reason: 'pool-api-outdated' },
    ],
  });
  const { definition } = answerShape.parse(body);
  expect(auditPool(definition as PoolBody, { certificate: documentedCertificate, required: true })).toEqual([]);
});

test('the command that creates it leaves a pool that is there alone', async () => {
  const { body } = await define(answering(200, linuxPool()), { pool, name: 'renewing' });
  const url = `${account}/pools/renewing?api-version=2024-07-01`;
  expect(body['next']).toContain(`az rest --method put --url "${url}" --headers "If-None-Match=*" --body @pool.json`);
});

test('a certificate that the pool should observe and does not is a finding', async () => {
  const { body } = await define(answering(200, linuxPool()), {
    pool,
    certificates: [certificate, 'https://kv.vault.azure.net/secrets/two'],
  });
  expect(body['findings']).toMatchObject([{ reason: 'pool-extension-missing' }]);
});

test('a new pool is defined without asking Azure', async () => {
  const client = answering(500, {});
  const resourceId = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes`;
  const { status, body } = await define(client, {
    account,
    name: 'fresh',
    vmSize: 'Standard_D2s_v5',
    os: 'windows',
    nodes: 1,
    certificates: [certificate],
    identity: { resourceId, clientId: '6f1d0c1e-0b36-4a55-9d5f-0c8f5f3c9a11' },
  });
  expect(client.asked).toEqual([]);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { id: `${account}/pools/fresh`, changes: [], findings: [] },
  });
});

test('no secret of a start task is in the answer', async () => {
  const secret = 'c2VjcmV0'.repeat(8);
  const startTask = { commandLine: 'true', resourceFiles: [{ httpUrl: `https://a.example/f?sig=${secret}` }] };
  const { body } = await define(answering(200, linuxPool({ properties: { startTask } })), { pool });
  expect(JSON.stringify(body)).not.toContain(secret);
  expect(body['changes']).toMatchObject([{ pointer: '/properties/startTask/resourceFiles/0/httpUrl' }]);
});

test.each([
  ['is not there', 404, { error: { code: 'PoolNotFound' } }, 404, 'resource-missing'],
  ['may not be read', 403, { error: { code: 'AuthorizationFailed' } }, 409, 'forbidden'],
  ['is asked for too often', 429, { error: { code: 'TooManyRequests' } }, 503, 'throttled'],
  ['cannot be asked for now', 500, {}, 503, 'outage'],
])('a pool that %s is a problem with a reason', async (_sentence, answered, refusal, status, reason) => {
  expect(await define(answering(answered, refusal), { pool })).toMatchObject({ status, body: { reason } });
});

test.each([
  ['no identity signs in', linuxPool({ pool: { identity: undefined } }), 'identity'],
  ['nothing is observed', linuxPool({ machine: { extensions: [] } }), 'certificates'],
  ['there are no virtual machines', linuxPool({ properties: { deploymentConfiguration: {} } }), 'virtual machines'],
])('where %s the answer says what to add', async (_sentence, found, word) => {
  expect(await define(answering(200, found), { pool })).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining(word) as string },
  });
});

test('a malformed request is refused before anything is read', async () => {
  const client = answering(200, linuxPool());
  expect(await define(client, { pool: account })).toMatchObject({ status: 400 });
  expect(client.asked).toEqual([]);
});
