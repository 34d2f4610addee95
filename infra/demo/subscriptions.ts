import type { EventGrid, NewSubscription } from '../azure-emulator/src/index.ts';

export interface EventSources {
  /** The webhook of the functions: `https://host/runtime/webhooks/eventgrid?code=…`. */
  readonly endpoint: string;
  /** The ids of the vaults. */
  readonly vaults: readonly string[];
  readonly subscriptionIds: readonly string[];
  /** The id of the custom topic. */
  readonly topic?: string | undefined;
}

const phases = ['generate', 'publish', 'verify', 'revoke'];
const vaultEvents = ['Secret', 'Key', 'Certificate'].flatMap((object) =>
  ['NearExpiry', 'Expired', 'NewVersionCreated'].map((happened) => object + happened),
);
const actions = ['/regenerateKey/action', '/regenerateKeys/action'];

/** Makes the event subscriptions of a deployment, with their filters. */
export async function subscribeAll(eventGrid: EventGrid, sources: EventSources): Promise<void> {
  for (const subscription of subscriptions(sources)) await eventGrid.subscribe(subscription);
}

export function subscriptions({ endpoint, vaults, subscriptionIds, topic }: EventSources): readonly NewSubscription[] {
  const to = (name: string, functionName: string) => ({
    name,
    schema: 'CloudEventSchemaV1_0' as const,
    endpoint: { kind: 'function' as const, url: urlOf(endpoint, functionName) },
    deadLetter: true,
  });
  const ofVaults = vaults.map((source) => ({
    ...to('keyturn-secrets', 'keyVaultEvents'),
    source,
    includedEventTypes: vaultEvents.map((type) => `Microsoft.KeyVault.${type}`),
  }));
  const ofResources = subscriptionIds.map((id) => ({
    ...to('keyturn-regenerations', 'resourceEvents'),
    source: `/subscriptions/${id}`,
    includedEventTypes: ['Microsoft.Resources.ResourceActionSuccess'],
    advancedFilters: [{ key: 'data.operationName', operator: 'StringContains' as const, values: actions }],
  }));
  if (topic === undefined) return [...ofVaults, ...ofResources];
  const ofPhases = phases.map((phase) => ({
    ...to(`keyturn-${phase}-due`, `${phase}Due`),
    source: topic,
    includedEventTypes: ['Keyturn.Internal.PhaseDue'],
    advancedFilters: [{ key: 'data.phase', operator: 'StringIn' as const, values: [phase] }],
  }));
  const ofNotices = {
    ...to('keyturn-notices', 'noticeEvents'),
    source: topic,
    includedEventTypes: ['Keyturn.RegenerationNotice'],
  };
  return [...ofVaults, ...ofResources, ...ofPhases, ofNotices];
}

function urlOf(endpoint: string, functionName: string): string {
  const url = new URL(endpoint);
  url.searchParams.set('functionName', functionName);
  return url.href;
}
