// Lets action groups and operators sign in with Entra. Unauthenticated requests still come through: Event Grid's
// deliveries carry the key of its extension. The app asks for roles itself: `notices` for a role alone, the other `POST`
// routes besides a key.

@description('Name of the app.')
param appName string

@description('Client id of the Entra application.')
param clientId string

@description('Its identifier URI, which tokens are made out to.')
param identifierUri string

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: appName
}

resource authentication 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: { allowedAudiences: [clientId, identifierUri] }
      }
    }
    login: { tokenStore: { enabled: false } }
  }
}
