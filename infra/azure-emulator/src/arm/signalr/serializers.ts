import { keysAt } from '../resource.ts';
import type { Operation, SignalRService } from './state.ts';

export const type = 'Microsoft.SignalRService/SignalR';

/** Disabling local authentication deletes the keys, so there is nothing to list. */
export function keysBody(found: SignalRService, nowMs: number) {
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

/** The operation's own status, never the keys. */
export function operationBody(operation: Operation, path: string, nowMs: number) {
  const { id: name, startMs, endMs } = operation;
  const startTime = new Date(startMs).toISOString();
  if (nowMs < endMs) return { id: path, name, status: 'Running', startTime };
  return { id: path, name, status: 'Succeeded', startTime, endTime: new Date(endMs).toISOString() };
}
