import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import type { Core, Service } from '../core.ts';
import { batchRoutes } from './batchRoutes.ts';
import { operationRoutes } from './operationRoutes.ts';
import { lowerCasePath } from './scope.ts';
import { signalRRoutes } from './signalrRoutes.ts';
import type { ArmState } from './state.ts';

/** Azure Resource Manager, as far as Batch accounts and SignalR services go. */
export function armService(core: Core, state: ArmState): Service {
  const app = new Hono({ getPath: lowerCasePath });
  app.use(requestIds(core));
  app.route('/', batchRoutes(core, state));
  app.route('/', signalRRoutes(core, state));
  app.route('/', operationRoutes(core, state));
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
