// A role with exactly these actions, which may be assigned anywhere in this subscription.
targetScope = 'subscription'

@description('Name of the role; the names of roles are unique in a tenant, so the subscription is added.')
param name string

@description('What whoever has the role may do, in words.')
param purpose string

@description('Actions on resources.')
param actions array = []

@description('Actions on what resources hold.')
param dataActions array = []

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'keyturn-${name}')
  properties: {
    roleName: 'Keyturn ${name} (${subscription().subscriptionId})'
    description: purpose
    type: 'CustomRole'
    assignableScopes: [subscription().id]
    permissions: [
      {
        actions: actions
        dataActions: dataActions
      }
    ]
  }
}

@description('Resource id of the definition.')
output id string = role.id
