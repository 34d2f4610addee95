// What Keyturn tells itself, and what tells it of a notice.

@description('Name of the custom topic.')
param topicName string

@description('Resource id of the function app.')
param appId string

@description('Where dead letters go: storageId and container.')
param deadLetter object

var wanted = [
  {
    name: 'keyturn-generate-due'
    functionName: 'generateDue'
    eventTypes: ['Keyturn.Internal.PhaseDue']
    filters: [{ operatorType: 'StringIn', key: 'data.phase', values: ['generate'] }]
  }
  {
    name: 'keyturn-publish-due'
    functionName: 'publishDue'
    eventTypes: ['Keyturn.Internal.PhaseDue']
    filters: [{ operatorType: 'StringIn', key: 'data.phase', values: ['publish'] }]
  }
  {
    name: 'keyturn-verify-due'
    functionName: 'verifyDue'
    eventTypes: ['Keyturn.Internal.PhaseDue']
    filters: [{ operatorType: 'StringIn', key: 'data.phase', values: ['verify'] }]
  }
  {
    name: 'keyturn-revoke-due'
    functionName: 'revokeDue'
    eventTypes: ['Keyturn.Internal.PhaseDue']
    filters: [{ operatorType: 'StringIn', key: 'data.phase', values: ['revoke'] }]
  }
  {
    name: 'keyturn-notices'
    functionName: 'noticeEvents'
    eventTypes: ['Keyturn.RegenerationNotice']
    filters: []
  }
]

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource subscriptions 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = [
  for each in wanted: {
    parent: topic
    name: each.name
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      destination: {
        endpointType: 'AzureFunction'
        properties: { resourceId: '${appId}/functions/${each.functionName}' }
      }
      filter: {
        includedEventTypes: each.eventTypes
        advancedFilters: each.filters
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
]
