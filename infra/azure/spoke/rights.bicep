targetScope = 'subscription'

// Which roles the kinds need in this subscription. Azure ties the name of a deployment to a subscription to its region:
// with the region in it, another installation may be elsewhere.

import { kind, vault } from '../types.bicep'

@description('Principal id of the app\'s identity.')
param principalId string

@description('Vaults of this subscription.')
param vaults vault[]

@description('What is rotated in this subscription.')
param kinds kind[]

@description('Ids of Batch accounts, or of their groups; empty for all.')
param batchAccounts array

@description('Ids of SignalR services, or of their groups; empty for all.')
param signalRServices array

@description('Ids of applications, of their groups, or of this subscription; empty for none.')
param consumers array

var withRoles = filter(vaults, each => each.model == 'rbac')
var withPolicies = filter(vaults, each => each.model == 'policies')

module batchKey '../roles/batch-key.bicep' = if (contains(kinds, 'batch-key')) {
  name: 'keyturn-rights-batch-key-${deployment().location}'
  params: { principalId: principalId, scopes: batchAccounts }
}

module signalRKey '../roles/signalr-key.bicep' = if (contains(kinds, 'signalr-key')) {
  name: 'keyturn-rights-signalr-key-${deployment().location}'
  params: { principalId: principalId, scopes: signalRServices }
}

module notices '../roles/notices.bicep' = if (contains(kinds, 'signalr-key')) {
  name: 'keyturn-rights-notices-${deployment().location}'
  params: { principalId: principalId }
}

module batchCmk '../roles/batch-cmk.bicep' = if (contains(kinds, 'batch-cmk')) {
  name: 'keyturn-rights-batch-cmk-${deployment().location}'
  params: { principalId: principalId, scopes: batchAccounts }
}

module poolCertificate '../roles/pool-certificate.bicep' = if (contains(kinds, 'pool-certificate')) {
  name: 'keyturn-rights-pool-certificate-${deployment().location}'
  params: { principalId: principalId, scopes: batchAccounts }
}

module applications '../roles/consumers.bicep' = if (!empty(consumers)) {
  name: 'keyturn-rights-consumers-${deployment().location}'
  params: { principalId: principalId, scopes: consumers }
}

module secrets '../roles/vaultSecrets.bicep' = {
  name: 'keyturn-rights-secrets-${deployment().location}'
  params: { principalId: principalId, vaults: withRoles }
}

module keys '../roles/vaultKeys.bicep' = if (contains(kinds, 'batch-cmk')) {
  name: 'keyturn-rights-keys-${deployment().location}'
  params: { principalId: principalId, vaults: withRoles }
}

module certificates '../roles/vaultCertificates.bicep' = if (contains(kinds, 'pool-certificate')) {
  name: 'keyturn-rights-certificates-${deployment().location}'
  params: { principalId: principalId, vaults: withRoles }
}

// To name the grant that an account or a pool lacks.
module settings '../roles/vaultReader.bicep' = if (!empty(intersection(kinds, ['batch-cmk', 'pool-certificate']))) {
  name: 'keyturn-rights-vault-settings-${deployment().location}'
  params: { principalId: principalId, vaults: vaults }
}

module policies '../roles/vaultPolicies.bicep' = [
  for each in withPolicies: {
    name: 'keyturn-rights-${each.name}'
    scope: resourceGroup(each.resourceGroup)
    params: { principalId: principalId, vaultName: each.name, kinds: kinds }
  }
]
