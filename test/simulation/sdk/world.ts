import { HttpRequest } from '@azure/functions';
import { createLocalAzure, keysAt, manualClock } from '../../../infra/azure-emulator/src/index.ts';
import type { LocalAzure, Resource, Slot, Vault } from '../../../infra/azure-emulator/src/index.ts';
import { day, minute, second } from '../../../lib/model/clock.ts';
import { fingerprintOf } from '../../../lib/model/sealed.ts';
import { emptyState, type Mode, type State } from '../../../lib/model/state.ts';
import { settingsFrom } from '../../../lib/settings.ts';
import { stateFrom } from '../../../lib/tags/stateTags.ts';
import { emptyContainer } from '../memoryBlobs.ts';
import { promises, type Promises } from '../promises.ts';
import { createApps, type Apps } from './apps.ts';
import type { Ground } from './app.ts';
import { driven, type Driven } from './driven.ts';
import { secretName } from './facts.ts';
import { observe, type Observer } from './observer.ts';
import { createResource, flightMs, keyIn, keysNow, valueWith, type Kind } from './targets.ts';
import { createWire, type Wire } from './wire.ts';

const overlapMs = 10 * minute;

export interface World {
  readonly azure: LocalAzure;
  readonly resource: Resource;
  readonly vault: Vault;
  readonly wire: Wire;
  readonly watch: Promises;
  readonly observer: Observer;
  readonly apps: Apps;
  /** What the app said, and what it died of where it should not have. */
  readonly lines: readonly string[];
  readonly errors: string[];
  state(): State;
  /** The four timers, one after the other; and the question for notices, where there are any. */
  round(): Promise<void>;
  pass(ms: number): Promise<void>;
  /** A person who asks until the answer is 202; answers the last status. */
  emergency(wanted: Emergency): Promise<number>;
}

export interface Emergency {
  readonly mode: Mode;
  readonly compromised: readonly Slot[];
  /** Leaves out what leaked, which stands for the live key. */
  readonly isSilent: boolean;
}

/** One target on the local Azure, the app as it ships around the real SDK clients, and an observer of promises. */
export async function createWorld(kind: Kind, hasContainers: boolean, hasApps = false): Promise<World> {
  const clock = manualClock(new Date('2026-03-02T01:00:00Z'));
  const azure = await createLocalAzure({ clock });
  const vault = await azure.keyVault.createVault('vault');
  const resource = await createResource(azure, kind);
  const lines: string[] = [];
  const wire = createWire(clock, flightMs[kind]);
  const topic = hasApps ? await azure.eventGrid.createTopic('keyturn') : undefined;
  const ground: Ground = {
    azure,
    wire,
    settings: settingsFrom({
      KEYTURN_VAULTS: vault.uri,
      KEYTURN_MODE: 'rotate',
      KEYTURN_OVERLAP: 'PT10M',
      KEYTURN_ADOPTION_GRACE: 'PT0S',
      ...(topic && { KEYTURN_TOPIC_ENDPOINT: topic.endpoint }),
      AzureWebJobsStorage__accountName: 'storage',
    }),
    leases: { ...emptyContainer(), ...(hasContainers && { metadata: {} }) },
    claims: { ...emptyContainer(), ...(hasContainers && { metadata: {} }) },
    write: (line) => lines.push(line),
  };
  const watch = promises({ overlapMs, keys: fingerprints(azure, resource) });
  seed(azure, { vault, resource, watch }, hasApps ? { RotationOptions: 'wait-for-consumers' } : {});
  const apps = createApps(azure, vault, hasApps ? ['one', 'two'] : []);
  const drive = driven(ground, wire, () => {
    observer.catchUp();
  });
  const { errors } = drive;
  const observer = observe({ azure, resource, vault, wire, apps, tell: watch.told, errors });
  return withPeople(azure, drive, { azure, resource, vault, wire, watch, observer, apps, lines, errors });
}

function fingerprints(azure: LocalAzure, resource: Resource): Record<Slot, string> {
  const { Primary, Secondary } = keysNow(azure, resource);
  return { Primary: fingerprintOf(Primary), Secondary: fingerprintOf(Secondary) };
}

function seed(
  azure: LocalAzure,
  { vault, resource, watch }: Pick<World, 'vault' | 'resource' | 'watch'>,
  options: Readonly<Record<string, string>>,
): void {
  const key = keysAt(resource, 0).Primary;
  const value = valueWith(key, resource);
  const names = { team: 'rendering', ProviderAddress: resource.id, CredentialId: 'Primary' };
  const tags = { ...names, ValidityPeriodDays: '90', ...options };
  const at = azure.clock.now();
  const contentType = 'text/plain';
  const { version } = vault.setSecret(secretName, value, { tags, contentType });
  const prints = { key: fingerprintOf(keyIn(value)), value: fingerprintOf(value) };
  watch.told({ is: 'written', at, by: 'other', version, ...prints, tags, contentType, expires: false });
}

type Still = Omit<World, 'state' | 'round' | 'pass' | 'emergency'>;

const patienceMs = 20 * minute;

function withPeople(azure: LocalAzure, { attempt, sweeps, pass }: Driven, still: Still): World {
  const { vault, resource, watch } = still;
  async function round(): Promise<void> {
    await sweeps();
    if (azure.health.events.length > 0) await attempt((app) => app.pollNotices());
  }
  async function emergency(wanted: Emergency): Promise<number> {
    const untilMs = azure.clock.now().getTime() + patienceMs;
    const prints = fingerprints(azure, resource);
    const leaked = wanted.compromised.map((slot) => prints[slot]);
    for (;;) {
      watch.told({ is: 'emergency', at: azure.clock.now(), mode: wanted.mode, leaked });
      const answer = await attempt((app) => app.start(requestFor(wanted, vault)));
      const status = answer === 'ended' ? 503 : (answer.status ?? 0);
      if (status !== 503 || azure.clock.now().getTime() > untilMs) return status;
      await pass(15 * second);
    }
  }
  function state(): State {
    const read = stateFrom(vault.current(secretName)?.tags ?? {});
    return read === 'corrupt' || read === 'newer' ? emptyState : read;
  }
  return { ...still, state, round, pass, emergency };
}

/** The slot whose key the secret holds. */
export function liveSlot({ azure, resource, vault }: Pick<World, 'azure' | 'resource' | 'vault'>): Slot {
  const key = keyIn(vault.current(secretName)?.value ?? '');
  return keysNow(azure, resource).Secondary === key ? 'Secondary' : 'Primary';
}

function requestFor({ mode, compromised, isSilent }: Emergency, { uri }: Vault): HttpRequest {
  const body = { vault: uri, secret: secretName, mode, reason: 'a drill', ...(!isSilent && { compromised }) };
  return new HttpRequest({
    method: 'POST',
    url: 'https://app.example/api/rotations',
    headers: { 'idempotency-key': `drill-${mode}-${compromised.join('-')}` },
    body: { string: JSON.stringify(body) },
  });
}

export const untilDueMs = 61 * day;
