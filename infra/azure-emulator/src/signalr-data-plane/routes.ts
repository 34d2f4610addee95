import { Hono } from 'hono';
import type { Context, MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import { HTTPException } from 'hono/http-exception';
import type { SignalRService } from '../arm/signalr/state.ts';
import type { ArmState } from '../arm/state.ts';
import { nameOperation } from '../shared/http.ts';
import type { Core } from '../shared/platform.ts';
import type { Service } from '../shared/service.ts';
import { isAuthentic } from './authentication.ts';

const version = '2022-06-01';

/**
 * The REST data plane of every SignalR service. Its health is answered without a look at any key, as the real one's
 * (Azure/azure-signalr issue 1662): it proves nothing.
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
