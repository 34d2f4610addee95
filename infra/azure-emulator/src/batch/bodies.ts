import { shownExtensions, timeOf } from '../arm/batch/pools/body.ts';
import type { Pool } from '../arm/batch/pools/pool.ts';
import type { BatchNode } from '../arm/batch/nodes/node.ts';
import type { ExtensionStatus } from '../arm/batch/nodes/keyVaultExtension.ts';
import type { PoolIdentity } from '../arm/batch/identity.ts';

/** A pool as the data plane shows it, which spells much of it differently from Azure Resource Manager. */
export function poolBody(pool: Pool) {
  const { properties, allocation, nodes } = pool;
  const { imageReference, nodeAgentSkuId } = properties.deploymentConfiguration.virtualMachineConfiguration;
  return {
    id: pool.name,
    url: urlOf(pool),
    eTag: pool.modified.etag,
    lastModified: timeOf(pool.modified.atMs),
    creationTime: timeOf(pool.createdMs),
    state: pool.deletedMs === undefined ? 'active' : 'deleting',
    stateTransitionTime: timeOf(pool.deletedMs ?? pool.createdMs),
    allocationState: allocation.state.toLowerCase(),
    allocationStateTransitionTime: timeOf(allocation.sinceMs),
    vmSize: properties.vmSize.toLowerCase(),
    virtualMachineConfiguration: {
      imageReference,
      nodeAgentSKUId: nodeAgentSkuId,
      extensions: shownExtensions(properties),
    },
    ...scaleOf(pool),
    currentDedicatedNodes: nodes.filter(({ isDedicated }) => isDedicated).length,
    currentLowPriorityNodes: nodes.filter(({ isDedicated }) => !isDedicated).length,
    enableInterNodeCommunication: properties.interNodeCommunication === 'Enabled',
    taskSlotsPerNode: properties.taskSlotsPerNode ?? 1,
    metadata: properties.metadata,
    ...identityOf(pool.identity),
  };
}

function scaleOf({ properties: { scaleSettings } }: Pool) {
  const { fixedScale, autoScale } = scaleSettings ?? {};
  if (autoScale) return { enableAutoScale: true, autoScaleFormula: autoScale.formula };
  return {
    enableAutoScale: false,
    targetDedicatedNodes: fixedScale?.targetDedicatedNodes ?? 0,
    targetLowPriorityNodes: fixedScale?.targetLowPriorityNodes ?? 0,
    resizeTimeout: fixedScale?.resizeTimeout ?? 'PT15M',
  };
}

function identityOf(identity: PoolIdentity) {
  if (identity.type === 'None') return {};
  const attached = Object.entries(identity.userAssignedIdentities);
  const userAssignedIdentities = attached.map(([resourceId, ids]) => ({ resourceId, ...ids }));
  return { identity: { type: 'UserAssigned', userAssignedIdentities } };
}

export function nodeBody(pool: Pool, node: BatchNode) {
  const { state, sinceMs } = node.status;
  const isRunning = state === 'running';
  return {
    id: node.id,
    url: `${urlOf(pool)}/nodes/${node.id}`,
    state,
    schedulingState: 'enabled',
    stateTransitionTime: timeOf(sinceMs),
    lastBootTime: timeOf(node.bootedMs),
    allocationTime: timeOf(node.allocatedMs),
    ipAddress: '10.0.0.4',
    affinityId: `TVM:${node.id}`,
    vmSize: pool.properties.vmSize.toLowerCase(),
    runningTasksCount: isRunning ? 1 : 0,
    runningTaskSlotsCount: isRunning ? 1 : 0,
    isDedicated: node.isDedicated,
    nodeAgentInfo: { version: '1.9.0', lastUpdateTime: timeOf(node.bootedMs) },
  };
}

/** The instance view of an extension: nothing in it tells which version of a certificate is installed. */
export function extensionBody({ extension, succeeded, message, atMs }: ExtensionStatus) {
  const { protectedSettings: _protected, ...vmExtension } = extension;
  const status = {
    code: succeeded ? 'ProvisioningState/succeeded' : 'ProvisioningState/failed/1',
    level: succeeded ? 'Info' : 'Error',
    displayStatus: succeeded ? 'Provisioning succeeded' : 'Provisioning failed',
    message,
    time: timeOf(atMs),
  };
  return {
    provisioningState: succeeded ? 'Succeeded' : 'Failed',
    vmExtension,
    instanceView: { name: extension.name, statuses: [status], subStatuses: [] },
  };
}

function urlOf({ account: { authority }, name }: Pool): string {
  return `https://${authority}/pools/${name}`;
}
