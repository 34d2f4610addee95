// The one identity that the app has. Its rights are in ../roles.

@description('Name of the identity.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id.')
output id string = identity.id

@description('What roles are assigned to.')
output principalId string = identity.properties.principalId

@description('What the app signs in with.')
output clientId string = identity.properties.clientId
