targetScope = 'subscription'

// Keyturn in one subscription: the hub and this subscription's spoke. For another subscription deploy spoke/main.bicep
// there. Event subscriptions follow after the code (events/main.bicep).

import { kind, networking, noticeApp, rotation, vault } from 'types.bicep'

@description('Name of the environment: part of every name.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Region.')
param location string

@description('Who is told by mail when something needs a person.')
@minLength(3)
param mail string

@description('observe decides and announces and changes nothing.')
@allowed(['observe', 'rotate'])
param mode string = 'observe'

@description('Vaults of this subscription.')
param vaults vault[]

@description('URLs of vaults of other subscriptions, each of which has a spoke.')
param otherVaultUrls array = []

@description('URLs of more vaults, for keys and certificates alone: grant the rights on them by roles/.')
param objectVaultUrls array = []

@description('What is rotated.')
param kinds kind[] = ['batch-key', 'signalr-key']

@description('Ids of Batch accounts, or of their groups; empty for every one of this subscription.')
param batchAccounts array = []

@description('Ids of SignalR services, or of their groups; empty for every one of this subscription.')
param signalRServices array = []

@description('Ids of applications that use the secrets, of their groups, or of the subscription; empty for none.')
param consumers array = []

@description('Settings of rotation, where the defaults are not wanted.')
param rotationSettings rotation = {}

@description('Who can reach the app, and whom it reaches.')
param network networking = 'public'

@description('Addresses of the network that is made unless the way is public: a /24 or larger.')
param networkAddresses string = '10.61.0.0/24'

@description('Addresses, as in 203.0.113.0/24, that may call the HTTP endpoints where inbound is restricted.')
param inboundAddresses array = []

@description('Resource id of the subscription\'s own system topic, where it has one: Azure allows one.')
param subscriptionTopicId string = ''

@description('The Entra application that action groups and operators sign in to, if there is one.')
param notices noticeApp = {}

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int = 90

var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }
var ownVaultUrls = [for each in vaults: 'https://${each.name}${environment().suffixes.keyvaultDns}']

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'keyturn-${environmentName}'
  location: location
  tags: tags
}

module hub 'hub/main.bicep' = {
  name: 'keyturn-hub'
  scope: group
  params: {
    name: 'keyturn-${token}'
    location: location
    tags: tags
    vaultUrls: concat(ownVaultUrls, otherVaultUrls)
    objectVaultUrls: objectVaultUrls
    mode: mode
    rotationSettings: rotationSettings
    network: network
    networkAddresses: networkAddresses
    inboundAddresses: inboundAddresses
    mail: mail
    retentionDays: retentionDays
    notices: notices
  }
}

module spoke 'spoke/main.bicep' = {
  name: 'keyturn-spoke-${deployment().location}' // Azure ties the name to a region
  params: {
    groupName: group.name
    location: location
    tags: tags
    principalId: hub.outputs.principalId
    vaults: vaults
    kinds: kinds
    batchAccounts: batchAccounts
    signalRServices: signalRServices
    consumers: consumers
    hasEvents: network != 'private'
    subscriptionTopicId: subscriptionTopicId
    actionGroupId: hub.outputs.actionGroupId
    appUrl: hub.outputs.appUrl
    notices: notices
  }
}

// azd keeps these in its environment, where the hook of the second stage finds them.
output APP_ID string = hub.outputs.appId
output APP_URL string = hub.outputs.appUrl
output APP_PRINCIPAL_ID string = hub.outputs.principalId
output APP_SUBNET_ID string = hub.outputs.appSubnetId
output ACTION_GROUP_ID string = hub.outputs.actionGroupId
output TOPIC_ID string = hub.outputs.topicId
output STORAGE_ID string = hub.outputs.storageId
output DEAD_LETTER_CONTAINER string = hub.outputs.deadLetterContainer
output VAULT_TOPIC_IDS string = spoke.outputs.vaultTopicIds
output SUBSCRIPTION_TOPIC_IDS string = spoke.outputs.subscriptionTopicId
