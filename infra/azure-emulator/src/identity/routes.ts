import { Hono } from 'hono';
import { nameOperation } from '../shared/http.ts';
import type { Core } from '../shared/platform.ts';
import type { Service } from '../shared/service.ts';
import { identityPath } from './index.ts';
import type { Identity } from './state.ts';

const apiVersion = '2019-08-01';

/** The identities an app has been given, and the secret by which the platform knows the app. */
export interface ManagedIdentity {
  /** The value of `IDENTITY_HEADER`. */
  readonly header: string;
  readonly identities: readonly Identity[];
}

/** App Service's managed identity endpoint [App Service: connect to Azure services in app code]. */
export function identityService(core: Core, { header, identities }: ManagedIdentity): Service {
  const app = new Hono();
  app.get(identityPath, nameOperation(core, 'identity.getToken'), async (context) => {
    if (context.req.header('x-identity-header') !== header) return refuse(401, 'The identity header is not right.');
    const { resource, client_id: clientId, 'api-version': version } = context.req.query();
    if (version !== apiVersion) return refuse(400, 'The api-version is not known.');
    if (!resource) return refuse(400, 'A resource is needed.');
    const identity = identities.find((each) => clientId === undefined || each.clientId === clientId);
    if (!identity) return refuse(400, 'No managed identity has this client id.');
    return context.json(await grant(core, resource, identity));
  });
  return { name: 'identity', fetch: (request) => app.fetch(request) };
}

async function grant(core: Core, resource: string, identity: Identity): Promise<object> {
  const { token, expiresOn } = await core.tokens.issue(resource, identity);
  return {
    access_token: token,
    client_id: identity.clientId,
    expires_on: String(Math.floor(expiresOn.getTime() / 1000)),
    not_before: String(Math.floor(core.clock.now().getTime() / 1000)),
    resource,
    token_type: 'Bearer',
  };
}

function refuse(statusCode: 400 | 401, message: string): Response {
  return Response.json({ statusCode, message }, { status: statusCode });
}
