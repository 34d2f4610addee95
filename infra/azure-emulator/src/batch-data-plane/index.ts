import { Hono } from 'hono';
import { supportedImages } from '../arm/batch/pools/images.ts';
import type { ArmState } from '../arm/state.ts';
import type { Core } from '../shared/platform.ts';
import type { Service } from '../shared/service.ts';
import { batchDataError } from './errors.ts';
import { batchDataRoute } from './middleware.ts';
import type { BatchEnv } from './middleware.ts';
import { addPoolRoutes } from './routes.ts';
import { list } from './serializers.ts';

/** The data plane of every Batch account, to be read: lists a credential can be tried on, pools and their nodes. */
export function batchDataPlane(core: Core, state: ArmState): Service {
  const app = new Hono<BatchEnv>();
  app.use(async (context, next) => {
    await next();
    context.header('request-id', core.journal.of(context.req.raw).requestId);
    context.header('DataServiceVersion', '3.0');
  });
  const lists = [
    { path: '/applications', name: 'applications', action: 'applications/read', all: [] },
    { path: '/jobs', name: 'jobs', action: 'jobs/read', all: [] },
    { path: '/supportedimages', name: 'supportedImages', action: 'read', all: supportedImages },
  ];
  for (const { path, name, action, all } of lists) {
    const bodies = all.map((each) => ({ ...each }));
    const rule = { operation: `batchData.${name}`, action };
    app.get(path, batchDataRoute(core, state, rule), (context) => list(context, path.slice(1), bodies));
  }
  addPoolRoutes(app, core, state);
  app.notFound((context) => {
    throw batchDataError(
      501,
      'NotImplemented',
      `The local Azure does not serve ${context.req.method} ${context.req.path}.`,
    );
  });
  return { name: 'batch', fetch: (request) => app.fetch(request) };
}
