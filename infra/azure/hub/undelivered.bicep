// Dead letters, and what is dropped where there are none. Metrics of Event Grid, one rule per topic: it has no rule
// for many (learn.microsoft.com/azure/event-grid/monitor-push-reference).

@description('Name of the rule.')
param name string

@description('Tags of every resource.')
param tags object

@description('Resource id of the topic, custom or of the system.')
param topicId string

@description('Resource id of the action group.')
param actionGroupId string

resource rules 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for metric in ['DeadLetteredCount', 'DroppedEventCount']: {
    name: '${name}-${metric}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Event Grid could not deliver to Keyturn. Timers do the work meanwhile: find out what refuses.'
      enabled: true
      severity: 2
      scopes: [topicId]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT1H'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: metric
            metricName: metric
            operator: 'GreaterThan'
            threshold: 0
            timeAggregation: 'Total'
            skipMetricValidation: true // a topic that nothing was sent to has no metric yet
          }
        ]
      }
      actions: [{ actionGroupId: actionGroupId }]
    }
  }
]
