import { Hono } from 'hono';
import type { Context, MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import { HTTPException } from 'hono/http-exception';
import { jwtVerify } from 'jose';
import { acceptedKeys } from '../arm/index.ts';
import type { ArmState, SignalRService } from '../arm/index.ts';
import type { Core, Service } from '../shared/core.ts';
import { nameOperation } from '../shared/http.ts';

const version = '2022-06-01';

/**
 * The REST data plane of every SignalR service. Health is answered without checking a key, as in Azure
 * (Azure/azure-signalr issue 1662), so it proves nothing.
 */
export function signalrDataPlane(core: Core, state: ArmState): Service {
  const app = new Hono();
  const users = (context: Context) => context.body(null, isConnected(context, state) ? 200 : 404);
  app.get('/api/health', nameOperation(core, 'signalrData.health'), (context) => {
    serviceOf(context, state);
    return context.body(null, 200);
  });
  app.get('/api/v1/hubs/:hub/users/:user', gate(core, state, 'signalrData.userExists'), users);
  app.get('/api/hubs/:hub/users/:user', gate(core, state, 'signalrData.userExists'), versioned, users);
  app.post('/api/hubs/:hub/:action{:send}', gate(core, state, 'signalrData.send'), versioned, (context) =>
    context.body(null, 202),
  );
  app.notFound((context) =>
    context.text(`The local Azure does not serve ${context.req.method} ${context.req.path}.`, 501),
  );
  return { name: 'signalr', fetch: (request) => app.fetch(request) };
}

function gate(core: Core, state: ArmState, name: string): MiddlewareHandler {
  return every(nameOperation(core, name), async (context, next) => {
    const service = serviceOf(context, state);
    if (service.publicNetworkAccess === 'Disabled' || service.networkDefaultAction === 'Deny') {
      throw new HTTPException(403, { message: 'The network rules of this service refuse the caller.' });
    }
    if (!(await isAuthentic(core, service, context.req.raw))) {
      context.header('WWW-Authenticate', 'Bearer error="invalid_token"');
      return context.body(null, 401);
    }
    if (!/^[a-z][a-z0-9_]*$/i.test(context.req.param('hub') ?? '')) {
      throw new HTTPException(400, { message: 'A hub begins with a letter and has letters, digits and _ only.' });
    }
    await next();
    return undefined;
  });
}

const versioned: MiddlewareHandler = async (context, next) => {
  if (context.req.query('api-version') !== version) {
    throw new HTTPException(400, { message: `This path is served for api-version ${version}.` });
  }
  await next();
};

function serviceOf(context: Context, state: ArmState): SignalRService {
  const { host } = new URL(context.req.url);
  for (const each of state.resources.values()) if (each.kind === 'signalr' && each.authority === host) return each;
  throw new HTTPException(404, { message: 'There is no such service.' });
}

function isConnected(context: Context, state: ArmState): boolean {
  const { hub = '', user = '' } = context.req.param() as { hub?: string; user?: string };
  return serviceOf(context, state).users.has(`${hub}/${user}`);
}

/**
 * Whether one of the service's keys signed a token for this address: HS256 with the key's text, `aud` the URL without
 * query and trailing slash, `exp` in the future
 * (https://learn.microsoft.com/azure/azure-signalr/signalr-reference-data-plane-rest-api).
 */
async function isAuthentic(core: Core, service: SignalRService, request: Request): Promise<boolean> {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (token === undefined) return false;
  core.issued.add(token);
  if (service.disableLocalAuth) return false;
  const currentDate = core.clock.now();
  const options = { algorithms: ['HS256'], audience: audiencesOf(request.url), requiredClaims: ['exp'], currentDate };
  const tried = acceptedKeys(service, currentDate.getTime()).map((key) =>
    jwtVerify(token, Buffer.from(key, 'utf8'), options).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(tried)).includes(true);
}

/** Microsoft's .NET client keeps the query in the audience, and is accepted. */
function audiencesOf(requestUrl: string): string[] {
  const { origin, pathname, search } = new URL(requestUrl);
  const plain = `${origin}${pathname.replace(/\/$/, '')}`;
  return [plain, `${plain}${search}`];
}
