import { Hono } from 'hono';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Core } from '../core.ts';
import { bodyOf } from './body.ts';
import { gate } from './gate.ts';
import { keysAt } from './keys.ts';
import { operationHeaders } from './operationRoutes.ts';
import { beginRegeneration, isUpdating } from './operations.ts';
import { refusal } from './refusal.ts';
import { groupPath, lowerCasePath, signalRAt, signalRsIn, subscriptionPath } from './scope.ts';
import type { ArmState, SignalRService } from './state.ts';

const type = 'Microsoft.SignalRService/SignalR';
const services = `/providers/${type}`.toLowerCase();
const service = `${groupPath}${services}/:name`;

const regenerateBody = z.object({ keyType: z.enum(['Primary', 'Secondary', 'Salt']) });

/** SignalR services (https://learn.microsoft.com/rest/api/signalr/signal-r). */
export function signalRRoutes(core: Core, state: ArmState): Hono {
  const app = new Hono({ getPath: lowerCasePath });
  const nowMs = () => core.clock.now().getTime();
  const allow = (operation: string, action: string) =>
    gate(core, state, { operation, provider: 'Microsoft.SignalRService', action: `SignalR/${action}` });
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
    const { keyType } = await bodyOf(context, regenerateBody);
    if (found.disableLocalAuth) throw refusal(400, 'LocalAuthDisabled', 'This service has no access keys.');
    const begun = beginRegeneration(core, state, found, keyType);
    const headers = operationHeaders(begun, new URL(context.req.url));
    return context.body(null, 202, { ...headers, 'Content-Type': 'application/json; charset=utf-8' });
  });
  return app;
}

/** Disabling local authentication deletes the keys, so there is nothing to list. */
function keysBody(found: SignalRService, nowMs: number) {
  if (found.disableLocalAuth) return {};
  const { Primary, Secondary } = keysAt(found, nowMs - found.timing.staleReadMs);
  const connection = (key: string) => `Endpoint=https://${found.authority};AccessKey=${key};Version=1.0;`;
  return {
    primaryKey: Primary,
    secondaryKey: Secondary,
    primaryConnectionString: connection(Primary),
    secondaryConnectionString: connection(Secondary),
  };
}

/** A service as its GET shows it. */
export function serviceBody(found: SignalRService, updating: boolean) {
  const { id, name, location, tags, authority, disableLocalAuth, publicNetworkAccess } = found;
  const denied = found.networkDefaultAction === 'Deny';
  return {
    id,
    name,
    type,
    location,
    tags,
    kind: 'SignalR',
    sku: { name: 'Standard_S1', tier: 'Standard', capacity: 1 },
    properties: {
      provisioningState: updating ? 'Updating' : 'Succeeded',
      hostName: authority,
      publicPort: 443,
      serverPort: 443,
      version: '1.0',
      disableLocalAuth,
      disableAadAuth: false,
      publicNetworkAccess,
      networkACLs: {
        defaultAction: found.networkDefaultAction,
        publicNetwork: { allow: denied ? [] : ['ClientConnection', 'ServerConnection', 'RESTAPI', 'Trace'] },
      },
    },
  };
}
