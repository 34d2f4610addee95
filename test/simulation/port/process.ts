import { consumerRefresher } from '../../../lib/consumers/refresher.ts';
import { reporter } from '../../../lib/announcements/log.ts';
import { topic } from '../../../lib/announcements/topic.ts';
import type { Settings } from '../../../lib/model/settings.ts';
import { day, minute } from '../../../lib/model/clock.ts';
import type { SecretName } from '../../../lib/model/target.ts';
import { accessKeys } from '../../../lib/providers/accessKeys.ts';
import { registry } from '../../../lib/providers/registry.ts';
import { claims } from '../../../lib/stores/claims.ts';
import { leases, type Leases } from '../../../lib/stores/lease.ts';
import type { Services } from '../../../lib/reconcile/services.ts';
import { memoryBlobs, type Around, type Container } from '../memoryBlobs.ts';
import type { Promises } from '../promises.ts';
import { appsPort, rowsOf, type Apps } from './apps.ts';
import type { Doing, Effects } from './effects.ts';
import { rowOf, type Notice } from './notices.ts';
import { self } from './occurred.ts';
import { keysPort, type Resource } from './resource.ts';
import { vaultPort, type SecretStore } from './vault.ts';

export const overlapMs = 30 * minute;
export const secretName: SecretName = { vaultUrl: 'https://vault.example', name: 'secret' };

export const settings: Settings = {
  vaultUrls: [secretName.vaultUrl],
  mode: 'rotate',
  defaults: { validityMs: 90 * day, overlapMs, paused: false, proof: 'required', consumers: 'proceed' },
  adoptionGraceMs: 10 * minute,
  proofPatienceMs: minute,
  frozenPhases: new Set(),
  failuresUntilHeld: 5,
  startCap: 100,
  armEndpoint: 'https://arm.example',
  armAudience: 'https://arm.example',
  blobServiceUrl: 'https://blobs.example',
};

/** The containers, which outlive processes. */
export interface Stores {
  readonly leases: Container;
  readonly claims: Container;
}

export interface Azure {
  readonly effects: Effects;
  readonly watch: Promises;
  readonly resource: Resource;
  readonly secret: SecretStore;
  readonly apps: Apps;
  readonly notices: readonly Notice[];
  /** Whether there is a custom topic. */
  readonly hasTopic: boolean;
  readonly announced: string[];
  /** What the topic takes. */
  published(events: readonly object[]): void;
}

/** A process: nothing in it remembers another. */
export function started(azure: Azure, stores: Stores): Services {
  const { effects, watch, resource, announced, hasTopic } = azure;
  const process = effects.process();
  const clock = clockOf(effects);
  const around = (of: string): Around => {
    return (operation, effect) => process.do({ name: `${of}:${operation}`, act: effect });
  };
  const secretCredential = leases(memoryBlobs(stores.leases, clock, around('lease')), clock);
  const graph = graphPort(azure, process);
  const arm = appsPort(azure.apps, secretName, process);
  const ourTopic = topic((events) => sent(azure, process, events), clock);
  const services = { settings, clock, ...(hasTopic && { topic: ourTopic }) };
  return {
    ...services,
    vault: vaultPort(azure.secret, secretName, process, () => true),
    leases: secretCredential,
    claims: claims(memoryBlobs(stores.claims, clock, around('claim')), () => 'installation-1'),
    providers: registry([accessKeys(keysPort(resource, process, watch))]),
    ...reporter((line) => announced.push(line), services),
    graph,
    arm,
    consumers: consumerRefresher({ arm, graph, leases: secretCredential, clock, vaultUrls: settings.vaultUrls }),
    clientId: self,
    jitter: () => 0,
    logDecision: () => undefined,
    note: () => undefined,
  };
}

/** One invocation in the process: what another one reads meanwhile it does not know. */
export function invoked(services: Services, { secret, effects }: Azure): Services {
  let leased = 0;
  const acquire: Leases['acquire'] = async (name) => {
    const lease = await services.leases.acquire(name);
    if (!lease) return undefined;
    leased += 1;
    const release = async () => {
      leased -= 1;
      await lease.release();
    };
    return Object.create(lease, { release: { value: release } }) as typeof lease;
  };
  return {
    ...services,
    leases: { ...services.leases, acquire },
    vault: vaultPort(secret, secretName, effects.process(), () => leased > 0),
  };
}

function clockOf(effects: Effects): Services['clock'] {
  return {
    now: () => effects.now,
    monotonicMs: () => effects.now.getTime(),
    sleep: async (ms: number) => {
      effects.pass(ms);
      await Promise.resolve();
    },
  };
}

function graphPort({ apps, notices, resource }: Azure, process: Doing): Services['graph'] {
  const told = () => notices.filter(({ by }) => by !== 'event').map(rowOf);
  return (query) => {
    const act = () => {
      if (query.startsWith('ServiceHealthResources')) return told();
      return query.includes('KeyturnSecrets') ? rowsOf(apps, secretName) : [{ id: resource.id, location: 'here' }];
    };
    // Without consumers the world is as it was before there were any.
    return apps.all.length === 0 && query.includes('KeyturnSecrets')
      ? Promise.resolve([])
      : process.do({ name: 'arm:graph', act });
  };
}

async function sent(azure: Azure, process: Doing, events: readonly object[]): Promise<void> {
  const act = () => {
    azure.published(events);
  };
  await process.do({ name: 'topic:publish', lateMs: 5_000, act });
}
