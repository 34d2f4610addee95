# The second stage of a deployment: azd runs it after the code is there, with the outputs of main.bicep as environment.
$ErrorActionPreference = 'Stop'

if (-not $env:TOPIC_ID) {
  Write-Output 'Private: Event Grid cannot push to private endpoints. Timers do all the work.'
  exit 0
}

az deployment sub create `
  --subscription $env:AZURE_SUBSCRIPTION_ID `
  --name "keyturn-events-$env:AZURE_ENV_NAME" `
  --location $env:AZURE_LOCATION `
  --template-file "$PSScriptRoot/main.bicep" `
  --output none `
  --parameters `
  appId="$env:APP_ID" `
  topicId="$env:TOPIC_ID" `
  storageId="$env:STORAGE_ID" `
  deadLetterContainer="$env:DEAD_LETTER_CONTAINER" `
  vaultTopicIds="$env:VAULT_TOPIC_IDS $env:OTHER_VAULT_TOPIC_IDS" `
  subscriptionTopicIds="$env:SUBSCRIPTION_TOPIC_IDS $env:OTHER_SUBSCRIPTION_TOPIC_IDS"
exit $LASTEXITCODE
