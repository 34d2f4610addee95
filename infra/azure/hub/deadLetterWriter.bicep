// Lets the identity of a topic write dead letters, and nothing else of the account.

@description('Name of the storage account.')
param storageName string

@description('Name of the container.')
param container string

@description('Principal id of the topic\'s identity.')
param principalId string

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' existing = {
  name: '${storageName}/default/${container}'
}

var storageBlobDataContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
)

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deadLetters.id, principalId, storageBlobDataContributor)
  scope: deadLetters
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal' // a fresh identity is not in every replica of the directory yet
    roleDefinitionId: storageBlobDataContributor
  }
}
