import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { randomBytes } from 'node:crypto';
import type { Reporter } from './announcements/log.ts';
import { topic } from './announcements/topic.ts';
import { clients } from './azure/clients.ts';
import { resourceGraph } from './azure/resourceGraph.ts';
import { consumerRefresher } from './consumers/refresher.ts';
import { jitterOf } from './decide/sweepSelection.ts';
import type { Clock } from './model/clock.ts';
import { fingerprintOf } from './model/sealed.ts';
import type { Settings } from './model/settings.ts';
import { providers } from './providers/registry.ts';
import type { Services } from './reconcile/services.ts';
import type { Blobs } from './stores/blobs.ts';
import { claims } from './stores/claims.ts';
import { leases } from './stores/lease.ts';
import { vault } from './stores/vault.ts';

/** Everything that differs between Azure, the local Azure and tests. */
export interface Environment {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly credential: TokenCredential;
  readonly http: HttpClient;
  container(name: string): Blobs;
}

/** Everything but the reporter, which belongs to one invocation. */
export type ServicesWithoutReporter = Omit<Services, keyof Reporter>;

export function assembleServices({
  settings,
  clock,
  credential,
  http,
  container,
}: Environment): ServicesWithoutReporter {
  const all = clients(credential, http, settings, clock);
  const { topicEndpoint, vaultUrls } = settings;
  const graph = resourceGraph(all.arm);
  const leaseStore = leases(container('keyturn-leases'), clock);
  const secrets = vault(all);
  const claimStore = claims(container('keyturn-claims'));
  const objectVaults = [...vaultUrls, ...settings.objectVaultUrls];
  return {
    settings,
    clock,
    vault: secrets,
    leases: leaseStore,
    claims: claimStore,
    installation: installationOf(settings.blobServiceUrl),
    providers: providers({
      ...{ clients: all, graph, random: randomBytes },
      ...{ objectVaults, claims: claimStore, vault: secrets },
    }),
    arm: all.arm,
    graph,
    consumers: consumerRefresher({ arm: all.arm, graph, leases: leaseStore, clock, vaultUrls }),
    jitter: jitterOf,
    ...(topicEndpoint && { topic: topic((events) => all.topic(topicEndpoint).send(events), clock) }),
  };
}

/**
 * Names the installation by its storage account, as one spelling of the account's URL. So the id outlives every blob,
 * and a claim or a container that is lost makes no target foreign (R34, storage has its own reasons).
 */
export function installationOf(blobServiceUrl: string): string {
  return fingerprintOf(blobServiceUrl.toLowerCase().replace(/\/+$/, ''));
}
