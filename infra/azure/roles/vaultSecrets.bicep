// What Keyturn may do to secrets. Vaults with access policies: vaultPolicies.bicep.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('Vaults of this subscription with RBAC, and which names are ours: { name, resourceGroup, prefix? }.')
param vaults array

// In preview, and case counts. A condition on readMetadata would refuse the list of the vault as a whole: names and
// tags stay readable (learn.microsoft.com/azure/key-vault/general/rbac-abac).
var onNames = '''
(
  (
    !(ActionMatches{'Microsoft.KeyVault/vaults/secrets/getSecret/action'})
    AND !(ActionMatches{'Microsoft.KeyVault/vaults/secrets/update/action'})
  )
  OR @Resource[Microsoft.KeyVault/vaults/secrets:name] StringStartsWith 'PREFIX'
)
AND
(
  !(ActionMatches{'Microsoft.KeyVault/vaults/secrets/setSecret/action'})
  OR @Request[Microsoft.KeyVault/vaults/secrets:name] StringStartsWith 'PREFIX'
)
'''

module role 'assign/vaultRole.bicep' = {
  name: 'keyturn-vault-secrets-${deployment().location}'
  params: {
    name: 'vault-secrets'
    purpose: 'Lists secrets, reads them, writes new versions and their tags.'
    dataActions: [
      'Microsoft.KeyVault/vaults/secrets/readMetadata/action'
      'Microsoft.KeyVault/vaults/secrets/getSecret/action'
      'Microsoft.KeyVault/vaults/secrets/setSecret/action'
      'Microsoft.KeyVault/vaults/secrets/update/action'
    ]
    principalId: principalId
    vaults: vaults
    onNames: onNames
  }
}
