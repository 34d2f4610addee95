import { Hono } from 'hono';
import type { Context, MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import type { ArmState, BatchAccount } from '../arm/state.ts';
import type { Core, Service } from '../core.ts';
import { operation } from '../operation.ts';
import { refusal } from './refusal.ts';
import { authenticate } from './sharedKey.ts';

const versions = [
  '2022-10-01.16.0',
  '2023-05-01.17.0',
  '2023-11-01.18.0',
  '2024-02-01.19.0',
  '2024-07-01.20.0',
  '2025-06-01',
];
const image = {
  nodeAgentSKUId: 'batch.node.ubuntu 22.04',
  imageReference: {
    publisher: 'canonical',
    offer: '0001-com-ubuntu-server-jammy',
    sku: '22_04-lts',
    version: 'latest',
  },
  osType: 'linux',
  verificationType: 'verified',
};

/** The data plane of every Batch account: the read-only lists a key can be tried on. */
export function batchDataPlane(core: Core, state: ArmState): Service {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('request-id', core.journal.of(context.req.raw).requestId);
    context.header('DataServiceVersion', '3.0');
  });
  app.get('/applications', gate(core, state, 'batchData.applications'), list('applications', []));
  app.get('/jobs', gate(core, state, 'batchData.jobs'), list('jobs', []));
  app.get('/supportedimages', gate(core, state, 'batchData.supportedImages'), list('supportedimages', [image]));
  app.notFound((context) => {
    throw refusal(501, 'NotImplemented', `The local Azure does not serve ${context.req.method} ${context.req.path}.`);
  });
  return { name: 'batch', fetch: (request) => app.fetch(request) };
}

function gate(core: Core, state: ArmState, name: string): MiddlewareHandler {
  return every(operation(core, name), async (context, next) => {
    const url = new URL(context.req.url);
    const account = accountOf(state, url.host);
    assertReachable(account);
    authenticate(core, account, context.req.raw);
    assertVersion(url.searchParams.get('api-version'));
    assertPageSize(url.searchParams.get('maxresults'));
    await next();
  });
}

function accountOf(state: ArmState, authority: string): BatchAccount {
  for (const each of state.resources.values()) if (each.kind === 'batch' && each.authority === authority) return each;
  throw refusal(404, 'AccountNotFound', 'There is no such Batch account.');
}

/** Network rules are looked at before any key. The service's own code for this refusal is not documented. */
function assertReachable({ publicNetworkAccess, networkDefaultAction }: BatchAccount): void {
  if (publicNetworkAccess === 'Enabled' && networkDefaultAction === 'Allow') return;
  throw refusal(403, 'AuthorizationFailure', 'The network rules of this Batch account refuse the caller.');
}

function assertVersion(version: string | null): void {
  if (!version) {
    throw refusal(400, 'MissingRequiredQueryParameter', 'A required query parameter is missing.', {
      QueryParameterName: 'api-version',
    });
  }
  if (versions.includes(version)) return;
  throw refusal(400, 'UnsupportedRequestVersion', `The api-version ${version} is not supported.`);
}

function assertPageSize(maxResults: string | null): void {
  const size = Number(maxResults ?? 1);
  if (Number.isInteger(size) && size >= 1 && size <= 1_000) return;
  throw refusal(400, 'OutOfRangeQueryParameterValue', 'A query parameter is outside of its range of 1 to 1000.', {
    QueryParameterName: 'maxresults',
    QueryParameterValue: String(maxResults),
  });
}

function list(kind: string, value: unknown[]) {
  return (context: Context) =>
    context.json({ 'odata.metadata': `${new URL(context.req.url).origin}/$metadata#${kind}`, value });
}
