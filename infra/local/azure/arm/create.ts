import type { Core } from '../core.ts';
import { firstKeys } from './keys.ts';
import type { KeyTiming } from './keys.ts';
import type { ArmState, BatchAccount, Consumer, Located, Placed, Resource, SignalRService } from './state.ts';

export interface Place {
  subscriptionId: string;
  resourceGroup: string;
  name: string;
  location: string;
}
type Settable<R extends Placed> = Partial<
  Omit<R, keyof Place | 'kind' | 'id' | 'authority' | 'keyBytes' | 'keys' | 'timing'>
>;
export type NewBatchAccount = Place & Settable<BatchAccount> & { timing?: Partial<KeyTiming> };
export type NewSignalR = Place & Settable<SignalRService> & { timing?: Partial<KeyTiming> };

export async function createBatchAccount(core: Core, state: ArmState, wanted: NewBatchAccount): Promise<BatchAccount> {
  const host = `${wanted.name}.${wanted.location}.batch.azure.com`;
  const account: BatchAccount = {
    kind: 'batch',
    poolAllocationMode: 'BatchService',
    allowedAuthenticationModes: null,
    ...(await common(core, 'Microsoft.Batch/batchAccounts', host, 64, wanted)),
    ...wanted,
    timing: { ...noDelay, ...wanted.timing },
  };
  return add(state, account);
}

export async function createSignalR(core: Core, state: ArmState, wanted: NewSignalR): Promise<SignalRService> {
  const service: SignalRService = {
    kind: 'signalr',
    disableLocalAuth: false,
    regenerateMs: 2_000,
    retryAfterSeconds: 1,
    overlapDropsFirst: false,
    saltRegenerations: 0,
    users: new Set(),
    ...(await common(core, 'Microsoft.SignalRService/SignalR', `${wanted.name}.service.signalr.net`, 32, wanted)),
    ...wanted,
    timing: { ...noDelay, ...wanted.timing },
  };
  return add(state, service);
}

/** The resource goes at once; its authority answers as one that knows nobody. */
export function deleteResource(state: ArmState, id: string): void {
  state.resources.delete(id.toLowerCase());
  state.consumers.delete(id.toLowerCase());
}

const noDelay: KeyTiming = { staleReadMs: 0, acceptAfterMs: 0, acceptReplacedMs: 0 };

async function common(core: Core, type: string, host: string, keyBytes: number, place: Place) {
  const group = `/subscriptions/${place.subscriptionId}/resourceGroups/${place.resourceGroup}`;
  return {
    id: `${group}/providers/${type}/${place.name}`,
    authority: await core.openAuthority(host),
    tags: {},
    publicNetworkAccess: 'Enabled' as const,
    networkDefaultAction: 'Allow' as const,
    keyBytes,
    keys: firstKeys(core, keyBytes),
  };
}

function add<R extends Resource>(state: ArmState, resource: R): R {
  addGroup(state, resource);
  state.resources.set(resource.id.toLowerCase(), resource);
  return resource;
}

export function addConsumer<C extends Consumer>(state: ArmState, consumer: C): C {
  addGroup(state, consumer);
  state.consumers.set(consumer.id.toLowerCase(), consumer);
  return consumer;
}

function addGroup(state: ArmState, { subscriptionId, resourceGroup }: Located): void {
  state.groups.add(`/subscriptions/${subscriptionId}/resourcegroups/${resourceGroup}`.toLowerCase());
}
