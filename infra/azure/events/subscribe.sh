#!/bin/sh
# The second stage of a deployment: azd runs it after the code is there, with the outputs of main.bicep as environment.
set -eu

if [ -z "${TOPIC_ID?is not known: azd provision comes first}" ]; then
  echo 'Private: Event Grid cannot push to private endpoints. Timers do all the work.'
  exit 0
fi

subscribe() {
  az deployment sub create \
    --subscription "$AZURE_SUBSCRIPTION_ID" \
    --name "keyturn-$AZURE_ENV_NAME-$AZURE_LOCATION" \
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
}

# Azure knows functions once their host has started, and Event Grid sees a new role only after minutes.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  if subscribe; then exit 0; fi
  echo "Attempt $attempt of 10: Azure may not know the functions, or the right to write dead letters, yet." >&2
  if [ "$attempt" -lt 10 ]; then
    echo 'Once more in a minute.' >&2
    sleep 60
  fi
done
echo 'Given up. Mend what the errors above say; azd hooks run postdeploy repeats this step.' >&2
exit 1
