// What Keyturn may do to Batch accounts whose pools fetch a certificate. The certificate: vaultCertificates.bicep.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('Ids of Batch accounts, or of groups of them; empty for all of this subscription.')
param scopes array = []

module role 'assign/role.bicep' = {
  name: 'keyturn-pool-certificate-${deployment().location}'
  params: {
    name: 'pool-certificate'
    purpose: 'Sees pools and nodes that fetch a certificate.'
    actions: [
      'Microsoft.Batch/batchAccounts/read'
      'Microsoft.Batch/batchAccounts/pools/read'
    ]
    principalId: principalId
    scopes: scopes
  }
}

// A pool's identity may be in any group, and be granted its vault anywhere up to the subscription. Without this role a
// pool whose identity lacks the grant is not told.
module identities 'assign/role.bicep' = {
  name: 'keyturn-pool-identities-${deployment().location}'
  params: {
    name: 'pool-identities'
    purpose: 'Sees which identities pools have, and what they are granted.'
    actions: [
      'Microsoft.ResourceGraph/resources/read'
      'Microsoft.ManagedIdentity/userAssignedIdentities/read'
      'Microsoft.Authorization/roleAssignments/read'
    ]
    principalId: principalId
  }
}
