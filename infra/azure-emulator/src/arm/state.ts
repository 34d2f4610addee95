import type { CustomerKey } from './batch/customerKey.ts';
import type { Encryption } from './batch/encryption.ts';
import type { AccountIdentity } from './batch/identity.ts';
import type { Pool, PoolTiming } from './batch/pools/pool.ts';
import type { ContainerApp } from './containerApps/containerApp.ts';
import type { KeyHolder, Slot } from './keys.ts';
import type { Site } from './web/site.ts';

type AuthenticationMode = 'SharedKey' | 'AAD' | 'TaskAuthenticationToken';
type Access = 'Allow' | 'Deny';

/** Where a resource is; everything mutable on a resource may be changed by whoever plays a person. */
export interface Located {
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  tags: Record<string, string>;
}

export interface Placed extends Located {
  /** `host` or `host:port` of the data plane. */
  readonly authority: string;
  publicNetworkAccess: 'Enabled' | 'Disabled';
  /** What the network rules say to a caller outside of every allowed range, as every caller here is. */
  networkDefaultAction: Access;
}

export interface BatchAccount extends Placed, KeyHolder {
  readonly kind: 'batch';
  poolAllocationMode: 'BatchService' | 'UserSubscription';
  /** `null`: not restricted. */
  allowedAuthenticationModes: AuthenticationMode[] | null;
  provisioningState: 'Succeeded' | 'Failed' | 'Invalid';
  identity: AccountIdentity;
  encryption: Encryption;
  /** Whether it was made for customer-managed keys; one that was not never takes them. */
  readonly cmkAllowed: boolean;
  readonly customerKey: CustomerKey;
  /** By lower-case name. */
  readonly pools: Map<string, Pool>;
  /** How long pools take that are made from now on. */
  readonly poolTiming: PoolTiming;
}

export interface SignalRService extends Placed, KeyHolder {
  readonly kind: 'signalr';
  disableLocalAuth: boolean;
  /** How long a regeneration runs. */
  regenerateMs: number;
  retryAfterSeconds: number;
  /** A regeneration refused because one runs leaves that one unapplied although it reports success. */
  overlapDropsFirst: boolean;
  saltRegenerations: number;
  /** `hub/user` of everybody connected. */
  readonly users: Set<string>;
}

/** What has keys. */
export type Resource = BatchAccount | SignalRService;

/** What takes its secrets from a vault by itself. */
export type Consumer = Site | ContainerApp;

/** A regeneration of a SignalR key: it ends by the clock, whoever looks. */
export interface Operation {
  readonly id: string;
  readonly serviceId: string;
  readonly subscriptionId: string;
  readonly location: string;
  readonly slot: Slot | 'Salt';
  readonly startMs: number;
  readonly endMs: number;
  readonly retryAfterSeconds: number;
}

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
