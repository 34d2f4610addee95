// A role, and its assignment at vaults of this subscription.
targetScope = 'subscription'

@description('Name of the role.')
param name string

@description('What whoever has the role may do, in words.')
param purpose string

@description('Actions on the vault.')
param actions array = []

@description('Actions on what it holds: only vaults with RBAC heed them.')
param dataActions array = []

@description('Object id of the identity that gets the role.')
param principalId string

@description('The vaults: { name, resourceGroup, prefix? }.')
param vaults array

@description('A condition on the data actions, with PREFIX in place of the prefix of a vault that has one.')
param onNames string = ''

module role 'definition.bicep' = {
  name: 'keyturn-${name}-definition-${deployment().location}'
  params: {
    name: name
    purpose: purpose
    actions: actions
    dataActions: dataActions
  }
}

module within 'within.bicep' = [for vault in vaults: {
  name: 'keyturn-${name}-${vault.name}'
  scope: resourceGroup(vault.resourceGroup)
  params: {
    principalId: principalId
    roleId: role.outputs.id
    type: 'vaults'
    name: vault.name
    condition: empty(vault.?prefix ?? '') ? '' : replace(onNames, 'PREFIX', vault.prefix)
  }
}]
