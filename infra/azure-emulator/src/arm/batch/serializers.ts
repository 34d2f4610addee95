import type { PoolProperties } from './pools/schema.ts';
import type { BatchAccount, BatchNode, Pool } from './state.ts';

/** An account as its GET shows it. */
export function accountBody(found: BatchAccount) {
  const { id, name, location, tags, authority, identity } = found;
  return {
    id,
    name,
    type: 'Microsoft.Batch/batchAccounts',
    location,
    tags,
    identity,
    properties: {
      accountEndpoint: authority,
      nodeManagementEndpoint: `${name}.${location}.service.batch.azure.com`,
      provisioningState: found.provisioningState,
      poolAllocationMode: found.poolAllocationMode,
      publicNetworkAccess: found.publicNetworkAccess,
      networkProfile: { accountAccess: { defaultAction: found.networkDefaultAction, ipRules: [] } },
      encryption: found.encryption,
      poolQuota: 100,
      activeJobAndJobScheduleQuota: 300,
      allowedAuthenticationModes: found.allowedAuthenticationModes,
    },
  };
}

/** A pool as its GET in Azure Resource Manager shows it. */
export function poolBodyOf(pool: Pool) {
  const { id, name, tags, identity, properties, allocation, nodes } = pool;
  const begunMs = pool.deletedMs ?? pool.createdMs;
  return {
    id,
    name,
    type: 'Microsoft.Batch/batchAccounts/pools',
    etag: etagOf(pool),
    ...(tags && { tags }),
    identity,
    properties: {
      interNodeCommunication: 'Disabled',
      taskSlotsPerNode: 1,
      taskSchedulingPolicy: { nodeFillType: 'Spread' },
      scaleSettings: { fixedScale: { targetDedicatedNodes: 0, targetLowPriorityNodes: 0, resizeTimeout: 'PT15M' } },
      ...properties,
      deploymentConfiguration: shown(properties),
      lastModified: timeOf(pool.modified.atMs),
      creationTime: timeOf(pool.createdMs),
      provisioningState: pool.deletedMs === undefined ? 'Succeeded' : 'Deleting',
      provisioningStateTransitionTime: timeOf(begunMs),
      allocationState: allocation.state,
      allocationStateTransitionTime: timeOf(allocation.sinceMs),
      currentDedicatedNodes: nodes.filter(({ isDedicated }: BatchNode) => isDedicated).length,
      currentLowPriorityNodes: nodes.filter(({ isDedicated }: BatchNode) => !isDedicated).length,
    },
  };
}

export function etagOf({ modified }: Pool): string {
  return `W/"${modified.etag}"`;
}

/** What is protected is never shown. */
export function shownExtensions({ deploymentConfiguration }: PoolProperties) {
  const { extensions } = deploymentConfiguration.virtualMachineConfiguration;
  return extensions?.map(({ protectedSettings: _protected, ...extension }) => extension);
}

function shown(properties: PoolProperties) {
  const { virtualMachineConfiguration } = properties.deploymentConfiguration;
  const extensions = shownExtensions(properties);
  return { virtualMachineConfiguration: { ...virtualMachineConfiguration, ...(extensions && { extensions }) } };
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
