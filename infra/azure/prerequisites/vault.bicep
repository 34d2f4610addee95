// A vault fit for keys that encrypt: what is deleted can be recovered, and nobody can purge it before.
targetScope = 'resourceGroup'

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('Region.')
param location string = resourceGroup().location

@description('How the vault grants permissions.')
@allowed(['rbac', 'policies'])
param model string = 'rbac'

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    // Said in both cases: the default has changed (learn.microsoft.com/azure/key-vault/general/access-control-default).
    enableRbacAuthorization: model == 'rbac'
    accessPolicies: []
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
  }
}
