import { randomUUID } from 'node:crypto';
import { issueKey } from '../arm/resource.ts';
import type { Slot } from '../arm/resource.ts';
import type { Core } from '../shared/platform.ts';
import type { ResourceAction } from './resourceEvents.ts';
import type { KeyedResource } from './state.ts';

const portalUser: ResourceAction['caller'] = {
  clientId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  objectId: 'b0b00000-0000-4000-8000-000000000001',
};

const actions = {
  batch: { name: 'Microsoft.Batch/batchAccounts/regeneratekeys/action', path: 'regenerateKeys?api-version=2024-07-01' },
  signalr: {
    name: 'Microsoft.SignalRService/SignalR/regeneratekey/action',
    path: 'regenerateKey?api-version=2024-03-01',
  },
} satisfies Record<KeyedResource['kind'], { name: string; path: string }>;

/** Somebody at the portal gives a slot a new key; answers what the activity log has of it. */
export function regenerateAtPortal(core: Core, resource: KeyedResource, slot: Slot): ResourceAction {
  issueKey(core, resource, slot);
  const { name, path } = actions[resource.kind];
  const url = `https://management.azure.com${resource.id}/${path}`;
  return {
    resourceId: resource.id,
    name,
    kind: 'Action',
    isSuccess: true,
    caller: portalUser,
    correlationId: randomUUID(),
    http: { method: 'POST', url, clientRequestId: randomUUID() },
  };
}
