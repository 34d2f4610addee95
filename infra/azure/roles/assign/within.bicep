// Assigns a role at this resource group or at one resource of it.
targetScope = 'resourceGroup'

@description('Object id of the identity that gets the role.')
param principalId string

@description('Resource id of the role definition.')
param roleId string

@description('What the role is assigned at: the group, or the last word of the type of a resource.')
@allowed([
  'group'
  'containerapps'
  'batchaccounts'
  'vaults'
  'signalr'
  'sites'
])
param type string

@description('Name of the resource, or of the group.')
param name string

@description('A condition on the data actions of the role; empty for none.')
param condition string = ''

var assignment = guid(resourceGroup().id, type, name, principalId, roleId)
var properties = {
  principalId: principalId
  // Said, so that a new identity is not looked for in a directory that has not heard of it yet.
  principalType: 'ServicePrincipal'
  roleDefinitionId: roleId
}
var conditional = {
  condition: condition
  conditionVersion: '2.0'
}

resource atGroup 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (type == 'group') {
  name: assignment
  properties: properties
}

resource containerApp 'Microsoft.App/containerApps@2024-03-01' existing = if (type == 'containerapps') {
  name: name
}

resource atContainerApp 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (type == 'containerapps') {
  name: assignment
  scope: containerApp
  properties: properties
}

resource account 'Microsoft.Batch/batchAccounts@2024-07-01' existing = if (type == 'batchaccounts') {
  name: name
}

resource atAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (type == 'batchaccounts') {
  name: assignment
  scope: account
  properties: properties
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = if (type == 'vaults') {
  name: name
}

resource atVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (type == 'vaults') {
  name: assignment
  scope: vault
  properties: union(properties, empty(condition) ? {} : conditional)
}

resource signalR 'Microsoft.SignalRService/signalR@2024-03-01' existing = if (type == 'signalr') {
  name: name
}

resource atSignalR 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (type == 'signalr') {
  name: assignment
  scope: signalR
  properties: properties
}

resource site 'Microsoft.Web/sites@2024-04-01' existing = if (type == 'sites') {
  name: name
}

resource atSite 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (type == 'sites') {
  name: assignment
  scope: site
  properties: properties
}
