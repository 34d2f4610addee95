// Lets Keyturn see which model of permissions a vault has, to name the grant that an account or a pool lacks.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('Vaults of this subscription, of either model: { name, resourceGroup }.')
param vaults array

module role 'assign/vaultRole.bicep' = {
  name: 'keyturn-vault-reader-${deployment().location}'
  params: {
    name: 'vault-reader'
    purpose: 'Sees the settings of a vault, and nothing in it.'
    actions: [
      'Microsoft.KeyVault/vaults/read'
    ]
    principalId: principalId
    vaults: vaults
  }
}
