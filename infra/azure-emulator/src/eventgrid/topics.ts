import type { ArmState } from '../arm/state.ts';
import type { Core } from '../core.ts';
import type { KeyVault } from '../keyvault/vault.ts';
import { tellOfActions } from './armEvents.ts';
import type { Ground } from './ground.ts';
import { newTopic } from './topic.ts';
import type { CustomTopic, Topic } from './topic.ts';
import { tellOfVault } from './vaultNews.ts';

/** The rest of the local Azure, whose events these are. */
export interface Sources {
  readonly keyVault: KeyVault;
  readonly arm: ArmState;
}

export interface Topics {
  /** By lower-case id. */
  readonly all: ReadonlyMap<string, Topic>;
  /** One topic is all that a source can have. */
  createSystemTopic(source: string): Topic;
  createTopic(name: string, resourceGroup?: string): Promise<CustomTopic>;
  /** The topic of a source; a system topic is made where none is. */
  of(source: string): Topic;
}

const somewhere = '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/local';

export function createTopics(core: Core, ground: Ground, { keyVault, arm }: Sources): Topics {
  const all = new Map<string, Topic>();
  function createSystemTopic(source: string): Topic {
    if (all.has(source.toLowerCase())) throw new Error(`Only one system topic is allowed per source: ${source}.`);
    return add(systemTopic(source));
  }
  async function createTopic(name: string, resourceGroup = somewhere): Promise<CustomTopic> {
    const authority = await core.openAuthority(`${name}.westeurope-1.eventgrid.azure.net`);
    const topic = newTopic('custom', `${resourceGroup}/providers/Microsoft.EventGrid/topics/${name}`);
    return add({ ...topic, name, authority, endpoint: `https://${authority}/api/events` });
  }
  function systemTopic(source: string): Topic {
    const vault = [...keyVault.vaults.values()].find(({ id }) => id.toLowerCase() === source.toLowerCase());
    if (vault) {
      const topic = newTopic('key-vault', vault.id);
      tellOfVault(ground, topic, vault);
      return topic;
    }
    if (!/^\/subscriptions\/[^/]+$/i.test(source)) throw new Error(`ResourceNotFound: ${source} sends no events.`);
    const topic = newTopic('azure-subscription', source);
    tellOfActions(ground, topic, core, arm);
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
