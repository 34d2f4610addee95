import type { Vault } from './vault.ts';

/** A vault as Azure Resource Manager would show it (api-version 2023-07-01). */
export function vaultBody({ id, name, uri, tenantId, permissionModel, purgeProtection }: Vault) {
  return {
    id,
    name,
    type: 'Microsoft.KeyVault/vaults',
    location: 'westeurope',
    tags: {},
    properties: {
      sku: { family: 'A', name: 'standard' },
      tenantId,
      vaultUri: `${uri}/`,
      enableRbacAuthorization: permissionModel === 'rbac',
      enableSoftDelete: true,
      // Azure takes no `false` for it: once on, it stays.
      ...(purgeProtection && { enablePurgeProtection: true }),
      provisioningState: 'Succeeded',
    },
  };
}
