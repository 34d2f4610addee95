// A role, and its assignment where it is needed: everywhere in this subscription, or in groups and at resources of it.
targetScope = 'subscription'

@description('Name of the role.')
param name string

@description('What whoever has the role may do, in words.')
param purpose string

@description('Actions on resources.')
param actions array

@description('Object id of the identity that gets the role.')
param principalId string

@description('Ids of resources or groups of this subscription, or its own; empty for all of it.')
param scopes array = []

var isEverywhere = empty(scopes) || contains(map(scopes, each => toLower(each)), subscription().id)

module role 'definition.bicep' = {
  name: 'keyturn-${name}-definition-${deployment().location}'
  params: {
    name: name
    purpose: purpose
    actions: actions
  }
}

resource everywhere 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (isEverywhere) {
  name: guid(subscription().id, principalId, name)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: role.outputs.id
  }
}

// /subscriptions/{2}/resourceGroups/{4}/providers/{6}/{7}/{8}: of a slot, the app that it belongs to.
module within 'within.bicep' = [for scope in isEverywhere ? [] : scopes: {
  name: 'keyturn-${name}-${uniqueString(scope)}'
  scope: resourceGroup(split(scope, '/')[2], split(scope, '/')[4])
  params: {
    principalId: principalId
    roleId: role.outputs.id
    type: any(length(split(scope, '/')) < 9 ? 'group' : toLower(split(scope, '/')[7])) // which words there are, within says
    name: split(scope, '/')[length(split(scope, '/')) < 9 ? 4 : 8]
  }
}]
