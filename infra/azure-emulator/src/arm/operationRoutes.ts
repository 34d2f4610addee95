import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Core } from '../core.ts';
import { gate } from './gate.ts';
import { operationBody } from './operations.ts';
import { refusal } from './refusal.ts';
import { lowerCasePath, subscriptionPath } from './scope.ts';
import type { ArmState, Operation } from './state.ts';

const locations = `${subscriptionPath}/providers/microsoft.signalrservice/locations/:location`;

/** Where the progress of a regeneration is asked for: at the subscription, not at the service. */
export function operationRoutes(core: Core, state: ArmState): Hono {
  const app = new Hono({ getPath: lowerCasePath });
  const allow = (operation: string, action: string) =>
    gate(core, state, { operation, provider: 'Microsoft.SignalRService', action: `locations/${action}/signalr/read` });
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
export function operationHeaders({ id, ...operation }: Operation, requestUrl: URL): Record<string, string> {
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
  throw refusal(404, 'NotFound', `There is no operation '${operation}'.`);
}
