targetScope = 'subscription'

// The second stage: Event Grid refuses a function that is not there yet, so this runs after the code is deployed.
// Running it again changes nothing. Ids come as plain text, separated by blanks, because both shells can pass that.

@description('Resource id of the function app.')
param appId string

@description('Resource id of the storage account that takes dead letters.')
param storageId string

@description('Container for dead letters in that account.')
param deadLetterContainer string

@description('Resource id of the custom topic.')
param topicId string

@description('Resource ids of the system topics of vaults, of any subscription, separated by blanks.')
param vaultTopicIds string

@description('Resource ids of the system topics of subscriptions, separated by blanks.')
param subscriptionTopicIds string

var deadLetter = { storageId: storageId, container: deadLetterContainer }
var ofVaults = filter(split(vaultTopicIds, ' '), id => !empty(id))
var ofSubscriptions = filter(split(subscriptionTopicIds, ' '), id => !empty(id))

module custom 'customTopic.bicep' = {
  name: 'keyturn-events'
  scope: resourceGroup(split(topicId, '/')[2], split(topicId, '/')[4])
  params: {
    topicName: split(topicId, '/')[8]
    appId: appId
    deadLetter: deadLetter
  }
}

module vaults 'vault.bicep' = [
  for id in ofVaults: {
    name: 'keyturn-events-${uniqueString(id)}'
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      topicName: split(id, '/')[8]
      appId: appId
      deadLetter: deadLetter
    }
  }
]

module subscriptions 'subscription.bicep' = [
  for id in ofSubscriptions: {
    name: 'keyturn-events-${uniqueString(id)}'
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      topicName: split(id, '/')[8]
      appId: appId
    }
  }
]
