// What Keyturn may do to SignalR services whose keys it rotates.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('Ids of SignalR services, or of groups of them; empty for all of this subscription.')
param scopes array = []

module role 'assign/role.bicep' = {
  name: 'keyturn-signalr-key-${deployment().location}'
  params: {
    name: 'signalr-key'
    purpose: 'Lists and regenerates the keys of SignalR services.'
    actions: [
      'Microsoft.SignalRService/SignalR/read'
      'Microsoft.SignalRService/SignalR/listKeys/action'
      'Microsoft.SignalRService/SignalR/regenerateKey/action'
    ]
    principalId: principalId
    scopes: scopes
  }
}

// Whether a regeneration is done is told at the subscription, not at the service.
module operations 'assign/role.bicep' = {
  name: 'keyturn-signalr-operations-${deployment().location}'
  params: {
    name: 'signalr-operations'
    purpose: 'Sees whether the regeneration of a SignalR key is done.'
    actions: [
      'Microsoft.SignalRService/locations/operationStatuses/signalr/read'
    ]
    principalId: principalId
  }
}
