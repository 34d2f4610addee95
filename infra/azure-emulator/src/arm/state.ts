import type { BatchAccount } from './batch/state.ts';
import type { ContainerApp } from './container-apps/state.ts';
import type { Located } from './resource.ts';
import type { Operation, SignalRService } from './signalr/state.ts';
import type { Site } from './web/state.ts';

/** What has keys. */
export type Resource = BatchAccount | SignalRService;

/** What takes its secrets from a vault by itself. */
export type Consumer = Site | ContainerApp;

/**
 * Takes one action (in any case, `*` for all, `*` and an ending such as `/read`) at and below a scope (empty for the
 * tenant) from an identity (`*` for all).
 */
interface Denial {
  readonly objectId: string;
  readonly scope: string;
  readonly action: string;
}

export interface Bucket {
  tokens: number;
  filledMs: number;
  /** Asking again before this starts the wait anew. */
  blockedUntilMs: number;
}

export interface ArmState {
  /** By lower-case id. */
  readonly resources: Map<string, Resource>;
  /** By lower-case id. */
  readonly consumers: Map<string, Consumer>;
  /** Lower-case ids. */
  readonly groups: Set<string>;
  readonly operations: Map<string, Operation>;
  /** Tenants of user-assigned identities that are of another than everything else, by lower-case id. */
  readonly identityTenants: Map<string, string>;
  /** Scopes with a ReadOnly lock. */
  readonly locks: Set<string>;
  readonly denials: Set<Denial>;
  readonly buckets: Map<string, Bucket>;
}

export function createArmState(): ArmState {
  return {
    resources: new Map(),
    consumers: new Map(),
    groups: new Set(),
    operations: new Map(),
    identityTenants: new Map(),
    locks: new Set(),
    denials: new Set(),
    buckets: new Map(),
  };
}

/** The resource goes at once; its authority answers as one that knows nobody. */
export function deleteResource(state: ArmState, id: string): void {
  state.resources.delete(id.toLowerCase());
  state.consumers.delete(id.toLowerCase());
}

export function addResource<R extends Resource>(state: ArmState, resource: R): R {
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
