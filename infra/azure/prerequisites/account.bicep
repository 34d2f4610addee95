// A Batch account with an identity of its own, and the key that encrypts it if it is known already.
targetScope = 'resourceGroup'

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Region.')
param location string = resourceGroup().location

@description('The secret whose target may change what encrypts the account, as vault/secret.')
param targetSecret string

@description('Identifier of the key; empty for keys of the service.')
param keyIdentifier string = ''

resource account 'Microsoft.Batch/batchAccounts@2024-07-01' = {
  name: name
  location: location
  // Deploying again without it would take the right away.
  tags: { KeyturnCmk: targetSecret }
  // The service wants the system's own for a customer-managed key; a user-assigned one is documented and not specified.
  identity: { type: 'SystemAssigned' }
  properties: {
    poolAllocationMode: 'BatchService'
    encryption: empty(keyIdentifier)
      ? { keySource: 'Microsoft.Batch' }
      : { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier: keyIdentifier } }
  }
}

@description('Resource id, for the tag ProviderAddress.')
output id string = account.id

@description('Object id of the identity, for the grant.')
output principalId string = account.identity.principalId
