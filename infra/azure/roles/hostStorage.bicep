// What the Functions host and Keyturn's leases and claims need of the host's storage. The one role that can delete: the
// host deletes its own blobs, and asks for this role (learn.microsoft.com/azure/azure-functions/functions-reference).
targetScope = 'resourceGroup'

@description('Object id of the identity of the app.')
param principalId string

@description('Name of the storage account, which is in this group and holds nothing else.')
param storageName string

var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource assigned 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, principalId, storageBlobDataOwner)
  scope: storage
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
  }
}
