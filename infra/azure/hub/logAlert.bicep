// One rule over the log. Split by a column, it mails for each value, and the mail's link lists the rest.

@description('Name of the rule.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the workspace.')
param workspaceId string

@description('Resource id of the action group.')
param actionGroupId string

@description('What the mail says.')
param says string

@description('From 0, critical, to 4.')
@minValue(0)
@maxValue(4)
param severity int

@description('Rows that count, in the workspace\'s tables.')
param query string

@description('How far back it looks.')
@allowed(['PT1H', 'P1D'])
param window string = 'PT1H'

@description('How the number of rows is compared.')
@allowed(['GreaterThan', 'LessThan'])
param operator string = 'GreaterThan'

@description('What the number of rows is compared with.')
param threshold int

@description('Column whose values alert apart; empty for none.')
param splitBy string = ''

@description('Whether a row is written once, however long what it tells of lasts: then nothing here sees the end of it.')
param isSaidOnce bool = false

resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: name
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: name
    description: says
    enabled: true
    severity: severity
    scopes: [workspaceId]
    evaluationFrequency: window == 'P1D' ? 'PT1H' : 'PT15M'
    windowSize: window
    autoMitigate: !isSaidOnce
    muteActionsDuration: isSaidOnce ? window : null // each row is seen by several evaluations
    skipQueryValidation: true // a new workspace has no rows yet
    criteria: {
      allOf: [
        {
          query: query
          timeAggregation: 'Count'
          operator: operator
          threshold: threshold
          dimensions: empty(splitBy) ? [] : [{ name: splitBy, operator: 'Include', values: ['*'] }]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [actionGroupId] }
  }
}
