// The app's settings as parameters: what is empty is left out, and the app has its default (README, Settings).

@description('URLs of the vaults.')
param vaultUrls array

@description('URLs of more vaults, for keys and certificates alone.')
param objectVaultUrls array

@description('rotate, or observe: decide and announce and change nothing.')
param mode string

@description('Whether App Service authentication is on: then roles are asked for.')
param hasAuthentication bool

@description('The other settings: see the type rotation in ../types.bicep.')
param rotation object

@description('URL of the custom topic; empty for timers alone.')
param topicEndpoint string

// `https://management.azure.com/` and its like, without the slash. Every cloud takes it as the audience too.
var arm = environment().resourceManager
var armUrl = endsWith(arm, '/') ? substring(arm, 0, length(arm) - 1) : arm

var all = {
  KEYTURN_VAULTS: join(vaultUrls, ',')
  KEYTURN_OBJECT_VAULTS: join(objectVaultUrls, ',')
  KEYTURN_AUTH: hasAuthentication ? 'entra' : ''
  KEYTURN_MODE: mode
  KEYTURN_VALIDITY: rotation.?validity ?? ''
  KEYTURN_LEAD: rotation.?lead ?? ''
  KEYTURN_OVERLAP: rotation.?overlap ?? ''
  KEYTURN_WINDOW: rotation.?window ?? ''
  KEYTURN_ADOPTION_GRACE: rotation.?adoptionGrace ?? ''
  KEYTURN_PROOF_PATIENCE: rotation.?proofPatience ?? ''
  KEYTURN_FROZEN_PHASES: join(rotation.?frozenPhases ?? [], ',')
  KEYTURN_FAILURES_UNTIL_HELD: string(rotation.?failuresUntilHeld ?? '')
  KEYTURN_START_CAP: string(rotation.?startCap ?? '')
  KEYTURN_ARM_ENDPOINT: armUrl
  KEYTURN_ARM_AUDIENCE: armUrl
  KEYTURN_TOPIC_ENDPOINT: topicEndpoint
}

@description('Names and values of what is set.')
output settings object = toObject(
  filter(items(all), setting => !empty(setting.value)),
  setting => setting.key,
  setting => setting.value
)
