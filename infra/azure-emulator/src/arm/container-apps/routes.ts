import { Hono } from 'hono';
import type { Core } from '../../shared/platform.ts';
import { armRoute } from '../middleware.ts';
import { consumerAt, groupPath, lowerCasePath } from '../scope.ts';
import type { ArmState } from '../state.ts';
import { containerAppBody } from './serializers.ts';

const containerApp = `${groupPath}/providers/microsoft.app/containerapps/:name`;

/** To be read only (https://learn.microsoft.com/rest/api/resource-manager/containerapps/container-apps). */
export function containerAppRoutes(core: Core, state: ArmState): Hono {
  const app = new Hono({ getPath: lowerCasePath });
  const rule = { operation: 'containerApps.get', provider: 'Microsoft.App', action: 'containerApps/read' } as const;
  app.get(containerApp, armRoute(core, state, rule), (context) =>
    context.json(containerAppBody(consumerAt(context, state, 'containerApp'))),
  );
  return app;
}
