import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Core } from '../../shared/platform.ts';
import { armRoute } from '../middleware.ts';
import { consumerAt, groupPath, lowerCasePath } from '../scope.ts';
import type { ArmState } from '../state.ts';
import { referenceBody, siteBody } from './serializers.ts';
import type { ReferenceList } from './state.ts';

const site = `${groupPath}/providers/microsoft.web/sites/:name`;
const paths = [
  { path: site, type: 'sites' },
  { path: `${site}/slots/:slot`, type: 'sites/slots' },
];

/**
 * Web and function apps and their slots (https://learn.microsoft.com/rest/api/appservice/web-apps); the refresh is in
 * https://learn.microsoft.com/azure/app-service/app-service-key-vault-references.
 */
export function webRoutes(core: Core, state: ArmState): Hono {
  const app = new Hono({ getPath: lowerCasePath });
  const siteAt = (context: Context) => consumerAt(context, state, 'site');
  for (const { path, type } of paths) {
    const references = `${path}/config/configreferences`;
    const allow = (operation: string, action: string) =>
      armRoute(core, state, { operation, provider: 'Microsoft.Web', action: `${type}/${action}` });
    const list = (name: ReferenceList) => (context: Context) => {
      const found = siteAt(context);
      return context.json({ value: found.references(name).map((each) => referenceBody(found, name, ...each)) });
    };
    const listing = allow('web.listReferences', 'config/read');
    app.get(path, allow('web.get', 'read'), (context) => context.json(siteBody(siteAt(context))));
    app.get(`${references}/appsettings`, listing, list('appsettings'));
    app.get(`${references}/connectionstrings`, listing, list('connectionstrings'));
    app.post(`${references}/appsettings/refresh`, allow('web.refreshReferences', 'config/write'), (context) => {
      siteAt(context).refresh();
      return context.body(null, 200);
    });
    app.post(`${path}/restart`, allow('web.restart', 'restart/action'), (context) => {
      siteAt(context).restart();
      return context.body(null, 200);
    });
  }
  return app;
}
