// An identity for pools, with the right to fetch certificates from a vault. The certificate itself is made by a command
// (README.md): Bicep has no resource for it, and a deployment script would need a storage account with shared keys and
// a second identity that may create certificates.
targetScope = 'resourceGroup'

@description('Name of the identity.')
param name string

@description('Name of the vault with the certificates, which is in this group.')
param vaultName string

@description('Region.')
param location string = resourceGroup().location

@description('How the vault grants permissions.')
@allowed(['rbac', 'policies'])
param model string = 'rbac'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

module grant 'grant.bicep' = {
  name: '${name}-grant'
  params: {
    principalId: identity.properties.principalId
    vaultName: vaultName
    model: model
    use: 'certificate'
  }
}

@description('For the identity of the pool.')
output id string = identity.id

@description('For msiClientId of the Key Vault extension.')
output clientId string = identity.properties.clientId
