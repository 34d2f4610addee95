import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { randomBytes } from 'node:crypto';
import { clients } from './azure/clients.ts';
import { consumerRefresher } from './consumers/refresher.ts';
import { jitterOf } from './decide/sweepSelection.ts';
import { topic } from './announcements/topic.ts';
import { resourceGraph } from './azure/resourceGraph.ts';
import type { Clock } from './model/clock.ts';
import type { Settings } from './model/settings.ts';
import { providers } from './providers/registry.ts';
import type { Blobs } from './stores/blobs.ts';
import { claims } from './stores/claims.ts';
import { leases } from './stores/lease.ts';
import { vault } from './stores/vault.ts';
import type { Services } from './reconcile/visit.ts';

/** What the app stands on. */
export interface Environment {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly credential: TokenCredential;
  readonly http: HttpClient;
  /** Client id of the app's identity, if it is known. */
  readonly clientId?: string | undefined;
  container(name: string): Blobs;
}

export type Reporter = Pick<Services, 'announcer' | 'log' | 'note'>;

/** Everything but the voice, which belongs to one invocation. */
export type ServicesWithoutReporter = Omit<Services, keyof Reporter>;

export function assembleServices({
  settings,
  clock,
  credential,
  http,
  clientId: self,
  container,
}: Environment): ServicesWithoutReporter {
  const all = clients(credential, http, settings);
  const { topicEndpoint, vaultUrls } = settings;
  const asked = resourceGraph(all.arm);
  const secretCredential = leases(container('keyturn-leases'), clock);
  return {
    settings,
    clock,
    vault: vault(all),
    leases: secretCredential,
    claims: claims(container('keyturn-claims')),
    providers: providers({ clients: all, graph: asked, random: randomBytes }),
    arm: all.arm,
    graph: asked,
    consumers: consumerRefresher({ arm: all.arm, graph: asked, leases: secretCredential, clock, vaultUrls }),
    jitter: jitterOf,
    ...(topicEndpoint && { topic: topic((events) => all.topic(topicEndpoint).send(events), clock) }),
    ...(self && { clientId: self }),
  };
}
