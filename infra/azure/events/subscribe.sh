#!/bin/sh
# The second stage of a deployment: azd runs it after the code is there, with the outputs of main.bicep as environment.
set -eu

if [ -z "${TOPIC_ID:-}" ]; then
  echo 'Private: Event Grid cannot push to private endpoints. Timers do all the work.'
  exit 0
fi

az deployment sub create \
  --subscription "$AZURE_SUBSCRIPTION_ID" \
  --name "keyturn-events-$AZURE_ENV_NAME" \
  --location "$AZURE_LOCATION" \
  --template-file "$(dirname "$0")/main.bicep" \
  --output none \
  --parameters \
  appId="$APP_ID" \
  topicId="$TOPIC_ID" \
  storageId="$STORAGE_ID" \
  deadLetterContainer="$DEAD_LETTER_CONTAINER" \
  vaultTopicIds="$VAULT_TOPIC_IDS ${OTHER_VAULT_TOPIC_IDS:-}" \
  subscriptionTopicIds="$SUBSCRIPTION_TOPIC_IDS ${OTHER_SUBSCRIPTION_TOPIC_IDS:-}"
