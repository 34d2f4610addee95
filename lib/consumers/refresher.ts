import pMap from 'p-map';
import type { Arm } from '../azure/arm.ts';
import type { ResourceGraph } from '../azure/resourceGraph.ts';
import { later, minute, type Clock } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import type { Consumers } from '../model/snapshot.ts';
import { fingerprintOf } from '../model/sealed.ts';
import { normalizedId, secretUrl } from '../model/target.ts';
import type { Lease, Leases } from '../stores/lease.ts';
import { listConsumers, type Consumer } from './consumer.ts';
import type { Evidence, Published } from './evidence.ts';
import { inspectConsumer, refresh } from './inspection.ts';

/** Those who use what was published. */
export interface ConsumerRefresher {
  /**
   * Looks where every known consumer stands, and refreshes apps that are behind. Answers who was behind, by secret URL.
   * Throws `Failure` where consumers cannot be listed; one that cannot be reached is behind.
   */
  refreshBehind(published: readonly Published[], until: Date, pace: Pace): Promise<ReadonlyMap<string, Consumers>>;
}

/**
 * `spaced`: the apps of a plan one after the other. `at-once`: they fail already, or will in minutes. `look`: nobody is
 * refreshed; a sweep sees to it.
 */
type Pace = 'spaced' | 'at-once' | 'look';

export interface RefresherDeps {
  readonly arm: Arm;
  readonly graph: ResourceGraph;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly vaultUrls: readonly string[];
}

/** An app restarts when it is refreshed: the next of its plan has to wait, and the same one longer. */
const spacing = { plan: minute, app: 10 * minute };
const atOnce = 4;

export function consumerRefresher(means: RefresherDeps): ConsumerRefresher {
  const seen = new Map<string, string>();
  let listed: { readonly until: Date; readonly all: Promise<readonly Consumer[]> } | undefined;
  /** One query for the visits of a sweep: Resource Graph takes three a second (azure-facts: Resource Graph). */
  const list = () => {
    if (listed && listed.until > means.clock.now()) return listed.all;
    const all = listConsumers(means.graph, means.vaultUrls);
    all.catch(() => (listed = undefined));
    listed = { until: later(means.clock.now(), minute), all };
    return all;
  };
  return {
    refreshBehind: async (published, until, pace) => {
      const all = await list();
      const behind = new Set<string>();
      const take = async (consumer: Consumer) => {
        const theirs = published.filter(({ secret }) => consumer.secrets.includes(secretUrl(secret)));
        for (const { secret } of await versionsBehind({ ...means, seen, until, pace }, consumer, theirs))
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

interface Round extends RefresherDeps {
  /** By consumer: the versions that it was seen on. */
  readonly seen: Map<string, string>;
  readonly until: Date;
  readonly pace: Pace;
}

/** What the consumer is not seen on. A consumer that moved is not asked again until there is something newer. */
async function versionsBehind(
  round: Round,
  consumer: Consumer,
  theirs: readonly Published[],
): Promise<readonly Published[]> {
  const { seen, arm, clock, until } = round;
  const all = theirs.map(({ version }) => version);
  const versions = all.toSorted().join(' ');
  if (theirs.length === 0 || seen.get(consumer.id) === versions) return [];
  if (clock.now() >= until) return theirs;
  try {
    const evidence = await inspectConsumer(arm, consumer, theirs, clock.now());
    if (evidence.every((one) => one === 'seen')) seen.set(consumer.id, versions);
    if (mayRefresh(round, consumer) && evidence.includes('behind')) await refreshOnce(round, consumer, versions);
    return theirs.filter((_, index) => isLeft(evidence[index]));
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return theirs;
  }
}

function isLeft(evidence: Evidence | undefined): boolean {
  return evidence !== 'seen';
}

function mayRefresh({ pace }: Round, { kind }: Consumer): boolean {
  return kind === 'app' && pace !== 'look';
}

/**
 * Whichever instance is first: the lease blobs of the app and of its plan say when the next refresh may come, and for
 * which versions there was one. Once more is enough where it did not help.
 */
async function refreshOnce({ arm, leases, clock, pace }: Round, consumer: Consumer, versions: string): Promise<void> {
  const [once, again] = [fingerprintOf(versions), fingerprintOf(`${versions} again`)];
  await leases.withLease(normalizedId(consumer.id), async (app) => {
    const isSame = app.requestInFlight?.replaces === once || app.requestInFlight?.replaces === again;
    if (app.requestInFlight?.replaces === again || (isBusy(app, clock) && (isSame || pace === 'spaced'))) return;
    const send = async () => {
      await app.recordIntent(app.requestInFlight?.replaces === once ? again : once, later(clock.now(), spacing.app));
      await refresh(arm, consumer);
    };
    if (pace === 'at-once') await send();
    else await inTurn(leases, clock, consumer, send);
  });
}

async function inTurn(leases: Leases, clock: Clock, { plan }: Consumer, send: () => Promise<void>): Promise<void> {
  await leases.withLease(normalizedId(`${plan}/refreshes`), async (turn) => {
    if (isBusy(turn, clock)) return;
    await turn.recordIntent(fingerprintOf(plan), later(clock.now(), spacing.plan));
    await send();
  });
}

function isBusy({ requestInFlight }: Lease, clock: Clock): boolean {
  return requestInFlight !== undefined && requestInFlight.until > clock.now();
}
