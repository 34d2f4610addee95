import type { KeyVault } from '../../key-vault/state.ts';
import type { KeyHolder, KeyTiming, Place, Placed, Settable } from '../resource.ts';
import type { AccountIdentity, PoolIdentity, WantedAccountIdentity } from './identity.ts';
import type { PoolProperties, VmExtension } from './pools/schema.ts';

type AuthenticationMode = 'SharedKey' | 'AAD' | 'TaskAuthenticationToken';

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

export type NewBatchAccount = Place &
  Omit<Settable<BatchAccount>, 'identity' | 'customerKey' | 'pools' | 'poolTiming'> & {
    timing?: Partial<KeyTiming>;
    identity?: WantedAccountIdentity;
    keyTiming?: Partial<CustomerKeyTiming>;
    poolTiming?: Partial<PoolTiming>;
  };

export type Encryption =
  | { readonly keySource: 'Microsoft.Batch' }
  | { readonly keySource: 'Microsoft.KeyVault'; readonly keyVaultProperties: { readonly keyIdentifier: string } };

export const serviceManaged: Encryption = { keySource: 'Microsoft.Batch' };

/** How the service lags behind a vault. */
export interface CustomerKeyTiming {
  /** A versionless identifier is looked up again after so long; "once a day" is what the documents say. */
  followMs: number;
  /** How long the account stays refused after it was last seen without access: up to ten minutes. */
  recoveryMs: number;
  /** How much longer its nodes do. */
  nodesBackMs: number;
}

export interface CustomerKey {
  readonly timing: CustomerKeyTiming;
  readonly keys: KeyAccess;
  /** The identifier, with its version, of the key that wraps now. */
  inUse(): string | undefined;
  isUsable(): boolean;
  /** Whether nodes are unavailable, and since when they are or are not. */
  nodes(): { readonly down: boolean; readonly sinceMs: number };
  /** Looks a versionless identifier up anew. */
  refresh(): void;
}

/** What the Batch service asks a vault in an account's name. */
export interface KeyAccess extends Pick<KeyVault, 'canWrap'> {
  /** The newest enabled version of the key. */
  newestVersion(keyIdentifier: string): string | undefined;
}

/** How long its parts take; nothing is documented: all are 0 unless set. */
export interface PoolTiming {
  resizeMs: number;
  /** From a node's boot until it is usable. */
  startMs: number;
  deleteMs: number;
}

export interface Pool {
  readonly account: BatchAccount;
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
  properties: PoolProperties;
  identity: PoolIdentity;
  tags: Record<string, string> | undefined;
  modified: { readonly atMs: number; readonly etag: string };
  readonly timing: PoolTiming;
  /** Keeps the Key Vault extension on every node from its vault. */
  extensionFault: 'IdentityLacksRights' | 'VaultUnreachable' | undefined;
  /** The Key Vault extension writes a status for every version it installs, which no document says it does. */
  reportsRenewals: boolean;
  /** Set when its deletion began. */
  deletedMs: number | undefined;
  readonly allocation: { readonly state: 'Steady' | 'Resizing'; readonly sinceMs: number };
  readonly nodes: readonly BatchNode[];
  /** Begins to make as many nodes as the fixed scale wants. */
  resize(): void;
  /** It has been changed: a new ETag. */
  touch(): void;
  addNode(): BatchNode;
  removeNode(node: BatchNode): void;
}

/** What a person, a task or a failing machine makes of a node that is up. */
export type NodeState = 'idle' | 'running' | 'offline' | 'unusable' | 'rebooting' | 'unknown' | 'preempted';

/** A compute node. What it is at a moment follows from the clock. */
export interface BatchNode {
  readonly id: string;
  readonly isDedicated: boolean;
  readonly allocatedMs: number;
  readonly bootedMs: number;
  readonly status: { readonly state: NodeState | 'starting'; readonly sinceMs: number };
  /** By the name of the extension; none before the node is ready. */
  readonly extensions: ReadonlyMap<string, ExtensionStatus>;
  /** The version of each observed certificate in the node's store, by its address; no API tells it. */
  readonly installed: ReadonlyMap<string, string>;
  /** Lets its extensions do what has come due. */
  catchUp(): void;
  become(state: NodeState): void;
  restart(): void;
}

export interface ExtensionStatus {
  readonly extension: VmExtension;
  readonly succeeded: boolean;
  readonly message: string;
  readonly atMs: number;
}
