import type { BatchAccount } from '../state.ts';

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
