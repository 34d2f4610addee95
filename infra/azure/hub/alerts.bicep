// What a person should hear of, from the lines that the app logs (docs/events), and whether it runs at all: an app that
// fails at once tells none of what the others wait for. Notes are written once a day for each target, announcements
// once for each change.

@description('First part of every name.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the workspace.')
param workspaceId string

@description('Resource id of the action group.')
param actionGroupId string

var sweeps = '''AppRequests | where Name in ('generate', 'publish', 'verify', 'revoke')'''

var lines = '''
AppTraces
| where Message has 'Keyturn'
| extend said = parse_json(Message)
| extend type = tostring(said.type), reason = tostring(said.data.reason)
| extend secret = coalesce(tostring(said.subject), tostring(said.data.secret)), advice = tostring(said.data.advice)
| project TimeGenerated, type, reason, secret, advice, code = tostring(said.data.code), since = tostring(said.data.since)
'''

var rules = [
  {
    name: 'held'
    severity: 2
    says: 'A target waits for a person, a grant or more time. Nothing is broken yet: both credentials work.'
    query: '''| where type == 'Keyturn.Rotation.Held' '''
    isSaidOnce: true
  }
  {
    name: 'stuck'
    severity: 1
    says: 'What Failed or Held told of has lasted for a day.'
    query: '''| where type == 'Keyturn.Rotation.Stuck' '''
    isSaidOnce: true
  }
  {
    name: 'overdue'
    severity: 2
    says: 'A rotation should have begun two days ago, for whatever reason it has not.'
    query: '''| where type == 'Keyturn.Log.Note' and reason == 'overdue' '''
    window: 'P1D'
  }
  {
    name: 'past-expiry'
    severity: 1
    says: 'The version in use is past its expiry.'
    query: '''| where type == 'Keyturn.Log.Note' and reason == 'past-expiry' '''
    window: 'P1D'
  }
  {
    name: 'throttling'
    severity: 3
    says: 'Azure throttles Keyturn more than it should: another client of the subscription, or too many targets.'
    query: '''| where type in ('Keyturn.Rotation.Failed', 'Keyturn.Log.Note') and reason == 'throttled' '''
    above: 10
  }
  {
    name: 'blind'
    severity: 1
    says: 'Keyturn gets no token, or cannot use its storage: nothing is rotated, and no target can say so.'
    query: '''| where type == 'Keyturn.Log.Note' and reason in ('identity-unavailable', 'storage-unavailable', 'storage-forbidden', 'storage-refused') '''
    above: 12
  }
]

module said 'logAlert.bicep' = [
  for rule in rules: {
    name: 'keyturn-alert-${rule.name}'
    params: {
      name: '${name}-${rule.name}'
      location: location
      tags: tags
      workspaceId: workspaceId
      actionGroupId: actionGroupId
      says: rule.says
      severity: rule.severity
      query: '${lines}${rule.query}'
      window: rule.?window ?? 'PT1H'
      threshold: rule.?above ?? 0
      splitBy: 'reason'
      isSaidOnce: rule.?isSaidOnce ?? false
    }
  }
]

module failing 'logAlert.bicep' = {
  name: 'keyturn-alert-failing'
  params: {
    name: '${name}-failing'
    location: location
    tags: tags
    workspaceId: workspaceId
    actionGroupId: actionGroupId
    says: 'Sweeps fail. A wrong setting fails all of them, with one error that lists what to mend.'
    severity: 1
    query: '${sweeps} | where Success == false'
    threshold: 3
  }
}

module silent 'logAlert.bicep' = {
  name: 'keyturn-alert-silent'
  params: {
    name: '${name}-silent'
    location: location
    tags: tags
    workspaceId: workspaceId
    actionGroupId: actionGroupId
    says: 'No sweep ran for an hour: the app is stopped, not deployed, or its storage refuses it.'
    severity: 1
    query: sweeps
    operator: 'LessThan'
    threshold: 1
  }
}
