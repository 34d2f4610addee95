import type { TokenCredential } from '@azure/core-auth';
import { HttpRequest } from '@azure/functions';
import { CredentialUnavailableError } from '@azure/identity';
import { z } from 'zod';
import {
  createLocalAzure,
  credential,
  inProcessHttpClient,
  keysAt,
  manualClock,
  type BatchAccount,
  type Call,
  type CustomTopic,
  type LocalAzure,
  type NewBatchAccount,
  type NewSignalR,
  type Resource,
  type SignalRService,
  type SteerableClock,
  type Vault,
} from '../../infra/azure-emulator/src/index.ts';
import { subscribeAll } from '../../infra/demo/subscriptions.ts';
import { nameTarget } from '../../infra/demo/targets.ts';
import { reporter } from '../../lib/announcements/log.ts';
import { keyturn, type Keyturn } from '../../lib/app.ts';
import { assembleServices } from '../../lib/assemble.ts';
import { operationErrorFrom } from '../../lib/azure/errors.ts';
import { day, later, minute } from '../../lib/model/clock.ts';
import { phases, type Phase } from '../../lib/model/state.ts';
import type { Services } from '../../lib/reconcile/services.ts';
import { settingsFrom } from '../../lib/settings.ts';
import { budgets, type Budgets } from '../../lib/triggers/budget.ts';
import { phaseDueType } from '../../lib/triggers/events/phaseDue.ts';
import { memoryBlobs, oldContainer } from '../simulation/memoryBlobs.ts';
import { endpointUrl, eventGridEndpoint } from './eventGridEndpoint.ts';
import { realTime, VirtualTimers } from './timers.ts';

export const subscriptionId = '5ab5c000-0000-4000-8000-000000000001';
const place = { subscriptionId, resourceGroup: 'group', location: 'westeurope' };

/** Without the target, which a caller names by its secret or its resource. */
export const emergencyRequest = { mode: 'graceful', reason: 'found in a log' } as const;

/** A token that cannot be had, because the identity endpoint has no address. */
export const noToken = operationErrorFrom(
  new CredentialUnavailableError('no token', { cause: Object.assign(new Error('no address'), { code: 'ENOTFOUND' }) }),
);

export type Environment = Readonly<Record<string, string>>;

interface TestAppOptions {
  /** Settings in addition to the usual ones: rotate at once, with an overlap of an hour. */
  readonly settings?: Environment;
  /** `published`: a receiver gets the events of the app's topic. `delivered`: the app gets every event. */
  readonly events?: 'published' | 'delivered';
  /** `virtual`: limits and budgets end when the test lets time pass, and never else. */
  readonly timers?: 'virtual';
}

/** An announcement or a note in the app's log. */
type Message = z.infer<typeof message>;
const message = z.object({
  type: z.string(),
  id: z.string().optional(),
  time: z.coerce.date(),
  subject: z.string().optional(),
  data: z.object({ reason: z.string(), code: z.string().optional() }).loose(),
});

export type ReceivedEvent = z.infer<typeof receivedEvent>;
const receivedEvent = z.looseObject({
  type: z.string(),
  dataschema: z.string().optional(),
  data: z.record(z.string(), z.string()),
});

export interface NewSecret {
  readonly name?: string;
  readonly value?: string;
  readonly tags?: Environment;
  readonly ageDays?: number;
  readonly expiresOn?: Date;
  readonly vault?: Vault;
  /** Whether the owner of the resource named it. By default they did, if its value is the name of a key or certificate. */
  readonly isNamed?: boolean;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: unknown;
  readonly body: Record<string, unknown>;
}

/**
 * Starts the app that ships, with the real SDK clients, on an emulator in this process. Its clock is virtual: time
 * passes only in `pass` and the `run` methods. Its blobs are in memory, and its clients add no jitter.
 */
export async function createTestApp({ settings = {}, events, timers }: TestAppOptions = {}): Promise<TestApp> {
  const azure = await createLocalAzure({ clock: manualClock(new Date('2026-03-02T01:00:00Z')) });
  const vault = await azure.keyVault.createVault('kv');
  const topic = await azure.eventGrid.createTopic('keyturn');
  const usual = {
    KEYTURN_VAULTS: vault.uri,
    KEYTURN_OBJECT_VAULTS: 'https://other.vault.azure.net',
    KEYTURN_MODE: 'rotate',
    KEYTURN_OVERLAP: 'PT1H',
    KEYTURN_ADOPTION_GRACE: 'PT0S',
    AzureWebJobsStorage__accountName: 'storage',
  };
  const topicEndpoint = events && { KEYTURN_TOPIC_ENDPOINT: topic.endpoint };
  const app = new TestApp({ azure, vault, topic }, { ...usual, ...topicEndpoint, ...settings }, { events, timers });
  if (events === 'published') await receiveEvents(app);
  if (events === 'delivered') {
    azure.eventGrid.settings.deliver = eventGridEndpoint(() => app.keyturn);
    const sources = { vaults: [vault.id], subscriptionIds: [subscriptionId], topic: topic.id };
    await subscribeAll(azure.eventGrid, { endpoint: endpointUrl, ...sources });
  }
  return app;
}

/** Keeps the events of the custom topic, and runs the phases that are due, as an instance of the app does. */
async function receiveEvents(app: TestApp): Promise<void> {
  const { eventGrid } = app.azure;
  eventGrid.settings.deliver = async (request) => {
    if (request.method === 'POST') {
      const event = receivedEvent.parse(await request.json());
      app.received.push(event);
      if (event.type === phaseDueType) await app.keyturn.phaseDue(z.enum(phases).parse(event.data['phase']), event);
    }
    return new Response(null, { headers: { 'WebHook-Allowed-Origin': '*' } });
  };
  const endpoint = { kind: 'webhook', url: 'https://receiver.example/events' } as const;
  await eventGrid.subscribe({ name: 'receiver', source: app.topic.id, schema: 'CloudEventSchemaV1_0', endpoint });
}

export class TestApp {
  readonly azure: LocalAzure;
  readonly clock: SteerableClock;
  readonly vault: Vault;
  readonly topic: CustomTopic;
  /** Replaced by `restart`. */
  keyturn: Keyturn;
  services: Services;
  /** Announcements and notes, in order. */
  readonly messages: Message[] = [];
  /** Events of the custom topic, where a receiver gets them. */
  readonly received: ReceivedEvent[] = [];
  /** Operations on blobs, in order. */
  readonly blobOperations: string[] = [];
  /** What storage answers for a container, and why no token comes. */
  readonly faults: {
    blob?: ((container: string) => Error | undefined) | undefined;
    token?: Error | undefined;
    /** Awaited before each token: one that hangs makes tokens late. */
    beforeToken?: (() => Promise<unknown>) | undefined;
    /** The same for each operation on a blob. */
    beforeBlob?: (() => Promise<unknown>) | undefined;
  } = {};
  readonly leases = oldContainer();
  readonly claims = oldContainer();
  #settings: Environment;
  readonly #events: TestAppOptions['events'];
  readonly #timers: VirtualTimers | undefined;

  constructor(
    { azure, vault, topic }: Pick<TestApp, 'azure' | 'vault' | 'topic'>,
    settings: Environment,
    { events, timers }: { [name in 'events' | 'timers']: TestAppOptions[name] | undefined },
  ) {
    this.azure = azure;
    this.clock = azure.clock;
    this.vault = vault;
    this.topic = topic;
    this.#settings = settings;
    this.#events = events;
    this.#timers = timers && new VirtualTimers(() => this.clock.now().getTime());
    ({ services: this.services, keyturn: this.keyturn } = this.#start());
  }

  /** Starts the app anew: its tags, claims and leases stay, its memory is empty. */
  restart(settings: Environment = {}, changed: Partial<Budgets> = {}): void {
    this.#settings = { ...this.#settings, ...settings };
    ({ services: this.services, keyturn: this.keyturn } = this.#start(changed));
  }

  #credential(): TokenCredential {
    const { getToken } = credential(this.azure);
    return {
      getToken: async (...asked) => {
        if (this.faults.token) throw this.faults.token;
        await this.faults.beforeToken?.();
        return getToken(...asked);
      },
    };
  }

  #start(changed: Partial<Budgets> = {}): { services: Services; keyturn: Keyturn } {
    const clock = {
      now: () => this.clock.now(),
      monotonicMs: () => this.clock.now().getTime(),
      sleep: (ms: number) => this.clock.sleep(ms),
      after: this.#timers?.after ?? realTime.after,
    };
    const assembled = assembleServices({
      settings: settingsFrom(this.#settings),
      clock,
      credential: this.#credential(),
      http: inProcessHttpClient(this.azure),
      container: (name) =>
        memoryBlobs(name === 'keyturn-leases' ? this.leases : this.claims, clock, async (operation, effect) => {
          this.blobOperations.push(operation);
          await (this.faults.beforeBlob?.() ?? Promise.resolve());
          const fault = this.faults.blob?.(name) ?? this.faults.token;
          if (fault) throw fault;
          return effect();
        }),
    });
    const write = (line: string) => {
      const parsed = message.parse(JSON.parse(line));
      if (parsed.type !== 'Keyturn.Log.Decision') this.messages.push(parsed);
    };
    const services = { ...assembled, jitter: () => 0, ...reporter(write, assembled) };
    return { services, keyturn: keyturn(services, new Map(), { ...budgets, ...changed }) };
  }

  newBatch(options?: Partial<NewBatchAccount>): Promise<BatchAccount> {
    return this.azure.createBatchAccount({ ...place, name: 'account', ...options });
  }

  newSignalR(options?: Partial<NewSignalR>): Promise<SignalRService> {
    return this.azure.createSignalR({ ...place, name: 'service', ...options });
  }

  /** Writes a secret as its owner does: it is 61 days old and valid for 90, so that it is due. */
  newSecret(resource: Resource, options: NewSecret = {}): void {
    const { name = 'secret', ageDays = 61, expiresOn, vault = this.vault } = options;
    const value = options.value ?? valueWith(resource, keysAt(resource, 0).Primary);
    const tags = { ProviderAddress: resource.id, CredentialId: 'Primary', ValidityPeriodDays: '90', ...options.tags };
    const createdOn = later(this.clock.now(), -ageDays * day);
    vault.setSecret(name, value, { tags, createdOn, ...(expiresOn && { expiresOn }) });
    const isNamed = options.isNamed ?? ('RotationKind' in tags && tags.RotationKind !== 'batch-key');
    if (isNamed) nameTarget(vault, { secret: name, resource, identifier: value });
  }

  /** Writes a secret that is due in so many days, and lets the app adopt it. */
  async adopt(resource: Resource, dueInDays = 30, options: NewSecret = {}): Promise<void> {
    const ageDays = 60 - dueInDays;
    const expiresOn = later(this.clock.now(), (90 - ageDays) * day);
    this.newSecret(resource, { ageDays, expiresOn, ...options });
    await this.sweep('generate');
    await this.deliverEvents();
  }

  /** Runs the timers once, in order: all four or those that are named. Delivers events to other receivers. */
  async sweep(...named: Phase[]): Promise<void> {
    for (const phase of named.length > 0 ? named : phases) await this.keyturn.sweep(phase);
    if (this.#events === 'published') await this.deliverEvents();
  }

  pass(ms: number): void {
    this.clock.advance(ms);
    this.#timers?.runDue();
  }

  /** Runs the four timers every quarter of an hour, without Event Grid. */
  async runTimers(ms: number, stepMs = 15 * minute): Promise<void> {
    for (let passedMs = 0; passedMs <= ms; passedMs += stepMs) {
      await this.sweep();
      this.pass(stepMs);
    }
  }

  /** Delivers the events that are due now, and those that they cause. */
  async deliverEvents(): Promise<void> {
    await this.azure.eventGrid.pump();
  }

  /** Loses every event from now on. */
  dropEvents(): void {
    this.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  }

  /** Delivers events while time passes, without timers. */
  async runEvents(ms: number): Promise<void> {
    await this.#runEventsUntil(later(this.clock.now(), ms));
  }

  async #runEventsUntil(end: Date): Promise<void> {
    const { eventGrid } = this.azure;
    await eventGrid.pump();
    for (let next = eventGrid.nextDue(); next && next <= end; next = eventGrid.nextDue()) {
      this.pass(next.getTime() - this.clock.now().getTime());
      await eventGrid.pump();
    }
    this.pass(end.getTime() - this.clock.now().getTime());
  }

  /** Runs timers at the schedules of `functions/`, and delivers events in between. Returns how many timers ran. */
  async run(ms: number): Promise<number> {
    const end = later(this.clock.now(), ms);
    let timers = 0;
    for (let next = nextTimer(this.clock.now()); next <= end; next = nextTimer(this.clock.now())) {
      await this.#runEventsUntil(next);
      const due = phasesAt(next);
      for (const phase of due) await this.keyturn.sweep(phase);
      if (due.length === 0) await this.keyturn.pollNotices();
      timers += Math.max(1, due.length);
    }
    await this.#runEventsUntil(end);
    return timers;
  }

  /** Announcements and notes about a secret: `Rotation.Started begun`. */
  announced(name = 'secret'): readonly string[] {
    const about = this.messages.filter(({ subject }) => subject?.endsWith(`/${name}`));
    return about.map(({ type, data }) => `${type.replace('Keyturn.', '')} ${data.reason}`);
  }

  /** Reasons of notes, as of events that need no action. */
  notes(): readonly string[] {
    return this.messages.flatMap(({ type, data }) => (type === 'Keyturn.Log.Note' ? [data.reason] : []));
  }

  /** Every reason that was announced, noted, is evidence in an announcement, or stands in a tag now. */
  reasons(): ReadonlySet<string> {
    const phaseTags = this.vault.list('active').map(({ versions }) => versions.at(-1)?.tags?.['RotationPhase'] ?? '');
    const inTags = phaseTags.flatMap((tag) => /(?:held: |, )([a-z-]+)(?: until .*)?$/.exec(tag)?.[1] ?? []);
    const inMessages = this.messages.flatMap(({ data: { reason, evidence, notes } }) => [
      ...[reason, evidence].filter((each) => typeof each === 'string'),
      ...(typeof notes === 'string' ? notes.split(' ').map((note) => note.replace(/:.*/, '')) : []),
    ]);
    return new Set([...inMessages, ...inTags]);
  }

  /** Error codes of services, in messages. */
  codes(): ReadonlySet<string> {
    return new Set(this.messages.flatMap(({ data }) => data.code ?? []));
  }

  /** Every attempt to deliver an event: `type: status`. */
  deliveries(): readonly string[] {
    return this.azure.eventGrid.deliveries.map(({ event, status }) => `${event.type}: ${status}`);
  }

  /** Operations of Resource Manager and the vaults that `act` causes, without challenges. */
  async callsDuring(act: () => Promise<unknown>): Promise<readonly string[]> {
    const { calls } = this.azure.core.journal;
    const before = calls.length;
    await act();
    return calls.slice(before).flatMap((call) => (isCounted(call) ? [call.operation] : []));
  }

  /** Operations that changed a secret or a key, in order. */
  changes(): readonly string[] {
    const changing = /^(setSecret|updateSecret|.*\.regenerateKey)$/;
    const { calls } = this.azure.core.journal;
    return calls.flatMap(({ operation, prevented }) => (!prevented && changing.test(operation) ? [operation] : []));
  }

  regenerations(): number {
    return this.changes().filter((operation) => operation.endsWith('.regenerateKey')).length;
  }

  keys(resource: Resource): Record<'Primary' | 'Secondary', string> {
    return keysAt(resource, this.clock.now().getTime());
  }

  tags(name = 'secret'): Environment {
    return this.vault.current(name)?.tags ?? {};
  }

  value(name = 'secret'): string | undefined {
    return this.vault.current(name)?.value;
  }

  /** Asks for an emergency rotation of the secret. */
  requestRotation(options: object = {}, headers: Environment = {}, caller?: string): Promise<Answer> {
    return this.post({ ...this.rotationRequest(), ...options }, headers, caller);
  }

  rotationRequest(): object {
    return { vault: this.vault.uri, secret: 'secret', ...emergencyRequest };
  }

  async post(body: unknown, headers: Environment = {}, caller?: string): Promise<Answer> {
    return answerOf(await this.keyturn.start(postRequest(body, headers), caller));
  }

  async show(id: string): Promise<Answer> {
    return answerOf(await this.keyturn.show(id));
  }

  /** Posts to the route of action groups. */
  async postNotice(body: unknown, operator?: string): Promise<Answer> {
    return answerOf(await this.keyturn.notices(postRequest(body), operator));
  }

  /** Posts to the endpoint of a function as Event Grid does. Returns the status. */
  async postEvent(functionName: string, body: unknown): Promise<number> {
    const url = new URL(endpointUrl);
    url.searchParams.set('functionName', functionName);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'aeg-event-type': 'Notification' };
    const request = new Request(url, { method: 'POST', headers, body: text });
    return (await this.azure.eventGrid.settings.deliver(request)).status;
  }
}

/** The value of a resource's secret: a key, or the connection string that the portal shows. */
export function valueWith(resource: Resource, key: string): string {
  return resource.kind === 'batch' ? key : `Endpoint=https://${resource.authority};AccessKey=${key};Version=1.0;`;
}

export function postRequest(body: unknown, headers: Record<string, string> = {}): HttpRequest {
  const string = typeof body === 'string' ? body : JSON.stringify(body);
  return new HttpRequest({ method: 'POST', url: 'https://app.example/api/rotations', headers, body: { string } });
}

function answerOf({ status, headers, body }: Awaited<ReturnType<Keyturn['show']>>): Answer {
  return { status, headers, body: z.record(z.string(), z.unknown()).parse(JSON.parse(z.string().parse(body))) };
}

function isCounted({ service, status }: Call): boolean {
  return (service === 'arm' || service === 'key-vault') && status !== 401;
}

/** In each quarter of an hour the poll runs at minute 8 and the sweeps every five minutes. */
function nextTimer(now: Date): Date {
  const quarter = new Date(now.getTime() - (now.getTime() % (15 * minute)));
  const times = [5, 8, 10].map((minutes) => later(quarter, minutes * minute));
  return times.find((time) => time > now) ?? later(quarter, 15 * minute);
}

/** Generate runs once in a quarter of an hour. The poll has no phase. */
function phasesAt(time: Date): readonly Phase[] {
  const minutes = time.getUTCMinutes() % 15;
  if (minutes === 8) return [];
  return phases.filter((phase) => phase !== 'generate' || minutes === 0);
}
