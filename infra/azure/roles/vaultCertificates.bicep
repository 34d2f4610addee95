// What Keyturn may do to certificates that nodes fetch. Vaults with access policies: vaultPolicies.bicep.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('Vaults of this subscription with RBAC: { name, resourceGroup }.')
param vaults array

module role 'assign/vaultRole.bicep' = {
  name: 'keyturn-vault-certificates-${deployment().location}'
  params: {
    name: 'vault-certificates'
    purpose: 'Reads certificates, asks for versions of them and disables old ones.'
    dataActions: [
      'Microsoft.KeyVault/vaults/certificates/read'
      'Microsoft.KeyVault/vaults/certificates/create/action'
      'Microsoft.KeyVault/vaults/certificates/update/action'
    ]
    principalId: principalId
    vaults: vaults
  }
}
