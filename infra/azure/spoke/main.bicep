targetScope = 'subscription'

// What there is once in every subscription that holds a vault or a resource: rights, sources of events, notices.

import { kind, noticeApp, vault } from '../types.bicep'

@description('Resource group for what this deployment makes.')
param groupName string = 'keyturn-spoke'

@description('Region of the group, and of vaults that name none.')
param location string = deployment().location

@description('Tags of every resource.')
param tags object = {}

@description('Principal id of the app\'s identity: output of the hub.')
param principalId string

@description('Vaults of this subscription.')
param vaults vault[] = []

@description('What is rotated in this subscription.')
param kinds kind[]

@description('Ids of Batch accounts, or of their groups; empty for every one of this subscription.')
param batchAccounts array = []

@description('Ids of SignalR services, or of their groups; empty for every one of this subscription.')
param signalRServices array = []

@description('Ids of applications that use the secrets, of their groups, or of the subscription; empty for none.')
param consumers array = []

@description('Whether events start work: false where Event Grid cannot reach the app.')
param hasEvents bool = true

@description('Resource id of the subscription\'s own system topic, where it has one: Azure allows one.')
param subscriptionTopicId string = ''

@description('Resource id of the action group that mails: output of the hub.')
param actionGroupId string

@description('URL of the app: output of the hub.')
param appUrl string

@description('The Entra application for action groups, if there is one.')
param notices noticeApp = {}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: groupName
  location: location
  tags: tags
}

module rights 'rights.bicep' = {
  name: 'keyturn-rights-${deployment().location}'
  params: {
    principalId: principalId
    vaults: vaults
    kinds: kinds
    batchAccounts: batchAccounts
    signalRServices: signalRServices
    consumers: consumers
  }
}

module topics 'topics.bicep' = if (hasEvents) {
  name: 'keyturn-topics'
  scope: group
  params: {
    location: location
    tags: tags
    vaults: vaults
    subscriptionTopicId: subscriptionTopicId
    actionGroupId: actionGroupId
  }
}

module health 'serviceHealth.bicep' = if (contains(kinds, 'signalr-key')) {
  name: 'keyturn-service-health'
  scope: group
  params: {
    tags: tags
    actionGroupId: actionGroupId
    noticesUrl: '${appUrl}/api/notices'
    notices: notices
    isReachable: hasEvents
  }
}

@description('Ids of the vaults\' system topics, for the second stage.')
output vaultTopicIds string = hasEvents ? topics!.outputs.vaultTopicIds : ''

@description('Id of the subscription\'s system topic, for the second stage.')
output subscriptionTopicId string = hasEvents ? topics!.outputs.subscriptionTopicId : ''
