import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import type { Core } from '../shared/platform.ts';
import type { Service } from '../shared/service.ts';
import type { PoolContext } from './batch/pools/pool.ts';
import { poolRoutes } from './batch/pools/routes.ts';
import { batchRoutes } from './batch/routes.ts';
import { containerAppRoutes } from './container-apps/routes.ts';
import type { Graph } from './resource-graph/index.ts';
import { graphRoutes } from './resource-graph/routes.ts';
import { lowerCasePath } from './scope.ts';
import { operationRoutes, signalRRoutes } from './signalr/routes.ts';
import type { ArmState } from './state.ts';
import { webRoutes } from './web/routes.ts';

/** Azure Resource Manager: accounts with keys, apps that use them, and what Resource Graph knows of all. */
export function armService(pools: PoolContext, state: ArmState, graph: Graph): Service {
  const { core } = pools;
  const app = new Hono({ getPath: lowerCasePath });
  app.use(requestIds(core));
  app.route('/', batchRoutes(core, state));
  app.route('/', poolRoutes(pools, state));
  app.route('/', signalRRoutes(core, state));
  app.route('/', operationRoutes(core, state));
  app.route('/', webRoutes(core, state));
  app.route('/', containerAppRoutes(core, state));
  app.route('/', graphRoutes(core, state, graph));
  app.notFound((context) => {
    const message = `The local Azure does not serve ${context.req.method} ${context.req.path}.`;
    return context.json({ error: { code: 'NotImplemented', message } }, 501);
  });
  return { name: 'arm', fetch: (request) => app.fetch(request) };
}

function requestIds(core: Core): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { requestId } = core.journal.of(context.req.raw);
    context.header('x-ms-request-id', requestId);
    context.header('x-ms-correlation-request-id', context.req.header('x-ms-correlation-request-id') ?? requestId);
  };
}
