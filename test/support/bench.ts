import { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { createLocalAzure, keysAt, manualClock } from '../../infra/azure-emulator/src/index.ts';
import type {
  BatchAccount,
  LocalAzure,
  NewBatchAccount,
  NewSignalR,
  Resource,
  SignalRService,
  SteerableClock,
  Vault,
} from '../../infra/azure-emulator/src/index.ts';
import { keyturn, type Keyturn } from '../../lib/app.ts';
import { day, later } from '../../lib/model/clock.ts';
import { phases, type Phase } from '../../lib/model/state.ts';
import { settingsFrom } from '../../lib/settings.ts';
import type { Services } from '../../lib/reconcile/services.ts';
import { coreOf } from './core.ts';

const subscriptionId = '5ab5c000-0000-4000-8000-000000000001';
const place = { subscriptionId, resourceGroup: 'group', location: 'westeurope' };

const line = z.object({
  type: z.string(),
  time: z.coerce.date(),
  subject: z.string().optional(),
  data: z.object({ reason: z.string(), code: z.string().optional() }).loose(),
});
const decisionType = 'Keyturn.Log.Decision';
type Said = z.infer<typeof line>;

export interface NewSecret {
  readonly name?: string;
  readonly value?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly ageDays?: number;
  readonly expiresOn?: Date;
  readonly vault?: Vault;
}

type Environment = Readonly<Record<string, string>>;
const nothingMore: (azure: LocalAzure) => Promise<Environment> = () => Promise.resolve({});

/** The real app around the real clients, on a local Azure in this process whose time stands still. */
export interface Bench {
  readonly azure: LocalAzure;
  readonly clock: SteerableClock;
  readonly vault: Vault;
  readonly core: Services;
  readonly app: Keyturn;
  newBatch(wanted?: Partial<NewBatchAccount>): Promise<BatchAccount>;
  newSignalR(wanted?: Partial<NewSignalR>): Promise<SignalRService>;
  /** A secret as its owner has it: 61 days old and good for 90, so that it is due. */
  newSecret(resource: Resource, wanted?: NewSecret): void;
  /** The timers, one after the other; all four unless they are named. */
  sweep(...which: Phase[]): Promise<void>;
  pass(ms: number): void;
  /** Announcements and notes. */
  said(): readonly Said[];
  /** Every reason that was announced, noted, or stands in the tags of a secret. */
  reasons(): ReadonlySet<string>;
  codes(): ReadonlySet<string>;
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  show(id: string): Promise<Answer>;
  /** What an action group posts. */
  notices(body: unknown): Promise<Answer>;
  /** Whatever changed something, in order, by the journal's names. */
  changes(): readonly string[];
  keys(resource: Resource): Record<'Primary' | 'Secondary', string>;
  tags(name?: string): Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: unknown;
  readonly body: Record<string, unknown>;
}

/** `more` makes what settings have to name before the app is there. */
export async function bench(env: Environment = {}, more = nothingMore): Promise<Bench> {
  const clock = manualClock(new Date('2026-03-02T01:00:00Z'));
  const azure = await createLocalAzure({ clock });
  const vault = await azure.keyVault.createVault('kv');
  const lines: string[] = [];
  const settings = settingsFrom({ ...basics(vault), ...env, ...(await more(azure)) });
  const self = azure.core.tokens.appIdentity.clientId;
  const services = { ...coreOf(azure, settings, (text) => lines.push(text)), self };
  const app = keyturn(services, new Map());
  const said = () => lines.map((text) => line.parse(JSON.parse(text))).filter(({ type }) => type !== decisionType);
  return {
    azure,
    clock,
    vault,
    core: services,
    app,
    said,
    reasons: () => new Set([...said().map(({ data }) => data.reason), ...recordedIn(vault)]),
    codes: () => new Set(said().flatMap(({ data }) => data.code ?? [])),
    newBatch: (wanted) => azure.createBatchAccount({ ...place, name: 'account', ...wanted }),
    newSignalR: (wanted) => azure.createSignalR({ ...place, name: 'service', ...wanted }),
    newSecret: (resource, wanted = {}) => {
      seed(clock, wanted.vault ?? vault, resource, wanted);
    },
    sweep: async (...which) => {
      for (const phase of which.length > 0 ? which : phases) await app.sweep(phase);
    },
    pass: (ms) => {
      clock.advance(ms);
    },
    post: async (body, headers = {}) => answer(await app.start(request(body, headers))),
    show: async (id) => answer(await app.show(id)),
    notices: async (body) => answer(await app.notices(request(body))),
    changes: () => azure.core.journal.calls.filter(isChange).map(({ operation }) => operation),
    keys: (resource) => keysAt(resource, clock.now().getTime()),
    tags: (name = 'secret') => vault.current(name)?.tags ?? {},
  };
}

function basics({ uri }: Vault): Record<string, string> {
  return {
    KEYTURN_VAULTS: uri,
    KEYTURN_MODE: 'rotate',
    KEYTURN_OVERLAP: 'PT1H',
    KEYTURN_ADOPTION_GRACE: 'PT0S',
    AzureWebJobsStorage__accountName: 'storage',
  };
}

function seed(clock: SteerableClock, vault: Vault, resource: Resource, wanted: NewSecret): void {
  const { name = 'secret', ageDays = 61, tags = {}, value = valueWith(resource, keysAt(resource, 0).Primary) } = wanted;
  const all = { ProviderAddress: resource.id, CredentialId: 'Primary', ValidityPeriodDays: '90', ...tags };
  const { expiresOn } = wanted;
  const dates = { createdOn: later(clock.now(), -ageDays * day), ...(expiresOn && { expiresOn }) };
  vault.setSecret(name, value, { tags: all, ...dates });
}

/** What the secret of a resource holds, as the portal shows it. */
export function valueWith(resource: Resource, key: string): string {
  return resource.kind === 'batch' ? key : `Endpoint=https://${resource.authority};AccessKey=${key};Version=1.0;`;
}

function recordedIn(vault: Vault): readonly string[] {
  const phases = vault.list('active').map(({ versions }) => versions.at(-1)?.tags?.['RotationPhase'] ?? '');
  return phases.flatMap((phase) => /(?:held: |, )([a-z-]+)(?: until .*)?$/.exec(phase)?.[1] ?? []);
}

function isChange({ operation, prevented }: { operation: string; prevented: boolean }): boolean {
  return !prevented && /^(setSecret|updateSecret|.*\.regenerateKey)$/.test(operation);
}

/** A POST with this body. */
export function request(body: unknown, headers: Record<string, string> = {}): HttpRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new HttpRequest({ method: 'POST', url: 'https://app.example/api/rotations', headers, body: { string: text } });
}

function answer({ status, headers, body }: Awaited<ReturnType<Keyturn['show']>>): Answer {
  return { status, headers, body: z.record(z.string(), z.unknown()).parse(JSON.parse(z.string().parse(body))) };
}
