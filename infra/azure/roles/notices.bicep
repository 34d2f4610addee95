// Lets Keyturn hear of mandatory regenerations: what Service Health tells of this subscription.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

module role 'assign/role.bicep' = {
  name: 'keyturn-notices-${deployment().location}'
  params: {
    name: 'notices'
    purpose: 'Reads the Service Health advisories of a subscription.'
    actions: [
      'Microsoft.ResourceGraph/resources/read'
      'Microsoft.ResourceHealth/events/read'
    ]
    principalId: principalId
  }
}
