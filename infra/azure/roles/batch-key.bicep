// What Keyturn may do to Batch accounts whose shared keys it rotates.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('Ids of Batch accounts, or of groups of them; empty for all of this subscription.')
param scopes array = []

module role 'assign/role.bicep' = {
  name: 'keyturn-batch-key-${deployment().location}'
  params: {
    name: 'batch-key'
    purpose: 'Lists and regenerates the keys of Batch accounts.'
    actions: [
      'Microsoft.Batch/batchAccounts/read'
      'Microsoft.Batch/batchAccounts/listKeys/action'
      'Microsoft.Batch/batchAccounts/regenerateKeys/action'
    ]
    principalId: principalId
    scopes: scopes
  }
}
