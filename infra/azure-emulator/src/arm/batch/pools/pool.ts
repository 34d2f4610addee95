import type { KeyVault } from '../../../key-vault/index.ts';
import type { Core } from '../../../shared/core.ts';
import { pointerTo, resolveReference } from '../../keyVaultReferences.ts';
import { poolIdentity } from '../identity.ts';
import type { FetchedSecret } from '../nodes/keyVaultExtension.ts';
import { createNode } from '../nodes/node.ts';
import type { BatchAccount, BatchNode, Pool, PoolTiming } from '../state.ts';
import type { PoolProperties, VmExtension } from './schema.ts';

type PoolDescription = Pick<Pool, 'account' | 'name' | 'properties' | 'identity' | 'tags' | 'timing'>;

/** Creates a pool and starts to allocate its nodes. */
export function createPool(context: PoolContext, born: PoolDescription): Pool {
  const { clock, random } = context.core;
  const nowMs = () => clock.now().getTime();
  const modified = () => ({ atMs: nowMs(), etag: `0x${random(8).toString('hex').toUpperCase()}` });
  const machines = createNodes(context, () => pool);
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
      // Polls that were due before the change run without the fault.
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

export interface PoolContext {
  readonly core: Core;
  /** Returns a secret as a node gets it from its vault. */
  fetch(url: string, atMs: number): FetchedSecret;
}

/** Creates and removes the nodes of a pool. A resize ends by the clock, which is checked on demand. */
function createNodes({ core, fetch }: PoolContext, poolOf: () => Pool) {
  const nowMs = () => core.clock.now().getTime();
  let nodes: readonly BatchNode[] = [];
  let resize = { sinceMs: nowMs(), endMs: nowMs(), isOver: true };
  let identity: Pool['identity'] = { type: 'None' };

  function finishResize(): void {
    if (resize.isOver || nowMs() < resize.endMs) return;
    resize = { ...resize, isOver: true };
    const wanted = poolOf().properties.scaleSettings?.fixedScale;
    if (!wanted) return;
    const { targetDedicatedNodes = 0, targetLowPriorityNodes = 0 } = wanted;
    nodes = [...sized(true, targetDedicatedNodes), ...sized(false, targetLowPriorityNodes)];
  }
  function sized(isDedicated: boolean, wanted: number): BatchNode[] {
    const kept = nodes.filter((each) => each.isDedicated === isDedicated).slice(0, wanted);
    return [...kept, ...Array.from({ length: wanted - kept.length }, () => made(isDedicated, resize.endMs))];
  }
  /** A changed identity reaches only nodes created after the pool was empty. */
  function made(isDedicated: boolean, atMs: number): BatchNode {
    const pool = poolOf();
    if (nodes.length === 0) ({ identity } = pool);
    const attached = identity.type === 'None' ? {} : identity.userAssignedIdentities;
    const context = {
      core,
      clock: core.clock,
      clientIds: Object.values(attached).map(({ clientId }) => clientId),
      extensions: pool.properties.deploymentConfiguration.virtualMachineConfiguration.extensions ?? [],
      startMs: pool.timing.startMs,
      reportsRenewals: () => pool.reportsRenewals,
      availability: () => pool.account.customerKey.nodes(),
      fetch: (url: string, pollMs: number) =>
        pool.extensionFault === undefined ? fetch(url, pollMs) : { problem: pool.extensionFault },
    };
    return createNode(context, isDedicated, atMs);
  }
  function all(): readonly BatchNode[] {
    finishResize();
    return nodes;
  }
  return {
    all,
    allocation() {
      finishResize();
      const { isOver, sinceMs, endMs } = resize;
      return isOver ? ({ state: 'Steady', sinceMs: endMs } as const) : ({ state: 'Resizing', sinceMs } as const);
    },
    resize() {
      resize = { sinceMs: nowMs(), endMs: nowMs() + poolOf().timing.resizeMs, isOver: false };
      finishResize();
    },
    add() {
      const node = made(true, nowMs());
      nodes = [...all(), node];
      return node;
    },
    remove(node: BatchNode) {
      nodes = all().filter((each) => each !== node);
    },
  };
}

export interface NewPool {
  readonly name: string;
  readonly nodes?: number;
  readonly extensions?: VmExtension[];
  /** Ids of user-assigned identities. */
  readonly identities?: readonly string[];
  /** Replaces or extends the defaults. It is not validated, as a pool from before may hold anything. */
  readonly properties?: Partial<PoolProperties>;
  readonly timing?: Partial<PoolTiming>;
}

/** Nodes read secrets straight from the vaults. */
export function createPoolContext(core: Core, keyVault: KeyVault): PoolContext {
  return {
    core,
    fetch(url, atMs) {
      const found = resolveReference(keyVault, pointerTo(url), atMs);
      return found.status === 'Resolved' ? { version: found.version } : { problem: `${url}: ${found.status}` };
    },
  };
}

/** Adds an existing pool to the account. */
export function seedPool(context: PoolContext, account: BatchAccount, wanted: NewPool): Pool {
  const { name, nodes = 0, extensions, identities = [], properties, timing } = wanted;
  const imageReference = { publisher: 'canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts' };
  const virtualMachineConfiguration = { imageReference, nodeAgentSkuId: 'batch.node.ubuntu 22.04', extensions };
  const pool = createPool(context, {
    account,
    name,
    identity: identities.length === 0 ? { type: 'None' } : poolIdentity(attached(identities)),
    tags: undefined,
    timing: { resizeMs: 0, startMs: 0, deleteMs: 0, ...timing },
    properties: {
      vmSize: 'STANDARD_D2S_V3',
      deploymentConfiguration: { virtualMachineConfiguration },
      scaleSettings: { fixedScale: { targetDedicatedNodes: nodes, targetLowPriorityNodes: 0, resizeTimeout: 'PT15M' } },
      ...properties,
    },
  });
  account.pools.set(name.toLowerCase(), pool);
  return pool;
}

function attached(identities: readonly string[]) {
  const userAssignedIdentities = Object.fromEntries(identities.map((id) => [id, {}]));
  return { type: 'UserAssigned', userAssignedIdentities } as const;
}
