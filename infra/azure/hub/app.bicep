// The function app: Flex Consumption, Node 24, one user-assigned identity, no key in any setting.

import { networking } from '../types.bicep'

@description('Name of the app.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the app\'s identity.')
param identityId string

@description('Client id of the app\'s identity.')
param identityClientId string

@description('Where the host finds its storage: blob, queue and table.')
param storageEndpoints object

@description('Container for the deployed package, as a URL.')
param packageUrl string

@description('Connection string of Application Insights, which takes no keys.')
param insightsConnectionString string

@description('KEYTURN_… settings.')
param settings object

@description('The way of networking.')
param network networking

@description('Addresses that may call the HTTP endpoints, where inbound is restricted.')
param inboundAddresses array

@description('Subnet for outgoing traffic; empty for none.')
param subnetId string

var host = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: storageEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: storageEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: storageEndpoints.table
  AZURE_CLIENT_ID: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}

module inbound 'inbound.bicep' = {
  name: 'keyturn-inbound'
  params: { addresses: inboundAddresses }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: network == 'private' ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      ipSecurityRestrictionsDefaultAction: network == 'public' ? 'Allow' : 'Deny'
      ipSecurityRestrictions: network == 'inbound-restricted' ? inbound.outputs.rules : []
      scmIpSecurityRestrictionsDefaultAction: 'Allow' // deployments come from anywhere, with an Entra token
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'node', version: '24' }
      // Leases keep instances apart: a few do the work of thousands of targets, and ARM throttles more.
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(host, settings)
}

resource basicSignIn 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [
  for way in ['ftp', 'scm']: {
    parent: app
    name: way
    properties: { allow: false }
  }
]

@description('Resource id.')
output id string = app.id

@description('Name of the app.')
output name string = app.name

@description('Where it answers.')
output url string = 'https://${app.properties.defaultHostName}'
