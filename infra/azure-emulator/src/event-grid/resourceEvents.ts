import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { ArmState } from '../arm/index.ts';
import type { Core } from '../shared/core.ts';
import type { Call } from '../shared/journal.ts';
import { newEvent } from './cloudEvent.ts';
import type { CloudEvent } from './cloudEvent.ts';
import { publish } from './delivery.ts';
import type { EventGridContext, Topic } from './state.ts';

/** Publishes every write and action below an Azure subscription, no matter who the caller is. */
export function publishResourceEvents(context: EventGridContext, topic: Topic, core: Core, state: ArmState): void {
  core.journal.on((call) => {
    const action = actionIn(call);
    if (!action?.resourceId.toLowerCase().startsWith(`${topic.id.toLowerCase()}/`)) return;
    const run = () => {
      publish(context, topic, actionEvent(core, topic, withCanonicalId(action, state)));
    };
    const endMs = context.settings.actionEvent === 'atCompletion' ? endOf(call, state) : undefined;
    if (endMs === undefined) run();
    else context.scheduler.add({ dueMs: endMs, run });
  });
}

/** Returns when the long-running operation that this call started ends. */
function endOf(call: Call, state: ArmState): number | undefined {
  const address = call.response?.headers['azure-asyncoperation'];
  const id = address === undefined ? undefined : new URL(address).pathname.split('/').at(-1);
  return id === undefined ? undefined : state.operations.get(id)?.endMs;
}

/** Spells the resource and its type as they were created, whatever the caller wrote. */
function withCanonicalId(action: ResourceAction, state: ArmState): ResourceAction {
  const id = state.resources.get(action.resourceId.toLowerCase())?.id;
  if (id === undefined) return action;
  const type = id.split('/').slice(6, -1).join('/');
  return { ...action, resourceId: id, name: `${type}${action.name.slice(type.length)}` };
}

/**
 * Follows the documented sample of an action (https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions).
 */
export function actionEvent({ clock, tokens: { tenantId } }: Core, topic: Topic, action: ResourceAction): CloudEvent {
  const { resourceId, name, kind, isSuccess, caller, correlationId, http } = action;
  const evidence = { role: 'Contributor', principalId: caller.objectId, principalType: 'ServicePrincipal' };
  const data = {
    authorization: { scope: resourceId, action: name, evidence },
    claims: {
      appid: caller.clientId,
      'http://schemas.microsoft.com/identity/claims/objectidentifier': caller.objectId,
    },
    correlationId,
    httpRequest: { ...http, clientIpAddress: '127.0.0.1' },
    resourceProvider: name.split('/')[0],
    resourceUri: resourceId,
    operationName: name,
    status: isSuccess ? 'Succeeded' : 'Failed',
    subscriptionId: topic.id.split('/')[2],
    tenantId,
  };
  const type = `Microsoft.Resources.Resource${kind}${isSuccess ? 'Success' : 'Failure'}`;
  return newEvent(clock.now(), { source: topic.id, type, subject: resourceId, data });
}

/** A write or an action on a resource, as an event describes it. */
export interface ResourceAction {
  readonly resourceId: string;
  /** `Microsoft.Batch/batchAccounts/listkeys/action` */
  readonly name: string;
  readonly kind: 'Action' | 'Write' | 'Delete';
  readonly isSuccess: boolean;
  readonly caller: { readonly clientId: string; readonly objectId: string };
  readonly correlationId: string;
  readonly http: { readonly method: string; readonly url: string; readonly clientRequestId: string };
}

const kinds: Readonly<Record<string, ResourceAction['kind']>> = {
  POST: 'Action',
  PUT: 'Write',
  PATCH: 'Write',
  DELETE: 'Delete',
};

/** Returns the action of a finished call to Azure Resource Manager, unless it raises no event. */
function actionIn(call: Call): ResourceAction | undefined {
  const kind = kinds[call.method];
  const place = placeOf(call.path, kind === 'Action');
  const status = statusOf(call);
  if (!kind || !place || status === undefined) return undefined;
  const { headers } = call.request;
  return {
    ...place,
    kind,
    isSuccess: status < 400,
    caller: callerOf(headers['authorization'] ?? ''),
    correlationId: headers['x-ms-correlation-request-id'] ?? call.requestId,
    http: {
      method: call.method,
      url: `https://${call.authority}${call.path}${call.query}`,
      clientRequestId: headers['x-ms-client-request-id'] ?? randomUUID(),
    },
  };
}

/** Unauthenticated and throttled calls do not reach the activity log. Neither do calls that a fault prevented. */
const unpublishedStatuses: readonly (number | undefined)[] = [401, 429];

function statusOf({ service, operation, prevented, status }: Call): number | undefined {
  const raisesEvent =
    service === 'arm' && operation !== 'unmatched' && !prevented && !unpublishedStatuses.includes(status);
  return raisesEvent ? status : undefined;
}

/** `/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}…[/{action}]` */
function placeOf(path: string, endsInAction: boolean): Pick<ResourceAction, 'resourceId' | 'name'> | undefined {
  const segments = path.split('/');
  if (segments[1]?.toLowerCase() !== 'subscriptions' || segments[5]?.toLowerCase() !== 'providers') return undefined;
  const action = endsInAction ? segments.pop() : undefined;
  const types = segments.slice(7).filter((_segment, index) => index % 2 === 0);
  const verb = action === undefined ? 'write' : `${action.toLowerCase()}/action`;
  return { resourceId: segments.join('/'), name: [segments[6], ...types, verb].join('/') };
}

function callerOf(authorization: string): ResourceAction['caller'] {
  const { appid, oid } = decodeJwt<{ appid?: string; oid?: string }>(authorization.split(' ')[1] ?? '');
  return { clientId: appid ?? '', objectId: oid ?? '' };
}
