// What Keyturn may do to Batch accounts whose encryption it keeps on a fresh key. The key: vaultKeys.bicep.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('Ids of Batch accounts, or of groups of them; empty for all of this subscription.')
param scopes array = []

module role 'assign/role.bicep' = {
  name: 'keyturn-batch-cmk-${deployment().location}'
  params: {
    name: 'batch-cmk'
    purpose: 'Moves Batch accounts to another customer-managed key, and sees whether they have it.'
    actions: [
      'Microsoft.Batch/batchAccounts/read'
      'Microsoft.Batch/batchAccounts/write'
      'Microsoft.Batch/batchAccounts/pools/read'
      'Microsoft.ResourceGraph/resources/read'
    ]
    principalId: principalId
    scopes: scopes
  }
}
