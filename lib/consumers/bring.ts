import pMap from 'p-map';
import type { Arm } from '../arm.ts';
import type { Graph } from '../graph.ts';
import { later, minute, type Clock } from '../model/clock.ts';
import { Failure } from '../model/failure.ts';
import type { Consumers } from '../model/snapshot.ts';
import { fingerprintOf } from '../model/sealed.ts';
import { normalised, secretUrl } from '../model/target.ts';
import type { Leases } from '../targets/lease.ts';
import { consumers, type Consumer } from './consumer.ts';
import type { Evidence, Published } from './evidence.ts';
import { lookAt, refresh } from './looks.ts';

/** Those who use what was published. */
export interface Desk {
  /**
   * Looks where every known consumer stands, and refreshes apps that are behind. Answers who was behind, by secret URL.
   * Throws `Failure` where consumers cannot be listed; one that cannot be reached is behind.
   */
  bring(published: readonly Published[], until: Date): Promise<ReadonlyMap<string, Consumers>>;
}

export interface Means {
  readonly arm: Arm;
  readonly graph: Graph;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly vaultUrls: readonly string[];
}

/** An app restarts when it is refreshed: the next of its plan has to wait, and the same one longer. */
const spacing = { plan: minute, app: 10 * minute };
const atOnce = 4;

export function desk(means: Means): Desk {
  const seen = new Map<string, string>();
  return {
    bring: async (published, until) => {
      const all = await consumers(means.graph, means.vaultUrls);
      const behind = new Set<string>();
      const take = async (consumer: Consumer) => {
        const theirs = published.filter(({ secret }) => consumer.secrets.includes(secretUrl(secret)));
        for (const { secret } of await left(means, seen, consumer, theirs, until))
          behind.add(`${secretUrl(secret)} ${consumer.id}`);
      };
      await pMap(all, take, { concurrency: atOnce });
      return new Map(published.map(({ secret }) => [secretUrl(secret), among(all, secretUrl(secret), behind)]));
    },
  };
}

function among(all: readonly Consumer[], url: string, behind: ReadonlySet<string>): Consumers {
  const users = all.filter(({ secrets }) => secrets.includes(url)).map(({ id }) => id);
  return { known: users.length, behind: users.filter((id) => behind.has(`${url} ${id}`)) };
}

/** What the consumer is not seen on. A consumer that moved is not asked again until there is something newer. */
async function left(
  means: Means,
  seen: Map<string, string>,
  consumer: Consumer,
  theirs: readonly Published[],
  until: Date,
): Promise<readonly Published[]> {
  const versions = theirs
    .map(({ version }) => version)
    .toSorted()
    .join(' ');
  if (theirs.length === 0 || seen.get(consumer.id) === versions) return [];
  if (means.clock.now() >= until) return theirs;
  try {
    const evidence = await lookAt(means.arm, consumer, theirs, means.clock.now());
    if (evidence.every((one) => one === 'seen')) seen.set(consumer.id, versions);
    if (consumer.kind === 'app' && evidence.includes('behind')) await refreshOnce(means, consumer);
    return theirs.filter((_, index) => isLeft(evidence[index]));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return theirs;
  }
}

function isLeft(evidence: Evidence | undefined): boolean {
  return evidence !== 'seen';
}

/** Whichever instance comes first: the lease blobs of the app and of its plan say when the next refresh may come. */
async function refreshOnce({ arm, leases, clock }: Means, consumer: Consumer): Promise<void> {
  await leases.whileHolding(normalised(consumer.id), async (app) => {
    if (app.flight && app.flight.until > clock.now()) return;
    await leases.whileHolding(normalised(`${consumer.plan}/refreshes`), async (plan) => {
      if (plan.flight && plan.flight.until > clock.now()) return;
      const of = fingerprintOf(consumer.id);
      await plan.sending(of, later(clock.now(), spacing.plan));
      await app.sending(of, later(clock.now(), spacing.app));
      await refresh(arm, consumer);
    });
  });
}
