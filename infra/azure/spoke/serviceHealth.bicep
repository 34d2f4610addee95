// Mandatory regenerations of SignalR keys, as Service Health tells them: at once by mail, and to the app where action
// groups can sign in to it. The app's own poll, every 15 minutes, is what nothing depends on but Resource Graph.

import { noticeApp } from '../types.bicep'

@description('Tags of every resource.')
param tags object

@description('Resource id of the action group that mails.')
param actionGroupId string

@description('The app\'s endpoint for notices.')
param noticesUrl string

@description('The Entra application for action groups, if there is one.')
param notices noticeApp

@description('Whether action groups can reach the app.')
param isReachable bool

var callsApp = isReachable && !empty(notices)

resource secureWebhook 'Microsoft.Insights/actionGroups@2023-01-01' = if (callsApp) {
  name: 'keyturn-notices'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'keyturnnote'
    webhookReceivers: [
      {
        name: 'notices'
        serviceUri: noticesUrl
        useCommonAlertSchema: true
        useAadAuth: true
        objectId: notices.?objectId ?? ''
        identifierUri: notices.?identifierUri ?? ''
        tenantId: tenant().tenantId
      }
    ]
  }
}

resource advisory 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'keyturn-signalr-advisory'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    description: 'Azure SignalR Service asks for something to be done: it may be a mandatory regeneration of keys.'
    scopes: [subscription().id]
    condition: {
      allOf: [
        { field: 'category', equals: 'ServiceHealth' }
        {
          anyOf: [
            { field: 'properties.incidentType', equals: 'ActionRequired' }
            { field: 'properties.incidentType', equals: 'Security' }
          ]
        }
        {
          // The service's name as Service Health writes it is documented nowhere: both forms.
          field: 'properties.impactedServices[*].ServiceName'
          containsAny: ['Azure SignalR Service', 'SignalR']
        }
      ]
    }
    actions: {
      actionGroups: concat(
        [{ actionGroupId: actionGroupId }],
        callsApp ? [{ actionGroupId: resourceId('Microsoft.Insights/actionGroups', 'keyturn-notices') }] : []
      )
    }
  }
  dependsOn: [secureWebhook]
}
