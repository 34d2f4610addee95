// Where events come from. Azure allows one system topic per source, in the source's own subscription: one that is there
// already is named, and left as it is.

import { vault } from '../types.bicep'

@description('Region of vaults that name none.')
param location string

@description('Tags of every resource.')
param tags object

@description('Vaults of this subscription.')
param vaults vault[]

@description('Resource id of the subscription\'s own system topic, where it has one.')
param subscriptionTopicId string

@description('Resource id of the action group that is told of what could not be delivered.')
param actionGroupId string

var without = filter(vaults, each => empty(each.?topicId ?? ''))
var named = map(filter(vaults, each => !empty(each.?topicId ?? '')), each => each.?topicId ?? '')
var made = map(without, each => resourceId('Microsoft.EventGrid/systemTopics', 'keyturn-${each.name}'))
var ofSubscription = empty(subscriptionTopicId)
  ? resourceId('Microsoft.EventGrid/systemTopics', 'keyturn-subscription')
  : subscriptionTopicId

resource ofVaults 'Microsoft.EventGrid/systemTopics@2025-02-15' = [
  for each in without: {
    name: 'keyturn-${each.name}'
    location: each.?location ?? location
    tags: tags
    identity: { type: 'SystemAssigned' } // writes dead letters
    properties: {
      topicType: 'Microsoft.KeyVault.vaults'
      source: resourceId(each.resourceGroup, 'Microsoft.KeyVault/vaults', each.name)
    }
  }
]

resource ofThisSubscription 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (empty(subscriptionTopicId)) {
  name: 'keyturn-subscription'
  location: 'global'
  tags: tags
  properties: {
    topicType: 'Microsoft.Resources.Subscriptions'
    source: subscription().id
  }
}

// Not of the subscription's topic, which is global: Azure may refuse metric alerts there, and with them all of this.
module undelivered '../hub/undelivered.bicep' = [
  for id in concat(named, made): {
    name: 'keyturn-undelivered-${uniqueString(id)}'
    dependsOn: [ofVaults]
    params: {
      name: 'keyturn-undelivered-${last(split(id, '/'))}'
      tags: tags
      topicId: id
      actionGroupId: actionGroupId
    }
  }
]

@description('Ids of the vaults\' system topics, separated by blanks.')
output vaultTopicIds string = join(concat(named, made), ' ')

@description('Id of the subscription\'s system topic.')
output subscriptionTopicId string = ofSubscription
