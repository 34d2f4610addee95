// One account for the host, the package, leases, claims and dead letters. Nobody has a key to it.
// The app makes the containers of leases and claims itself: a new container means that nothing is known of the past.

@description('Name of the account: 3 to 24 lower case letters and digits.')
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('False: private endpoints are the only way in.')
param isPublic bool

@description('Principal id of the app\'s identity.')
param principalId string

var packages = 'packages'
var deadLetterContainer = 'dead-letters'

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' } // a lost claim is made again, but a region has more than one zone
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'AzureServices' // Event Grid delivers dead letters by its own identity
      defaultAction: isPublic ? 'Allow' : 'Deny'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: storage
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [
  for container in [packages, deadLetterContainer]: {
    parent: blobs
    name: container
  }
]

module hostStorage '../roles/hostStorage.bicep' = {
  name: 'keyturn-host-storage'
  params: {
    principalId: principalId
    storageName: storage.name
  }
}

@description('Resource id of the account.')
output id string = storage.id

@description('Where the host and the app find it: works in every cloud, which the name alone does not.')
output endpoints object = {
  blob: storage.properties.primaryEndpoints.blob
  queue: storage.properties.primaryEndpoints.queue
  table: storage.properties.primaryEndpoints.table
}

@description('Where the deployed package lies.')
output packageUrl string = '${storage.properties.primaryEndpoints.blob}${packages}'

@description('Container for what Event Grid could not deliver.')
output deadLetterContainer string = deadLetterContainer
