import pMap from 'p-map';
import type { Arm } from '../azure/arm.ts';
import type { ResourceGraph } from '../azure/resourceGraph.ts';
import { later, minute, type Clock } from '../model/clock.ts';
import { undefinedIf } from '../model/operationError.ts';
import { fingerprintOf } from '../model/sealed.ts';
import type { Consumers } from '../model/snapshot.ts';
import { normalizedId, secretUrl } from '../model/target.ts';
import type { Lease, Leases } from '../stores/lease.ts';
import { listConsumers, type Consumer } from './consumer.ts';
import type { Evidence, Published } from './evidence.ts';
import { inspectConsumer, refresh } from './inspection.ts';

/** Inspects and refreshes the applications that use published secrets. */
export interface ConsumerRefresher {
  /**
   * Inspects every known consumer and refreshes apps that are behind. Returns by secret URL which ones were behind. A
   * consumer that cannot be reached, or not before `until`, counts as behind. Throws if consumers cannot be listed.
   */
  refreshBehind(published: readonly Published[], until: Date, pace: Pace): Promise<ReadonlyMap<string, Consumers>>;
}

/**
 * `spaced`: the apps of a plan are refreshed one after the other. `at-once`: they fail already, or will in minutes.
 * `inspect-only`: nothing is refreshed; a sweep does it later.
 */
type Pace = 'spaced' | 'at-once' | 'inspect-only';

export interface RefresherDeps {
  readonly arm: Arm;
  readonly graph: ResourceGraph;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly vaultUrls: readonly string[];
}

/** A refresh restarts the app. The next app of its plan has to wait, and the same app longer. */
const spacing = { plan: minute, app: 10 * minute };
const concurrency = 4;

export function consumerRefresher(deps: RefresherDeps): ConsumerRefresher {
  const { arm, graph, leases, clock, vaultUrls } = deps;
  /** By consumer: the versions that it was seen on. It is not inspected again until there are other ones. */
  const upToDate = new Map<string, string>();
  let listing: { readonly until: Date; readonly consumers: Promise<readonly Consumer[]> } | undefined;
  return { refreshBehind };

  async function refreshBehind(published: readonly Published[], until: Date, pace: Pace) {
    const consumers = await list();
    const found = new Map<string, Evidence>();
    const inspectOne = async (consumer: Consumer) => {
      const used = published.filter(({ secret }) => consumer.secrets.includes(secretUrl(secret)));
      const evidence = await evidenceFor(consumer, used, until, pace);
      for (const [index, { secret }] of used.entries()) {
        found.set(`${secretUrl(secret)} ${consumer.id}`, evidence[index] ?? 'behind');
      }
    };
    await pMap(consumers, inspectOne, { concurrency });
    return new Map(published.map(({ secret }) => [secretUrl(secret), usersOf(secretUrl(secret), consumers, found)]));
  }

  /** One query serves all visits of a sweep: Resource Graph takes three a second (azure-facts: Resource Graph). */
  function list(): Promise<readonly Consumer[]> {
    if (listing && listing.until > clock.now()) return listing.consumers;
    const consumers = listConsumers(graph, vaultUrls);
    consumers.catch(() => (listing = undefined));
    listing = { until: later(clock.now(), minute), consumers };
    return consumers;
  }

  /** Returns what is known of each version. A consumer that cannot be reached counts as behind. */
  async function evidenceFor(
    consumer: Consumer,
    used: readonly Published[],
    until: Date,
    pace: Pace,
  ): Promise<readonly Evidence[]> {
    const versions = used
      .map(({ version }) => version)
      .toSorted()
      .join(' ');
    if (used.length === 0 || upToDate.get(consumer.id) === versions) return used.map(() => 'seen');
    if (clock.now() >= until) return [];
    return (await undefinedIf('any failure', inspectAndRefresh())) ?? [];

    async function inspectAndRefresh(): Promise<readonly Evidence[]> {
      const evidence = await inspectConsumer(arm, consumer, used, clock.now());
      if (evidence.every((one) => one === 'seen')) upToDate.set(consumer.id, versions);
      const most = evidence.includes('behind') ? 2 : evidence.includes('unknown') ? 1 : 0;
      const mayRefresh = consumer.kind === 'app' && pace !== 'inspect-only';
      if (mayRefresh && most > 0) await refreshOnce(consumer, versions, { pace, most });
      return evidence;
    }
  }

  /**
   * A refresh restarts an app, and many instances may find the same app behind. So the lease blob of the app records,
   * as a request in flight, until when it is left alone and for which versions it was refreshed. The blob of its plan
   * does the same for the plan, because its apps share machines. If a refresh did not help, the app gets one more for
   * the same versions, and then no other; one that never shows its version gets a single one. At pace `at-once` the plan is ignored, and the app's pause only holds for the
   * same versions.
   */
  async function refreshOnce(consumer: Consumer, versions: string, { pace, most }: Refresh): Promise<void> {
    const [once, again] = [fingerprintOf(versions), fingerprintOf(`${versions} again`)];
    await leases.withLease(normalizedId(consumer.id), async (app) => {
      const refreshedFor = app.requestInFlight?.replaces;
      const isSame = refreshedFor === once || refreshedFor === again;
      if (refreshedFor === again || (isSame && most === 1)) return;
      if (isPausing(app, clock.now()) && (isSame || pace === 'spaced')) return;
      const send = async () => {
        await app.recordIntent({
          replaces: refreshedFor === once ? again : once,
          until: later(clock.now(), spacing.app),
        });
        await refresh(arm, consumer);
      };
      if (pace === 'at-once') return send();
      await leases.withLease(normalizedId(`${consumer.plan}/refreshes`), async (plan) => {
        if (isPausing(plan, clock.now())) return;
        await plan.recordIntent({ replaces: fingerprintOf(consumer.plan), until: later(clock.now(), spacing.plan) });
        await send();
      });
    });
  }
}

interface Refresh {
  readonly pace: Pace;
  /** How many refreshes a consumer gets for the same versions. */
  readonly most: number;
}

function usersOf(url: string, consumers: readonly Consumer[], found: ReadonlyMap<string, Evidence>): Consumers {
  const users = consumers.filter(({ secrets }) => secrets.includes(url)).map(({ id }) => id);
  const thatAre = (...expected: Evidence[]) =>
    users.filter((id) => expected.includes(found.get(`${url} ${id}`) ?? 'behind'));
  const behind = thatAre('behind', 'fixed');
  return { known: users.length, behind, withoutReference: thatAre('withoutReference', 'unknown') };
}

function isPausing({ requestInFlight }: Lease, now: Date): boolean {
  return requestInFlight !== undefined && requestInFlight.until > now;
}
