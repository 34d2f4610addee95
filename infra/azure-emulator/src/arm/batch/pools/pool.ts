import type { BatchAccount } from '../../state.ts';
import type { PoolIdentity } from '../identity.ts';
import type { BatchNode } from '../nodes/node.ts';
import type { PoolProperties } from './definition.ts';
import { createMachines } from './machines.ts';
import type { PoolGround } from './machines.ts';

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

type Born = Pick<Pool, 'account' | 'name' | 'properties' | 'identity' | 'tags' | 'timing'>;

/** A pool that begins to make its nodes. */
export function createPool(ground: PoolGround, born: Born): Pool {
  const { clock, random } = ground.core;
  const nowMs = () => clock.now().getTime();
  const modified = () => ({ atMs: nowMs(), etag: `0x${random(8).toString('hex').toUpperCase()}` });
  const machines = createMachines(ground, () => pool);
  let fault: Pool['extensionFault'];
  const pool: Pool = {
    ...born,
    id: `${born.account.id}/pools/${born.name}`,
    createdMs: nowMs(),
    modified: modified(),
    reportsRenewals: false,
    deletedMs: undefined,
    get extensionFault() {
      return fault;
    },
    set extensionFault(next) {
      // What was due before it was done without it.
      for (const node of machines.all()) node.catchUp();
      fault = next;
    },
    get allocation() {
      return machines.allocation();
    },
    get nodes() {
      return machines.all();
    },
    resize: machines.resize,
    touch() {
      pool.modified = modified();
    },
    addNode: machines.add,
    removeNode: machines.remove,
  };
  pool.resize();
  return pool;
}
