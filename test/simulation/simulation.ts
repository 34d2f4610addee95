import {
  createLocalAzure,
  manualClock,
  type CustomTopic,
  type LocalAzure,
  type Resource,
  type SteerableClock,
  type Vault,
} from '../../infra/azure-emulator/src/index.ts';
import { day, later, latest, minute, second } from '../../lib/model/clock.ts';
import { fingerprintOf } from '../../lib/model/sealed.ts';
import type { Settings } from '../../lib/model/settings.ts';
import { emptyState, type State } from '../../lib/model/state.ts';
import { settingsFrom } from '../../lib/settings.ts';
import { readTags, type TagsRead } from '../../lib/tags/tags.ts';
import type { KeyKind } from './catalog.ts';
import { createConsumers, type ConsumerKind, type Consumers } from './consumers.ts';
import { createDriver, type Driver } from './driver.ts';
import { createInvariants, type Fact } from './invariants.ts';
import { emptyContainer } from './memoryBlobs.ts';
import { createNetwork, type Network } from './network.ts';
import { observe, writtenFact, type Observer } from './observer.ts';
import { createPerson, type Person } from './person.ts';
import { startApp, type Platform } from './process.ts';
import { createResource, currentKeys, currentVersion, requestLifetimeMs, secretName, valueWith } from './resource.ts';

export interface SimulationOptions {
  readonly kind: KeyKind;
  readonly overlapMs?: number;
  readonly adoptionGraceMs?: number;
  /** How long ago the owner wrote the secret; it is valid for 90 days. */
  readonly ageDays?: number;
  /** The secret has an expiry date, in place of a tag that says for how long it is valid. */
  readonly expires?: boolean;
  readonly consumers?: readonly ConsumerKind[];
  readonly plans?: number;
  /** The overlap does not end before every consumer has moved. */
  readonly waitsForConsumers?: boolean;
  /** A custom topic takes announcements. */
  readonly hasTopic?: boolean;
  /** How long the next process waits after a crash; absent = it starts at once. */
  readonly restartMs?: number;
  /** Time that stands still until it is moved; absent = it moves through a sleep at once. */
  readonly clock?: SteerableClock;
  /** Runs right before each request is sent, after what was planned for it. */
  onRequest?(at: number): unknown;
}

export function createClock(): SteerableClock {
  return manualClock(new Date('2026-03-02T01:00:00Z'));
}

/** One target on the local Azure, the app as it ships around the real SDK clients, and an observer of the promises. */
export interface Simulation extends Pick<Driver, 'errors' | 'invoke'> {
  readonly azure: LocalAzure;
  readonly resource: Resource;
  readonly vault: Vault;
  readonly topic: CustomTopic;
  readonly network: Network;
  readonly settings: Settings;
  readonly violations: readonly string[];
  readonly observer: Observer;
  readonly consumers: Consumers;
  readonly person: Person;
  /** The log of the app. */
  readonly lines: readonly string[];
  readonly overlapMs: number;
  /** When the next thing happens that was planned, or is under way. */
  readonly nextDueMs: number;
  now(): Date;
  record(fact: Fact): void;
  /** Hears of every fact. */
  onFact(listener: (fact: Fact) => void): void;
  tags(): TagsRead;
  state(): State;
  /** The version that the claim remembers as Keyturn's own; absent before adoption. */
  claimedVersion(): string | undefined;
  /** Until when a request that was sent may take effect, as the lease blobs record it (R4). */
  inFlightUntil(): Date;
  /** A person who still waits for an answer asks again; then the four timers, and the poll for notices. */
  round(): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Plans what happens by itself at its time. */
  after(ms: number, act: () => unknown): void;
  /** Plans what happens right before the request with this number. */
  before(at: number, act: () => unknown): void;
}

interface Planned {
  readonly dueMs: number;
  act(): unknown;
}

export async function createSimulation(options: SimulationOptions): Promise<Simulation> {
  const { kind, overlapMs = 10 * minute, consumers: kinds = [], plans = 1 } = options;
  const { clock = createClock() } = options;
  const azure = await createLocalAzure({ clock });
  const vault = await azure.keyVault.createVault('vault');
  const topic = await azure.eventGrid.createTopic('keyturn');
  const resource = await createResource(azure, kind);
  const keyed = { azure, resource, vault };
  const lines: string[] = [];
  const listeners: ((fact: Fact) => void)[] = [];
  const planned: Planned[] = [];
  const atRequest = new Map<number, (() => unknown)[]>();
  const now = () => clock.now();
  const nowMs = () => clock.now().getTime();

  const { Primary, Secondary } = currentKeys(keyed);
  const keys = { Primary: fingerprintOf(Primary), Secondary: fingerprintOf(Secondary) };
  const invariants = createInvariants({ overlapMs, keys });
  function record(fact: Fact): void {
    invariants.record(fact);
    for (const listener of listeners) listener(fact);
  }
  seedSecret(keyed, options, record);
  const network = createNetwork({ clock, requestLifetimeMs: requestLifetimeMs[kind], before: actBefore });
  const platform: Platform = {
    azure,
    network,
    settings: settingsFrom({
      KEYTURN_VAULTS: vault.uri,
      KEYTURN_MODE: 'rotate',
      KEYTURN_OVERLAP: `PT${overlapMs / second}S`,
      KEYTURN_ADOPTION_GRACE: `PT${(options.adoptionGraceMs ?? 0) / second}S`,
      ...(options.hasTopic && { KEYTURN_TOPIC_ENDPOINT: topic.endpoint }),
      AzureWebJobsStorage__accountName: 'storage',
    }),
    leases: emptyContainer(),
    claims: emptyContainer(),
    write: (line) => lines.push(line),
  };
  const { providers } = startApp(platform).services;
  const driver = createDriver(platform, network, () => pass(options.restartMs ?? 0));
  const { errors } = driver;
  const consumers = createConsumers(azure, vault, kinds, plans);
  const observer = observe({ ...keyed, network, consumers, record, errors });

  async function actBefore(at: number): Promise<void> {
    await actDue();
    const acts = atRequest.get(at) ?? [];
    atRequest.delete(at);
    for (const act of acts) await act();
    await options.onRequest?.(at);
  }
  async function actDue(): Promise<void> {
    for (const each of planned.filter(({ dueMs }) => dueMs <= nowMs())) {
      planned.splice(planned.indexOf(each), 1);
      await each.act();
    }
  }
  function nextDueMs(): number {
    return Math.min(network.nextArrivalMs, ...planned.map(({ dueMs }) => dueMs));
  }
  async function pass(ms: number): Promise<void> {
    const untilMs = nowMs() + ms;
    for (;;) {
      clock.advance(Math.max(0, Math.min(untilMs, nextDueMs()) - nowMs()));
      await network.deliverDue();
      await actDue();
      observer.catchUp();
      if (nowMs() >= untilMs) return;
    }
  }
  let wasMissed = false;
  function recordMissed(): void {
    const isMissed = [...platform.claims.blobs.values()].some(({ metadata }) => metadata['missingsince'] !== undefined);
    if (isMissed && !wasMissed) record({ is: 'missed', at: now() });
    wasMissed = isMissed;
  }
  async function round(): Promise<void> {
    await simulation.person.askAgain();
    await driver.sweep();
    recordMissed();
    if (azure.health.events.length > 0) await driver.invoke((app) => app.pollNotices());
  }
  function tags(): TagsRead {
    return readTags(
      { vaultUrl: vault.uri, name: secretName },
      currentVersion(keyed).tags ?? {},
      platform.settings.defaults,
      providers,
    );
  }
  const simulation: Simulation = {
    ...keyed,
    ...{ topic, network, observer, consumers, lines, overlapMs, errors, now, record, tags, round, pass },
    settings: platform.settings,
    violations: invariants.violations,
    get nextDueMs() {
      return nextDueMs();
    },
    invoke: driver.invoke,
    person: createPerson(() => simulation),
    onFact: (listener) => void listeners.push(listener),
    state: () => {
      const read = tags();
      return read.is === 'target' ? read.state : emptyState;
    },
    claimedVersion: () => claimedVersion(platform),
    inFlightUntil: () => inFlightUntil(platform),
    after: (ms, act) => void planned.push({ dueMs: nowMs() + ms, act }),
    before: (at, act) => void atRequest.set(at, [...(atRequest.get(at) ?? []), act]),
  };
  return simulation;
}

function claimedVersion({ claims }: Platform): string | undefined {
  const [claim] = claims.blobs.values();
  return claim?.metadata['version'];
}

function inFlightUntil({ leases }: Platform): Date {
  return latest(new Date(0), ...[...leases.blobs.values()].map(({ metadata }) => new Date(metadata['sentuntil'] ?? 0)));
}

type Keyed = Pick<Simulation, 'azure' | 'resource' | 'vault'>;

function seedSecret(
  keyed: Keyed,
  { ageDays = 0, expires, waitsForConsumers }: SimulationOptions,
  record: Simulation['record'],
): void {
  const { azure, resource, vault } = keyed;
  const createdOn = later(azure.clock.now(), -ageDays * day);
  const tags = {
    team: 'rendering',
    ProviderAddress: resource.id,
    CredentialId: 'Primary',
    ...(!expires && { ValidityPeriodDays: '90' }),
    ...(waitsForConsumers && { RotationOptions: 'wait-for-consumers' }),
  };
  const dates = { createdOn, ...(expires && { expiresOn: later(createdOn, 90 * day) }) };
  const value = valueWith(currentKeys(keyed).Primary, resource);
  const version = vault.setSecret(secretName, value, { tags, contentType: 'text/plain', ...dates });
  record(writtenFact(version, { at: createdOn, by: 'other' }));
}
