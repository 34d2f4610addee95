// What Keyturn may do to applications that use its secrets: find them, and have App Service fetch references anew.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('Ids of apps and Container Apps, of groups of them, or of this subscription.')
param scopes array

module role 'assign/role.bicep' = {
  name: 'keyturn-consumers-${deployment().location}'
  params: {
    name: 'consumers'
    purpose: 'Finds applications by their tag and refreshes the Key Vault references of App Service.'
    actions: [
      'Microsoft.ResourceGraph/resources/read'
      'Microsoft.Web/sites/Read'
      'Microsoft.Web/sites/config/Read'
      'Microsoft.Web/sites/config/Write'
      'Microsoft.Web/sites/slots/Read'
      'Microsoft.Web/sites/slots/config/Read'
      'Microsoft.Web/sites/slots/config/Write'
      'Microsoft.App/containerApps/read'
    ]
    principalId: principalId
    scopes: scopes
  }
}
