// What Keyturn may do to keys that encrypt Batch accounts. Vaults with access policies: vaultPolicies.bicep.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('Vaults of this subscription with RBAC: { name, resourceGroup }.')
param vaults array

module role 'assign/vaultRole.bicep' = {
  name: 'keyturn-vault-keys-${deployment().location}'
  params: {
    name: 'vault-keys'
    purpose: 'Reads keys, makes versions of them and disables old ones.'
    dataActions: [
      'Microsoft.KeyVault/vaults/keys/read'
      'Microsoft.KeyVault/vaults/keys/rotate/action'
      'Microsoft.KeyVault/vaults/keys/update/action'
      'Microsoft.KeyVault/vaults/keyrotationpolicies/read'
    ]
    principalId: principalId
    vaults: vaults
  }
}
