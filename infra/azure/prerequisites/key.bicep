// The key that encrypts. Deployed again it stays as it is: Azure Resource Manager makes keys, and no versions of them.
targetScope = 'resourceGroup'

@description('Name of the vault, which is in this group.')
param vaultName string

@description('Name of the key.')
param name string

@description('Bits: Batch takes RSA only (learn.microsoft.com/azure/batch/batch-customer-managed-key).')
@allowed([2048, 3072, 4096])
param size int = 3072

@description('How long a version is good; a month before its end Key Vault tells Keyturn.')
param validity string = 'P1Y'

@description('After how long Key Vault makes a version by itself; empty for never, so that Keyturn makes all of them.')
param rotateAfter string = ''

var told = [{ trigger: { timeBeforeExpiry: 'P30D' }, action: { type: 'notify' } }]
var made = [{ trigger: { timeAfterCreate: rotateAfter }, action: { type: 'rotate' } }]

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource key 'Microsoft.KeyVault/vaults/keys@2026-02-01' = {
  parent: vault
  name: name
  properties: {
    kty: 'RSA'
    keySize: size
    keyOps: ['wrapKey', 'unwrapKey']
    rotationPolicy: {
      attributes: { expiryTime: validity }
      lifetimeActions: concat(told, empty(rotateAfter) ? [] : made)
    }
  }
}

@description('Identifier of the newest version.')
output identifier string = key.properties.keyUriWithVersion
