// For `private`: the app and its storage. A vault's endpoint and the zone of vaults belong to whoever owns the vault.

@description('First part of every name.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the network.')
param networkId string

@description('Resource id of the subnet for endpoints.')
param subnetId string

@description('Resource id of the storage account.')
param storageId string

@description('Resource id of the app.')
param appId string

// Sovereign clouds have zones of other names (learn.microsoft.com/azure/private-link/private-endpoint-dns).
var sites = {
  AzureCloud: 'privatelink.azurewebsites.net'
  AzureUSGovernment: 'privatelink.azurewebsites.us'
  AzureChinaCloud: 'privatelink.chinacloudsites.cn'
}

var wanted = [
  { part: 'blob', targetId: storageId, zoneName: 'privatelink.blob.${environment().suffixes.storage}' }
  { part: 'queue', targetId: storageId, zoneName: 'privatelink.queue.${environment().suffixes.storage}' }
  { part: 'table', targetId: storageId, zoneName: 'privatelink.table.${environment().suffixes.storage}' }
  { part: 'sites', targetId: appId, zoneName: sites[environment().name] }
]

module endpoints 'privateEndpoint.bicep' = [
  for each in wanted: {
    name: 'keyturn-endpoint-${each.part}'
    params: {
      name: '${name}-${each.part}'
      location: location
      tags: tags
      networkId: networkId
      subnetId: subnetId
      targetId: each.targetId
      part: each.part
      zoneName: each.zoneName
    }
  }
]
