import { HttpRequest, type HttpResponseInit } from '@azure/functions';
import {
  acceptedKeys,
  createLocalAzure,
  manualClock,
  type LocalAzure,
  type Vault,
} from '../../infra/azure-emulator/src/index.ts';
import { subscribeAll } from '../../infra/demo/subscriptions.ts';
import type { Keyturn } from '../../lib/app.ts';
import { minute, second } from '../../lib/model/clock.ts';
import type { Settings } from '../../lib/model/settings.ts';
import { phases } from '../../lib/model/state.ts';
import { settingsFrom } from '../../lib/settings.ts';
import { createDriver } from '../simulation/driver.ts';
import { emptyContainer, type Container } from '../simulation/memoryBlobs.ts';
import { createNetwork, type Network } from '../simulation/network.ts';
import type { Platform } from '../simulation/process.ts';
import { endpointUrl, eventGridEndpoint } from '../support/eventGridEndpoint.ts';
import { createAttack, type Attack } from './attack.ts';
import { callOnce, consumersOf, type Consumer, type Reach } from './consumers.ts';
import { planOf } from './plan.ts';
import { reportOf, type Report } from './report.ts';
import { seedTargets } from './targets.ts';
import type { AttackTarget, Host, World } from './world.ts';

export interface SimulatedAttack {
  readonly seed: number;
  readonly targets: number;
  /** How long the clock runs. */
  readonly ms: number;
}

const unitMs = 40 * second;
const timersMs = 5 * minute;
const callsMs = minute;
/** In the end nothing more is planted, so that every target comes to rest. */
const calmMs = 75 * minute;
/** Adoption has until the second run of the generate timer. */
const startMs = 20 * minute;

/** Two instances of the app in this process, on one virtual clock. */
export async function simulateAttack({ seed, targets: count, ms }: SimulatedAttack): Promise<Report> {
  const azure = await createLocalAzure({ clock: manualClock(new Date('2026-03-02T01:00:00Z')) });
  const seeded = await seedTargets(azure, count, unitMs);
  const topic = await azure.eventGrid.createTopic('keyturn');
  const time = createTime(azure);
  const write = (line: string) => {
    attack.log.add(line);
  };
  const shared: Shared = {
    ...{ azure, time, write, leases: emptyContainer(), claims: emptyContainer() },
    settings: settingsOf(seeded.vaults, topic.endpoint),
    storage: { downUntilMs: 0 },
  };
  const hosts = { 0: createHost('first', shared), 1: createHost('second', shared) };
  const world: World = {
    ...{ azure, targets: seeded.targets, hosts, unitMs },
    now: () => azure.clock.now(),
    after: time.after,
    restartStorage: (downMs) => {
      shared.storage.downUntilMs = time.nowMs() + downMs + second;
    },
  };
  const attack = createAttack(world);
  const sources = {
    vaults: seeded.vaults.map(({ id }) => id),
    subscriptionIds: seeded.subscriptionIds,
    topic: topic.id,
  };
  azure.eventGrid.settings.deliver = createFront(hosts);
  await subscribeAll(azure.eventGrid, { endpoint: endpointUrl, ...sources });

  const memory = [memoryNow()];
  const endMs = time.nowMs() + ms;
  const consumers = seeded.targets.flatMap((target) => consumersOf(target, 2, world.now()));
  callAgain(attack, consumers, time);
  runTimers(hosts, time);
  for (const timed of planOf({ seed, units: (ms - startMs - calmMs) / unitMs, targets: count })) {
    time.after(startMs + timed.at * unitMs, () => attack.perform(timed));
  }
  time.after(ms / 2, () => memory.push(memoryNow()));
  time.after(ms - calmMs, attack.faults.end);
  await time.passUntil(endMs);
  memory.push(memoryNow());
  const errors = [...hosts[0].errors, ...hosts[1].errors].filter((error) => !error.startsWith('Redeliver'));
  const report = reportOf(attack, { sweepMs: timersMs, memory: [`memory of all: ${memory.join(', ')} MB`] });
  const { zeros, problems } = report;
  return {
    ...report,
    problems: [...problems, ...errors],
    zeros: { ...zeros, errors: (zeros['errors'] ?? 0) + errors.length },
  };
}

function memoryNow(): string {
  return String(Math.round(process.memoryUsage().rss / 1e6));
}

function settingsOf(vaults: readonly Vault[], topicEndpoint: string): Settings {
  return settingsFrom({
    KEYTURN_VAULTS: vaults.map(({ uri }) => uri).join(','),
    KEYTURN_MODE: 'rotate',
    KEYTURN_ADOPTION_GRACE: 'PT0S',
    KEYTURN_TOPIC_ENDPOINT: topicEndpoint,
    AzureWebJobsStorage__accountName: 'storage',
  });
}

/** Virtual time: what is due happens between the requests of the app, and while nothing else does. */
interface Time {
  readonly network: Network;
  nowMs(): number;
  after(ms: number, act: () => unknown): void;
  passUntil(endMs: number): Promise<void>;
}

interface Planned {
  readonly dueMs: number;
  readonly act: () => unknown;
}

function createTime({ clock, eventGrid }: LocalAzure): Time {
  const planned = new Set<Planned>();
  const nowMs = () => clock.now().getTime();
  const network = createNetwork({ clock, requestLifetimeMs: 2 * minute, before: actDue });

  async function actDue(): Promise<void> {
    for (const each of [...planned].filter(({ dueMs }) => dueMs <= nowMs())) {
      if (planned.delete(each)) await each.act();
    }
  }
  function nextMs(): number {
    return Math.min(eventGrid.nextDue()?.getTime() ?? Infinity, ...[...planned].map(({ dueMs }) => dueMs));
  }
  return {
    network,
    nowMs,
    after: (ms, act) => void planned.add({ dueMs: nowMs() + ms, act }),
    async passUntil(endMs) {
      while (nowMs() < endMs) {
        clock.advance(Math.max(0, Math.min(endMs, nextMs()) - nowMs()));
        await actDue();
        await eventGrid.pump();
      }
    },
  };
}

/** What the hosts share. */
interface Shared extends Pick<Platform, 'azure' | 'settings' | 'write'> {
  readonly time: Time;
  readonly leases: Container;
  readonly claims: Container;
  readonly storage: { downUntilMs: number };
}

interface SimulatedHost extends Host {
  readonly errors: readonly string[];
  /** The four timers, or all but generate. */
  sweep(isGenerate: boolean): Promise<void>;
}

function createHost(name: string, shared: Shared): SimulatedHost {
  const { azure, time, storage } = shared;
  let skewMs = 0;
  let awayUntilMs = 0;
  let dying: { requests: number; readonly downMs: number; onKilled(): void } | undefined;
  let kills = 0;
  const network: Platform['network'] = {
    async send(process, request) {
      if (storage.downUntilMs > time.nowMs() && /^(lease|claim) /.test(request.name)) throw request.connectionLost();
      const answer = await time.network.send(process, request);
      if (!dying || (dying.requests -= 1) > 0) return answer;
      awayUntilMs = time.nowMs() + dying.downMs;
      dying.onKilled();
      dying = undefined;
      process.end();
      return new Promise(() => undefined);
    },
  };
  const platform: Platform = { ...shared, network, skewMs: () => skewMs };
  const driver = createDriver(platform, time.network, () => Promise.resolve());

  /** It ends after some more requests: in the middle of what it does then. */
  function kill(downMs: number, onKilled: () => void): void {
    kills += 1;
    dying = { requests: 1 + ((kills * 7) % 23), downMs, onKilled };
  }
  return {
    name,
    get errors() {
      return driver.errors;
    },
    get isUp() {
      return awayUntilMs <= time.nowMs();
    },
    async send(request) {
      if (awayUntilMs > time.nowMs()) throw new Error('Nothing listens.');
      const answer = await driver.invoke((app) => serve(app, request));
      if (answer === 'ended') throw new Error('The connection broke.');
      return answer;
    },
    kill,
    drain: (onDrained) => {
      kill(0, onDrained);
    },
    suspend: (ms) => {
      awayUntilMs = azure.clock.now().getTime() + ms;
    },
    stepClock: (aheadMs) => {
      skewMs = aheadMs;
    },
    async sweep(isGenerate) {
      for (const phase of phases.filter((each) => isGenerate || each !== 'generate')) {
        await driver.invoke((app) => app.sweep(phase));
      }
    },
  };
}

async function serve(app: Keyturn, request: Request): Promise<Response> {
  if (new URL(request.url).pathname !== '/api/rotations') return eventGridEndpoint(() => app)(request);
  const body = { string: await request.text() };
  const { status = 200 }: HttpResponseInit = await app.start(
    new HttpRequest({ method: 'POST', url: request.url, body }),
  );
  return new Response(null, { status });
}

type Hosts = Readonly<Record<0 | 1, SimulatedHost>>;

/** Gives each request to the next host that is up. */
function createFront(hosts: Hosts): (request: Request) => Promise<Response> {
  let turn = 0;
  return (request) => {
    turn += 1;
    const [one, other] = turn % 2 === 0 ? [hosts[0], hosts[1]] : [hosts[1], hosts[0]];
    return (one.isUp ? one : other).send(request);
  };
}

/** As in `functions/`: generate runs every quarter of an hour, the others every five minutes, on one host. */
function runTimers(hosts: Hosts, time: Time): void {
  let turn = 0;
  time.after(timersMs - (time.nowMs() % timersMs), tick);
  async function tick(): Promise<void> {
    turn += 1;
    time.after(timersMs, tick);
    const host = [hosts[0], hosts[1]].toSorted(() => (turn % 2 === 0 ? 1 : -1)).find(({ isUp }) => isUp);
    await host?.sweep(turn % 3 === 1);
  }
}

/** Without HTTP: the service is asked directly. */
function reachOf(azure: LocalAzure): Reach {
  return {
    read: ({ vault, name }) => {
      const { enabled, value } = vault.current(name) ?? { enabled: false, value: '' };
      return Promise.resolve(enabled ? { status: 200, value } : { status: 403 });
    },
    call: (target, value) => Promise.resolve(accepts(azure, target, value) ? 200 : 403),
  };
}

function accepts(azure: LocalAzure, target: AttackTarget, value: string): boolean {
  const { resource, vault, keyIn, sourceObject = '', kind } = target;
  const now = azure.clock.now().getTime();
  if (resource.kind === 'signalr' || kind === 'batch-key') return acceptedKeys(resource, now).includes(keyIn(value));
  if (kind === 'batch-cmk') return resource.customerKey.isUsable();
  return vault.certificate(sourceObject).versions.some(({ version, enabled }) => enabled && value.endsWith(version));
}

function callAgain(attack: Attack, consumers: readonly Consumer[], time: Time): void {
  const { world, ledger, tally } = attack;
  const reach = reachOf(world.azure);
  time.after(callsMs, call);
  async function call(): Promise<void> {
    time.after(callsMs, call);
    for (const consumer of consumers) await callOnce(consumer, { reach, ledger, tally, now: world.now });
  }
}
