// A Batch account that is encrypted with its owner's key, in the order that it takes: the account, for its identity;
// the vault and the key; the grant; then the account once more, with the key.
targetScope = 'resourceGroup'

@description('Name of the Batch account.')
param accountName string

@description('Name of the vault that is made for the key.')
param vaultName string

@description('Name of the key.')
param keyName string = 'batch-cmk'

@description('Region.')
param location string = resourceGroup().location

@description('How the vault grants permissions.')
@allowed(['rbac', 'policies'])
param model string = 'rbac'

// Deploying again without it would take the account back to keys of the service, and to another version after that.
@description('The secret that names what encrypts the account, as vault/secret: only its target may change that.')
param targetSecret string

@description('What encrypts the account by now, as its secret says; empty the first time.')
param inUse string = ''

module account 'account.bicep' = {
  name: '${accountName}-account'
  params: {
    name: accountName
    location: location
    targetSecret: targetSecret
    keyIdentifier: inUse
  }
}

// A vault with access policies would lose those that were added since.
module vault 'vault.bicep' = if (empty(inUse)) {
  name: '${accountName}-vault'
  params: {
    name: vaultName
    location: location
    model: model
  }
}

module key 'key.bicep' = {
  name: '${accountName}-key'
  dependsOn: [vault]
  params: {
    vaultName: vaultName
    name: keyName
  }
}

module grant 'grant.bicep' = {
  name: '${accountName}-grant'
  dependsOn: [vault]
  params: {
    principalId: account.outputs.principalId
    vaultName: vaultName
    model: model
    use: 'key'
  }
}

// A role takes minutes to reach the vault: where Batch refuses the key, deploy again.
module encrypted 'account.bicep' = if (empty(inUse)) {
  name: '${accountName}-encrypted'
  dependsOn: [grant]
  params: {
    name: accountName
    location: location
    targetSecret: targetSecret
    keyIdentifier: key.outputs.identifier
  }
}

@description('For the tag ProviderAddress.')
output accountId string = account.outputs.id

@description('For the value of the secret that says what encrypts the account.')
output keyIdentifier string = empty(inUse) ? key.outputs.identifier : inUse
