// Who regenerates keys in a subscription. Azure gives system topics of global sources no identity, and the storage
// account takes no keys: there is no dead letter here. Keyturn proves every live key once in six hours.

@description('Name of the subscription\'s system topic.')
param topicName string

@description('Resource id of the function app.')
param appId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource regenerations 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'keyturn-regenerations-${uniqueString(appId)}' // another installation may use the same topic
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    destination: {
      endpointType: 'AzureFunction'
      properties: { resourceId: '${appId}/functions/resourceEvents' }
    }
    filter: {
      includedEventTypes: ['Microsoft.Resources.ResourceActionSuccess']
      advancedFilters: [
        {
          operatorType: 'StringContains' // compares without regard to case
          key: 'data.operationName'
          values: ['/regenerateKey/action', '/regenerateKeys/action']
        }
      ]
    }
  }
}
