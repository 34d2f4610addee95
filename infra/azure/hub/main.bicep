// What there is once, in one resource group: the app and what it stands on.

import { networking, noticeApp, rotation } from '../types.bicep'

@description('First part of every name.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('URLs of all vaults, of every subscription.')
param vaultUrls array

@description('URLs of more vaults, for keys and certificates alone.')
param objectVaultUrls array

@description('rotate or observe.')
param mode string

@description('Settings of rotation.')
param rotationSettings rotation

@description('The way of networking.')
param network networking

@description('Addresses of the app\'s network, where it has one.')
param networkAddresses string

@description('Addresses that may call the HTTP endpoints, where inbound is restricted.')
param inboundAddresses array

@description('Who is told by mail.')
param mail string

@description('Days that logs are kept.')
param retentionDays int

@description('The Entra application for action groups and operators, if there is one.')
param notices noticeApp

var isPublic = network != 'private'
var hasNetwork = network != 'public'

module identity 'identity.bicep' = {
  name: 'keyturn-identity'
  params: { name: '${name}-identity', location: location, tags: tags }
}

module storage 'storage.bicep' = {
  name: 'keyturn-storage'
  params: {
    name: take(replace(name, '-', ''), 24)
    location: location
    tags: tags
    isPublic: isPublic
    principalId: identity.outputs.principalId
  }
}

module monitoring 'monitoring.bicep' = {
  name: 'keyturn-monitoring'
  params: {
    name: name
    location: location
    tags: tags
    mail: mail
    retentionDays: retentionDays
    principalId: identity.outputs.principalId
  }
}

// Event Grid cannot push to private endpoints: without subscriptions a topic would only slow the sweeps down.
module topic 'topic.bicep' = if (isPublic) {
  name: 'keyturn-topic'
  params: {
    name: '${name}-topic'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    storageId: storage.outputs.id
    deadLetterContainer: storage.outputs.deadLetterContainer
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

module settings 'settings.bicep' = {
  name: 'keyturn-settings'
  params: {
    vaultUrls: vaultUrls
    objectVaultUrls: objectVaultUrls
    hasAuthentication: !empty(notices)
    mode: mode
    rotation: rotationSettings
    topicEndpoint: isPublic ? topic!.outputs.endpoint : ''
  }
}

module outbound 'network.bicep' = if (hasNetwork) {
  name: 'keyturn-network'
  params: { name: '${name}-network', location: location, tags: tags, addresses: networkAddresses }
}

module app 'app.bicep' = {
  name: 'keyturn-app'
  params: {
    name: name
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageEndpoints: storage.outputs.endpoints
    packageUrl: storage.outputs.packageUrl
    insightsConnectionString: monitoring.outputs.connectionString
    settings: settings.outputs.settings
    network: network
    inboundAddresses: inboundAddresses
    subnetId: hasNetwork ? outbound!.outputs.appSubnetId : ''
  }
}

module authentication 'authentication.bicep' = if (!empty(notices)) {
  name: 'keyturn-authentication'
  params: {
    appName: app.outputs.name
    clientId: notices.?clientId ?? ''
    identifierUri: notices.?identifierUri ?? ''
  }
}

module endpoints 'privateEndpoints.bicep' = if (!isPublic) {
  name: 'keyturn-endpoints'
  params: {
    name: name
    location: location
    tags: tags
    networkId: hasNetwork ? outbound!.outputs.id : ''
    subnetId: hasNetwork ? outbound!.outputs.endpointSubnetId : ''
    storageId: storage.outputs.id
    appId: app.outputs.id
  }
}

@description('Principal id of the app\'s identity: what roles are assigned to.')
output principalId string = identity.outputs.principalId

@description('Resource id of the app.')
output appId string = app.outputs.id

@description('Where the app answers.')
output appUrl string = app.outputs.url

@description('Resource id of the custom topic; empty without one.')
output topicId string = isPublic ? topic!.outputs.id : ''

@description('Resource id of the storage account.')
output storageId string = storage.outputs.id

@description('Container for dead letters.')
output deadLetterContainer string = storage.outputs.deadLetterContainer

@description('Resource id of the action group that mails.')
output actionGroupId string = monitoring.outputs.actionGroupId

@description('Subnet that vaults and resources may let in; empty without a network.')
output appSubnetId string = hasNetwork ? outbound!.outputs.appSubnetId : ''
