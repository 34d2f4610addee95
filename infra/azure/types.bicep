// What more than one file takes as a parameter.

@export()
@description('A Key Vault of the subscription that is deployed to.')
type vault = {
  name: string
  resourceGroup: string
  @description('How the vault grants: Azure roles, or access policies.')
  model: 'rbac' | 'policies'
  @description('Only secrets whose names begin so may be read and written. For vaults with Azure roles; in preview.')
  prefix: string?
  @description('Region of the vault, where it is not that of the deployment.')
  location: string?
  @description('Resource id of the system topic that it has, which needs a system-assigned identity: Azure allows one.')
  topicId: string?
}

@export()
@description('What is rotated.')
type kind = 'batch-key' | 'signalr-key' | 'batch-cmk' | 'pool-certificate'

@export()
@description('Settings of rotation: durations in ISO 8601, defaults in docs/settings.md.')
type rotation = {
  validity: string?
  lead: string?
  overlap: string?
  window: string?
  adoptionGrace: string?
  proofPatience: string?
  frozenPhases: ('generate' | 'publish' | 'verify' | 'revoke')[]?
  @minValue(1)
  @maxValue(10000)
  failuresUntilHeld: int?
  @minValue(1)
  @maxValue(10000)
  startCap: int?
}

@export()
@description('''
public: anybody may knock, keys and tokens decide.
inbound-restricted: only Event Grid, action groups and the addresses that are named get in; out through a network.
private: private endpoints only, timers only.
''')
type networking = 'public' | 'inbound-restricted' | 'private'

@export()
@description('The Entra application that action groups and operators sign in to (infra/azure/README.md); empty without one.')
type noticeApp = {
  clientId: string?
  objectId: string?
  identifierUri: string?
}
