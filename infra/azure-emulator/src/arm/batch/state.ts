import type { KeyVault } from '../../key-vault/index.ts';
import type { KeyHolder, KeyTiming, Place, Placed, Settable } from '../resource.ts';
import type { AccountIdentity, PoolIdentity, WantedAccountIdentity } from './identity.ts';
import type { PoolProperties, VmExtension } from './pools/schema.ts';

type AuthenticationMode = 'SharedKey' | 'AAD' | 'TaskAuthenticationToken';

export interface BatchAccount extends Placed, KeyHolder {
  readonly kind: 'batch';
  poolAllocationMode: 'BatchService' | 'UserSubscription';
  /** `null` means unrestricted. */
  allowedAuthenticationModes: AuthenticationMode[] | null;
  provisioningState: 'Succeeded' | 'Failed' | 'Invalid';
  identity: AccountIdentity;
  encryption: Encryption;
  /** Whether the account was created for customer-managed keys. Other accounts never accept one. */
  readonly cmkAllowed: boolean;
  readonly customerKey: CustomerKey;
  /** By lower-case name. */
  readonly pools: Map<string, Pool>;
  /** How long operations take on pools that are created from now on. */
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

/** How far the service lags behind a vault. */
export interface CustomerKeyTiming {
  /** How long a versionless identifier is used before it is resolved again. The documents say "once a day". */
  followMs: number;
  /** How long the account stays refused after access was last seen lost: up to ten minutes. */
  recoveryMs: number;
  /** How much longer the account's nodes stay unavailable. */
  nodesBackMs: number;
}

export interface CustomerKey {
  readonly timing: CustomerKeyTiming;
  readonly keys: KeyAccess;
  /** The versioned identifier of the key that wraps now. */
  inUse(): string | undefined;
  isUsable(): boolean;
  /** Whether nodes are unavailable, and since when. */
  nodes(): { readonly down: boolean; readonly sinceMs: number };
  /** Resolves a versionless identifier again. */
  refresh(): void;
}

/** The questions that the Batch service asks a vault on behalf of an account. */
export interface KeyAccess extends Pick<KeyVault, 'canWrap'> {
  /** The newest enabled version of the key. */
  newestVersion(keyIdentifier: string): string | undefined;
}

/** How long a pool's operations take. Azure documents no times, so each is 0 unless set. */
export interface PoolTiming {
  resizeMs: number;
  /** The time from a node's boot until it is usable. */
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
  /** Prevents the Key Vault extension on every node from reaching its vault. */
  extensionFault: 'IdentityLacksRights' | 'VaultUnreachable' | undefined;
  /** Whether the extension writes a status for each version it installs. No document says that it does. */
  reportsRenewals: boolean;
  /** Set when the deletion starts. */
  deletedMs: number | undefined;
  readonly allocation: { readonly state: 'Steady' | 'Resizing'; readonly sinceMs: number };
  readonly nodes: readonly BatchNode[];
  /** Starts to allocate the nodes that the fixed scale asks for. */
  resize(): void;
  /** Records a change: the pool gets a new ETag. */
  touch(): void;
  addNode(): BatchNode;
  removeNode(node: BatchNode): void;
}

/** The state that a user, a task or a failing machine gives to a node that is up. */
export type NodeState = 'idle' | 'running' | 'offline' | 'unusable' | 'rebooting' | 'unknown' | 'preempted';

/** A compute node. Its state follows from the clock. */
export interface BatchNode {
  readonly id: string;
  readonly isDedicated: boolean;
  readonly allocatedMs: number;
  readonly bootedMs: number;
  readonly status: { readonly state: NodeState | 'starting'; readonly sinceMs: number };
  /** By extension name; empty until the node is ready. */
  readonly extensions: ReadonlyMap<string, ExtensionStatus>;
  /** The installed version of each observed certificate by address. No API shows it. */
  readonly installed: ReadonlyMap<string, string>;
  /** Lets the extensions do their due work. */
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
