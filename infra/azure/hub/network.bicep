// A network for outgoing traffic: vaults, Batch and SignalR can let its subnet in. Peer it with yours at need.

@description('Name of the network.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Addresses, a /24 or larger.')
param addresses string

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addresses] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addresses, 26, 0)
          // Flex Consumption wants this delegation, and no other (learn.microsoft.com/azure/azure-functions).
          delegations: [{ name: 'app', properties: { serviceName: 'Microsoft.App/environments' } }]
          serviceEndpoints: [{ service: 'Microsoft.KeyVault' }, { service: 'Microsoft.Storage' }]
        }
      }
      {
        name: 'endpoints'
        properties: { addressPrefix: cidrSubnet(addresses, 26, 1) }
      }
    ]
  }
}

@description('Resource id of the network.')
output id string = network.id

@description('Subnet that the app sends through.')
output appSubnetId string = '${network.id}/subnets/app'

@description('Subnet for private endpoints.')
output endpointSubnetId string = '${network.id}/subnets/endpoints'
