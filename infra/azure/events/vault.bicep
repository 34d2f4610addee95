// What a vault tells of its secrets, keys and certificates.

@description('Name of the vault\'s system topic. It needs a system-assigned identity.')
param topicName string

@description('Resource id of the function app.')
param appId string

@description('Where dead letters go: storageId and container.')
param deadLetter object

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

module deadLetterWriter '../hub/deadLetterWriter.bicep' = {
  name: 'keyturn-dead-letters-${uniqueString(topic.id)}'
  scope: resourceGroup(split(deadLetter.storageId, '/')[2], split(deadLetter.storageId, '/')[4])
  params: {
    storageName: split(deadLetter.storageId, '/')[8]
    container: deadLetter.container
    principalId: topic.identity.principalId
  }
}

resource secrets 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'keyturn-secrets-${uniqueString(appId)}' // another installation may use the same topic
  dependsOn: [deadLetterWriter]
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    destination: {
      endpointType: 'AzureFunction'
      properties: { resourceId: '${appId}/functions/keyVaultEvents' }
    }
    filter: {
      includedEventTypes: [
        'Microsoft.KeyVault.SecretNearExpiry'
        'Microsoft.KeyVault.SecretExpired'
        'Microsoft.KeyVault.SecretNewVersionCreated'
        'Microsoft.KeyVault.KeyNearExpiry'
        'Microsoft.KeyVault.KeyExpired'
        'Microsoft.KeyVault.KeyNewVersionCreated'
        'Microsoft.KeyVault.CertificateNearExpiry'
        'Microsoft.KeyVault.CertificateExpired'
        'Microsoft.KeyVault.CertificateNewVersionCreated'
      ]
    }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: deadLetter.storageId, blobContainerName: deadLetter.container }
      }
    }
  }
}
