// Lets the identity of an account or pool use what is in a vault, in the words of the vault's model.
targetScope = 'resourceGroup'

@description('Object id of the identity.')
param principalId string

@description('Name of the vault, which is in this group.')
param vaultName string

@description('How the vault grants permissions.')
@allowed(['rbac', 'policies'])
param model string

@description('key: get, wrap and unwrap. certificate: get it with its private key, as nodes do.')
@allowed(['key', 'certificate'])
param use string

// Key Vault Crypto Service Encryption User, and Key Vault Secrets User
// (learn.microsoft.com/azure/role-based-access-control/built-in-roles/security).
var roles = {
  key: 'e147488a-f6f5-4113-8e2d-b22465e65bf6'
  certificate: '4633458b-17de-408a-b874-0445c86b69e6'
}
var permissions = {
  key: { keys: ['get', 'wrapKey', 'unwrapKey'] }
  certificate: { secrets: ['get'] }
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource assigned 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (model == 'rbac') {
  name: guid(vault.id, principalId, roles[use])
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[use])
  }
}

resource policy 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = if (model == 'policies') {
  parent: vault
  name: 'add'
  properties: {
    accessPolicies: [{ tenantId: tenant().tenantId, objectId: principalId, permissions: permissions[use] }]
  }
}
