import type { Hono } from 'hono';
import { poolsOf } from '../arm/batch/pools/routes.ts';
import type { BatchNode, Pool } from '../arm/batch/state.ts';
import type { ArmState } from '../arm/state.ts';
import type { Core } from '../shared/platform.ts';
import { batchDataError } from './errors.ts';
import { batchDataRoute } from './middleware.ts';
import type { BatchContext, BatchEnv } from './middleware.ts';
import { extensionBody, list, nodeBody, poolBody, single } from './serializers.ts';

/** Pools, their nodes and those's extensions, to be read (https://learn.microsoft.com/rest/api/batchservice/nodes). */
export function addPoolRoutes(app: Hono<BatchEnv>, core: Core, state: ArmState): void {
  const allow = (name: string) => batchDataRoute(core, state, { operation: `batchData.${name}`, action: 'pools/read' });
  const pools = (context: BatchContext) => poolsOf(core, context.get('account'));
  const poolAt = (context: BatchContext): Pool =>
    pools(context).get(param(context, 'pool').toLowerCase()) ?? notFound('PoolNotFound', 'pool');
  const nodeAt = (context: BatchContext): BatchNode =>
    poolAt(context).nodes.find(({ id }) => id === param(context, 'node')) ?? notFound('NodeNotFound', 'node');

  app.get('/pools', allow('pools'), (context) => list(context, 'pools', [...pools(context).values()].map(poolBody)));
  app.get('/pools/:pool', allow('pool'), (context) => {
    const pool = poolAt(context);
    context.header('ETag', pool.modified.etag);
    return single(context, 'pools', poolBody(pool));
  });
  app.get('/pools/:pool/nodes', allow('nodes'), (context) => {
    const pool = poolAt(context);
    const bodies = pool.nodes.map((node) => nodeBody(pool, node));
    return list(context, 'nodes', bodies);
  });
  app.get('/pools/:pool/nodes/:node', allow('node'), (context) =>
    single(context, 'nodes', nodeBody(poolAt(context), nodeAt(context))),
  );
  app.get('/pools/:pool/nodes/:node/extensions', allow('nodeExtensions'), (context) =>
    list(context, 'extensions', [...nodeAt(context).extensions.values()].map(extensionBody)),
  );
  app.get('/pools/:pool/nodes/:node/extensions/:extension', allow('nodeExtension'), (context) => {
    const found = nodeAt(context).extensions.get(param(context, 'extension'));
    return single(context, 'extensions', extensionBody(found ?? notFound('ResourceNotFound', 'extension')));
  });
}

function param(context: BatchContext, name: 'pool' | 'node' | 'extension'): string {
  return (context.req.param() as Record<string, string | undefined>)[name] ?? '';
}

function notFound(code: string, noun: string): never {
  throw batchDataError(404, code, `The specified ${noun} does not exist.`);
}
