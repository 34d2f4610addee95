# The second stage of a deployment: azd runs it after the code is there, with the outputs of main.bicep as environment.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false # what az refuses is tried again

if ($null -eq $env:TOPIC_ID) {
  throw 'TOPIC_ID is not known: azd provision comes first'
}
if ($env:TOPIC_ID -eq '') {
  Write-Output 'Private: Event Grid cannot push to private endpoints. Timers do all the work.'
  exit 0
}

# Azure knows functions once their host has started, and Event Grid sees a new role only after minutes.
foreach ($attempt in 1..10) {
  az deployment sub create `
    --subscription $env:AZURE_SUBSCRIPTION_ID `
    --name "keyturn-$env:AZURE_ENV_NAME-$env:AZURE_LOCATION" `
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
  if ($LASTEXITCODE -eq 0) { exit 0 }
  Write-Output "Attempt $attempt of 10: Azure may not know the functions, or the right to write dead letters, yet."
  if ($attempt -lt 10) {
    Write-Output 'Once more in a minute.'
    Start-Sleep -Seconds 60
  }
}
Write-Output 'Given up. Mend what the errors above say; azd hooks run postdeploy repeats this step.'
exit 1
