import type { Core } from '../core.ts';
import { createCustomerKey, usualKeyTiming } from './batch/customerKey.ts';
import type { CustomerKeyTiming } from './batch/customerKey.ts';
import { byService } from './batch/encryption.ts';
import { accountIdentity } from './batch/identity.ts';
import type { WantedAccountIdentity } from './batch/identity.ts';
import type { KeyAccess } from './batch/keyAccess.ts';
import type { PoolTiming } from './batch/pools/pool.ts';
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
  Omit<R, keyof Place | 'kind' | 'id' | 'authority' | 'keyBytes' | 'keys' | 'timing' | 'refused'>
>;
export type NewBatchAccount = Place &
  Omit<Settable<BatchAccount>, 'identity' | 'customerKey' | 'pools' | 'poolTiming'> & {
    timing?: Partial<KeyTiming>;
    identity?: WantedAccountIdentity;
    keyTiming?: Partial<CustomerKeyTiming>;
    poolTiming?: Partial<PoolTiming>;
  };
export type NewSignalR = Place & Settable<SignalRService> & { timing?: Partial<KeyTiming> };

export async function createBatchAccount(
  core: Core,
  state: ArmState,
  keys: KeyAccess,
  wanted: NewBatchAccount,
): Promise<BatchAccount> {
  const { identity = { type: 'None' }, keyTiming, poolTiming, ...settings } = wanted;
  const host = `${wanted.name}.${wanted.location}.batch.azure.com`;
  const placed = await common(core, 'Microsoft.Batch/batchAccounts', host, 64, wanted);
  const account: BatchAccount = {
    kind: 'batch',
    poolAllocationMode: 'BatchService',
    allowedAuthenticationModes: null,
    provisioningState: 'Succeeded',
    encryption: byService,
    cmkAllowed: wanted.encryption?.keySource === 'Microsoft.KeyVault',
    ...placed,
    ...settings,
    identity: accountIdentity(identity, placed.id, core.tokens.tenantId),
    timing: { ...noDelay, ...wanted.timing },
    customerKey: createCustomerKey(core.clock, keys, { ...usualKeyTiming, ...keyTiming }, () => account),
    pools: new Map(),
    poolTiming: { resizeMs: 0, startMs: 0, deleteMs: 0, ...poolTiming },
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
    refused: new Set<string>(),
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
