import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { randomBytes } from 'node:crypto';
import { clients } from './azure/clients.ts';
import { desk } from './consumers/refresher.ts';
import { jitterOf } from './decide/sweepSelection.ts';
import { topic } from './announcements/topic.ts';
import { graph } from './azure/resourceGraph.ts';
import type { Clock } from './model/clock.ts';
import type { Settings } from './model/settings.ts';
import { providers } from './providers/registry.ts';
import type { Blobs } from './stores/blobs.ts';
import { claims } from './stores/claims.ts';
import { leases } from './stores/lease.ts';
import { vault } from './stores/vault.ts';
import type { Core } from './reconcile/visit.ts';

/** What the app stands on. */
export interface Ground {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly credential: TokenCredential;
  readonly http: HttpClient;
  /** Client id of the app's identity, if it is known. */
  readonly self?: string | undefined;
  container(name: string): Blobs;
}

export type Voice = Pick<Core, 'announcer' | 'log' | 'note'>;

/** Everything but the voice, which belongs to one invocation. */
export type Quiet = Omit<Core, keyof Voice>;

export function quietCore({ settings, clock, credential, http, self, container }: Ground): Quiet {
  const all = clients(credential, http, settings);
  const { topicEndpoint, vaultUrls } = settings;
  const asked = graph(all.arm);
  const held = leases(container('keyturn-leases'), clock);
  return {
    settings,
    clock,
    vault: vault(all),
    leases: held,
    claims: claims(container('keyturn-claims')),
    providers: providers({ clients: all, graph: asked, random: randomBytes }),
    arm: all.arm,
    graph: asked,
    consumers: desk({ arm: all.arm, graph: asked, leases: held, clock, vaultUrls }),
    jitter: jitterOf,
    ...(topicEndpoint && { topic: topic((events) => all.topic(topicEndpoint).send(events), clock) }),
    ...(self && { self }),
  };
}
