import { resolve } from '../../keyVaultReferences/resolve.ts';
import { pointerTo } from '../../keyVaultReferences/pointer.ts';
import type { Core } from '../../../core.ts';
import type { KeyVault } from '../../../keyvault/vault.ts';
import type { BatchAccount } from '../../state.ts';
import { poolIdentity } from '../identity.ts';
import type { PoolProperties, VmExtension } from './definition.ts';
import { createPool } from './pool.ts';
import type { Pool, PoolTiming } from './pool.ts';
import type { PoolGround } from './machines.ts';

export interface NewPool {
  readonly name: string;
  readonly nodes?: number;
  readonly extensions?: VmExtension[];
  /** Ids of user-assigned identities. */
  readonly identities?: readonly string[];
  /** Beside or instead of what the others make of an ordinary pool; it is not looked at, as with an older pool. */
  readonly properties?: Partial<PoolProperties>;
  readonly timing?: Partial<PoolTiming>;
}

/** Nodes get secrets straight from the vaults. */
export function poolGround(core: Core, keyVault: KeyVault): PoolGround {
  return {
    core,
    fetch(url, atMs) {
      const found = resolve(keyVault, pointerTo(url), atMs);
      return found.status === 'Resolved' ? { version: found.version } : { failure: `${url}: ${found.status}` };
    },
  };
}

/** A pool that is there already. */
export function addPool(ground: PoolGround, account: BatchAccount, wanted: NewPool): Pool {
  const { name, nodes = 0, extensions, identities = [], properties, timing } = wanted;
  const imageReference = { publisher: 'canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts' };
  const virtualMachineConfiguration = { imageReference, nodeAgentSkuId: 'batch.node.ubuntu 22.04', extensions };
  const pool = createPool(ground, {
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
