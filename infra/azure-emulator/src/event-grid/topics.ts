import type { ArmState } from '../arm/state.ts';
import type { KeyVault } from '../key-vault/state.ts';
import type { Core } from '../shared/platform.ts';
import { publishVaultEvents } from './keyVaultEvents.ts';
import { publishResourceEvents } from './resourceEvents.ts';
import type { CustomTopic, EventGridContext, Topic, Topics } from './state.ts';

/** The rest of the local Azure, whose events these are. */
export interface Sources {
  readonly keyVault: KeyVault;
  readonly arm: ArmState;
}

const defaultGroup = '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/local';

export function createTopics(core: Core, context: EventGridContext, { keyVault, arm }: Sources): Topics {
  const all = new Map<string, Topic>();
  function createSystemTopic(source: string): Topic {
    if (all.has(source.toLowerCase())) throw new Error(`Only one system topic is allowed per source: ${source}.`);
    return add(systemTopic(source));
  }
  async function createTopic(name: string, resourceGroup = defaultGroup): Promise<CustomTopic> {
    const authority = await core.openAuthority(`${name}.westeurope-1.eventgrid.azure.net`);
    const topic = newTopic('custom', `${resourceGroup}/providers/Microsoft.EventGrid/topics/${name}`);
    return add({ ...topic, name, authority, endpoint: `https://${authority}/api/events` });
  }
  function systemTopic(source: string): Topic {
    const vault = [...keyVault.vaults.values()].find(({ id }) => id.toLowerCase() === source.toLowerCase());
    if (vault) {
      const topic = newTopic('key-vault', vault.id);
      publishVaultEvents(context, topic, vault);
      return topic;
    }
    if (!/^\/subscriptions\/[^/]+$/i.test(source)) throw new Error(`ResourceNotFound: ${source} sends no events.`);
    const topic = newTopic('azure-subscription', source);
    publishResourceEvents(context, topic, core, arm);
    return topic;
  }
  function add<T extends Topic>(topic: T): T {
    all.set(topic.id.toLowerCase(), topic);
    return topic;
  }
  return {
    all,
    createSystemTopic,
    createTopic,
    of: (source) => all.get(source.toLowerCase()) ?? createSystemTopic(source),
  };
}

const dataVersions = { 'key-vault': '1', 'azure-subscription': '2', custom: '' } satisfies Record<
  Topic['kind'],
  string
>;

function newTopic<K extends Topic['kind']>(kind: K, id: string): Topic & { readonly kind: K } {
  return { id, kind, dataVersion: dataVersions[kind], datesAsText: false, subscriptions: new Map() };
}
