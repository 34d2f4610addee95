// Where Keyturn tells what it does, shares its work, and hears of notices. Entra tokens only.

@description('Name of the topic.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Principal id of the app\'s identity, which sends.')
param principalId string

@description('Resource id of the account for dead letters.')
param storageId string

@description('Container for dead letters in that account.')
param deadLetterContainer string

@description('Resource id of the action group that is told of what could not be delivered.')
param actionGroupId string

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
  }
}

module sender '../roles/topicSender.bicep' = {
  name: 'keyturn-topic-sender'
  params: {
    principalId: principalId
    topicName: topic.name
  }
}

module deadLetterWriter 'deadLetterWriter.bicep' = {
  name: 'keyturn-topic-dead-letters'
  params: {
    storageName: split(storageId, '/')[8]
    container: deadLetterContainer
    principalId: topic.identity.principalId
  }
}

module undelivered 'undelivered.bicep' = {
  name: 'keyturn-topic-undelivered'
  params: {
    name: '${name}-undelivered'
    tags: tags
    topicId: topic.id
    actionGroupId: actionGroupId
  }
}

@description('Resource id.')
output id string = topic.id

@description('Where the app sends to.')
output endpoint string = topic.properties.endpoint
