import { z } from 'zod';
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Core } from '../../shared/platform.ts';
import { armError } from '../errors.ts';
import { readBody, armRoute } from '../middleware.ts';
import { groupPath, lowerCasePath, signalRAt, signalRsIn, subscriptionPath } from '../scope.ts';
import type { ArmState } from '../state.ts';
import { beginRegeneration, isUpdating } from './regeneration.ts';
import { keysBody, operationBody, serviceBody, type } from './serializers.ts';
import type { Operation, SignalRService } from './state.ts';

const services = `/providers/${type}`.toLowerCase();
const service = `${groupPath}${services}/:name`;

const regenerateBody = z.object({ keyType: z.enum(['Primary', 'Secondary', 'Salt']) });

/** SignalR services (https://learn.microsoft.com/rest/api/signalr/signal-r). */
export function signalRRoutes(core: Core, state: ArmState): Hono {
  const app = new Hono({ getPath: lowerCasePath });
  const nowMs = () => core.clock.now().getTime();
  const allow = (operation: string, action: string) =>
    armRoute(core, state, { operation, provider: 'Microsoft.SignalRService', action: `SignalR/${action}` });
  const body = (found: SignalRService) => serviceBody(found, isUpdating(state, found, nowMs()));
  const list = (context: Context) => context.json({ value: signalRsIn(context, state).map(body) });
  app.get(`${subscriptionPath}${services}`, allow('signalr.list', 'read'), list);
  app.get(`${groupPath}${services}`, allow('signalr.list', 'read'), list);
  app.get(service, allow('signalr.get', 'read'), (context) => context.json(body(signalRAt(context, state))));
  app.post(`${service}/listkeys`, allow('signalr.listKeys', 'listKeys/action'), (context) =>
    context.json(keysBody(signalRAt(context, state), nowMs())),
  );
  app.post(`${service}/regeneratekey`, allow('signalr.regenerateKey', 'regenerateKey/action'), async (context) => {
    const found = signalRAt(context, state);
    const { keyType } = await readBody(context, regenerateBody);
    if (found.disableLocalAuth) throw armError(400, 'LocalAuthDisabled', 'This service has no access keys.');
    const begun = beginRegeneration(core, state, found, keyType);
    const headers = operationHeaders(begun, new URL(context.req.url));
    return context.body(null, 202, { ...headers, 'Content-Type': 'application/json; charset=utf-8' });
  });
  return app;
}

const locations = `${subscriptionPath}/providers/microsoft.signalrservice/locations/:location`;

/** Where the progress of a regeneration is asked for: at the subscription, not at the service. */
export function operationRoutes(core: Core, state: ArmState): Hono {
  const app = new Hono({ getPath: lowerCasePath });
  const allow = (operation: string, action: string) =>
    armRoute(core, state, {
      operation,
      provider: 'Microsoft.SignalRService',
      action: `locations/${action}/signalr/read`,
    });
  app.get(
    `${locations}/operationstatuses/signalr/:operation`,
    allow('signalr.operationStatus', 'operationStatuses'),
    (context) => {
      const nowMs = core.clock.now().getTime();
      const found = operationAt(context, state);
      if (nowMs < found.endMs) context.header('Retry-After', String(found.retryAfterSeconds));
      return context.json(operationBody(found, new URL(context.req.url).pathname, nowMs));
    },
  );
  app.get(
    `${locations}/operationresults/signalr/:operation`,
    allow('signalr.operationResult', 'operationResults'),
    (context) => {
      const found = operationAt(context, state);
      if (core.clock.now().getTime() >= found.endMs) return context.body(null, 204);
      context.header('Retry-After', String(found.retryAfterSeconds));
      context.header('Location', context.req.url);
      return context.body(null, 202);
    },
  );
  return app;
}

/** The two addresses a begun operation is announced with. */
function operationHeaders({ id, ...operation }: Operation, requestUrl: URL): Record<string, string> {
  const { subscriptionId, location } = operation;
  const base = `/subscriptions/${subscriptionId}/providers/Microsoft.SignalRService/locations/${location}`;
  const at = (kind: string) => new URL(`${base}/${kind}/signalr/${id}${requestUrl.search}`, requestUrl).href;
  return {
    'Azure-AsyncOperation': at('operationStatuses'),
    Location: at('operationResults'),
    'Retry-After': String(operation.retryAfterSeconds),
  };
}

function operationAt(context: Context, state: ArmState): Operation {
  const { subscription, location, operation = '' } = context.req.param() as Record<string, string | undefined>;
  const found = state.operations.get(operation);
  const here = found?.subscriptionId.toLowerCase() === subscription && found?.location.toLowerCase() === location;
  if (found && here) return found;
  throw armError(404, 'NotFound', `There is no operation '${operation}'.`);
}
