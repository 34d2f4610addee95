import type { Core } from '../../../core.ts';
import { createNode } from '../nodes/node.ts';
import type { BatchNode } from '../nodes/node.ts';
import type { Fetched } from '../nodes/keyVaultExtension.ts';
import type { Pool } from './pool.ts';

export interface PoolGround {
  readonly core: Core;
  /** A secret as a node gets it from its vault. */
  fetch(url: string, atMs: number): Fetched;
}

/** The nodes of a pool, and the resize that makes and takes them: it ends by the clock, when somebody looks. */
export function createMachines({ core, fetch }: PoolGround, poolOf: () => Pool) {
  const nowMs = () => core.clock.now().getTime();
  let nodes: readonly BatchNode[] = [];
  let resize = { sinceMs: nowMs(), endMs: nowMs(), isOver: true };
  let identity: Pool['identity'] = { type: 'None' };

  function settle(): void {
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
  /** A changed identity reaches only what is made after the pool had no nodes. */
  function made(isDedicated: boolean, atMs: number): BatchNode {
    const pool = poolOf();
    if (nodes.length === 0) ({ identity } = pool);
    const attached = identity.type === 'None' ? {} : identity.userAssignedIdentities;
    const ground = {
      core,
      clock: core.clock,
      clientIds: Object.values(attached).map(({ clientId }) => clientId),
      extensions: pool.properties.deploymentConfiguration.virtualMachineConfiguration.extensions ?? [],
      startMs: pool.timing.startMs,
      reportsRenewals: () => pool.reportsRenewals,
      availability: () => pool.account.customerKey.nodes(),
      fetch: (url: string, pollMs: number) =>
        pool.extensionFault === undefined ? fetch(url, pollMs) : { failure: pool.extensionFault },
    };
    return createNode(ground, isDedicated, atMs);
  }
  function all(): readonly BatchNode[] {
    settle();
    return nodes;
  }
  return {
    all,
    allocation() {
      settle();
      const { isOver, sinceMs, endMs } = resize;
      return isOver ? ({ state: 'Steady', sinceMs: endMs } as const) : ({ state: 'Resizing', sinceMs } as const);
    },
    resize() {
      resize = { sinceMs: nowMs(), endMs: nowMs() + poolOf().timing.resizeMs, isOver: false };
      settle();
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
