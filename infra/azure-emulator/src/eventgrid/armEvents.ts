import type { ArmState } from '../arm/state.ts';
import type { Core } from '../core.ts';
import type { Call } from '../journal.ts';
import { actionIn } from './armAction.ts';
import type { Action } from './armAction.ts';
import { newEvent } from './event.ts';
import type { CloudEvent } from './event.ts';
import type { Ground } from './ground.ts';
import { publish } from './publish.ts';
import type { Topic } from './topic.ts';

/** Tells of every write and action below an Azure subscription, whoever asked for it. */
export function tellOfActions(ground: Ground, topic: Topic, core: Core, state: ArmState): void {
  core.journal.on((call) => {
    const action = actionIn(call);
    if (!action?.resourceId.toLowerCase().startsWith(`${topic.id.toLowerCase()}/`)) return;
    const run = () => {
      publish(ground, topic, actionEvent(core, topic, spelledAsThere(action, state)));
    };
    const endMs = ground.settings.actionEvent === 'atCompletion' ? endOf(call, state) : undefined;
    if (endMs === undefined) run();
    else ground.agenda.add({ dueMs: endMs, run });
  });
}

/** When the long-running operation is over that this call began. */
function endOf(call: Call, state: ArmState): number | undefined {
  const address = call.response?.headers['azure-asyncoperation'];
  const id = address === undefined ? undefined : new URL(address).pathname.split('/').at(-1);
  return id === undefined ? undefined : state.operations.get(id)?.endMs;
}

/** The resource and its type in their own spelling, however the caller wrote them. */
function spelledAsThere(action: Action, state: ArmState): Action {
  const id = state.resources.get(action.resourceId.toLowerCase())?.id;
  if (id === undefined) return action;
  const type = id.split('/').slice(6, -1).join('/');
  return { ...action, resourceId: id, name: `${type}${action.name.slice(type.length)}` };
}

/** As the documents' sample of an action (https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions). */
export function actionEvent({ clock, tokens: { tenantId } }: Core, topic: Topic, action: Action): CloudEvent {
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
