import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import type { Core, Service } from '../shared/core.ts';
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

export { createKeyAccess } from './batch/customerManagedKey.ts';
export { identityAt, principalsOf } from './batch/identity.ts';
export type { PoolIdentity } from './batch/identity.ts';
export { createBatchAccount } from './batch/index.ts';
export { supportedImages } from './batch/pools/images.ts';
export { createPoolContext, seedPool } from './batch/pools/pool.ts';
export type { NewPool } from './batch/pools/pool.ts';
export { poolsOf } from './batch/pools/routes.ts';
export type { VmExtension } from './batch/pools/schema.ts';
export { shownExtensions, timeOf } from './batch/serializers.ts';
export type { BatchAccount, BatchNode, Encryption, ExtensionStatus, NewBatchAccount, Pool } from './batch/state.ts';
export { createContainerApp } from './container-apps/index.ts';
export type { ContainerApp, NewContainerApp } from './container-apps/state.ts';
export { QueryError } from './resource-graph/errors.ts';
export { createGraph } from './resource-graph/index.ts';
export type { Graph } from './resource-graph/index.ts';
export { runQuery } from './resource-graph/kusto/query.ts';
export { healthRow } from './resource-graph/serializers.ts';
export { columns } from './resource-graph/state.ts';
export { acceptedKeys, issueKey, keysAt } from './resource.ts';
export type { Slot } from './resource.ts';
export { isDenied } from './scope.ts';
export { commonAlert } from './service-health/serializers.ts';
export type { AlertForm } from './service-health/serializers.ts';
export { createHealth } from './service-health/state.ts';
export type { Health, HealthEvent } from './service-health/state.ts';
export { createSignalR } from './signalr/index.ts';
export { beginRegeneration, isUpdating } from './signalr/regeneration.ts';
export type { NewSignalR, SignalRService } from './signalr/state.ts';
export { createArmState, deleteResource } from './state.ts';
export type { ArmState, Resource } from './state.ts';
export { createSite } from './web/index.ts';
export type { NewSite, Site } from './web/state.ts';

/** Azure Resource Manager: Batch accounts, SignalR services, apps that read secrets, and Resource Graph. */
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
