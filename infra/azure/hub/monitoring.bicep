// Logs, and whom alerts tell.

@description('First part of every name.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Who is told by mail when something needs a person.')
param mail string

@description('Principal id of the app\'s identity, which writes its telemetry without a key.')
param principalId string

@description('Days that logs are kept.')
param retentionDays int

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

var monitoringMetricsPublisher = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '3913510d-42f4-4e42-8a64-420c390055eb'
)

resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, monitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: monitoringMetricsPublisher
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${name}-people'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'keyturn'
    emailReceivers: [{ name: 'mail', emailAddress: mail, useCommonAlertSchema: true }]
  }
}

module alerts 'alerts.bicep' = {
  name: 'keyturn-alerts'
  params: { name: name, location: location, tags: tags, workspaceId: workspace.id, actionGroupId: people.id }
}

@description('Where telemetry goes. No secret: the component takes no keys.')
output connectionString string = insights.properties.ConnectionString

@description('Resource id of the action group that mails.')
output actionGroupId string = people.id
