// What Keyturn may do in a vault with access policies. They know neither names nor conditions: a vault of its own for
// what Keyturn rotates is the narrowest grant. With RBAC: vaultSecrets, vaultKeys, vaultCertificates.
targetScope = 'resourceGroup'

@description('Object id of the identity of the app.')
param principalId string

@description('Name of the vault, which is in this group.')
param vaultName string

@description('Kinds whose keys or certificates are in this vault.')
param kinds array = []

var secrets = [
  'list'
  'get'
  'set'
]
var keys = [
  'get'
  'list'
  'rotate'
  'update'
  'getrotationpolicy'
]
var certificates = [
  'get'
  'list'
  'create'
  'update'
]

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// `add` leaves the policies of everybody else as they are.
resource policies 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
  parent: vault
  name: 'add'
  properties: {
    accessPolicies: [
      {
        tenantId: tenant().tenantId
        objectId: principalId
        permissions: {
          secrets: secrets
          keys: contains(kinds, 'batch-cmk') ? keys : []
          certificates: contains(kinds, 'pool-certificate') ? certificates : []
        }
      }
    ]
  }
}
