import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { LocalAzure } from './emulator.ts';
import type { NewSubscription } from './event-grid/state.ts';
import { systemClock } from './shared/clock.ts';
import { startAzurite } from './shells/azurite.ts';
import { startLocalAzure } from './shells/tls.ts';

/** The sources of events to subscribe to, and the webhook that gets the events. */
interface Wiring {
  readonly endpoint: string;
  /** Ids of the vaults. */
  readonly vaults: readonly string[];
  readonly subscriptionIds: readonly string[];
  /** Id of the custom topic. */
  readonly topic: string | undefined;
}

type Subscriptions = (wiring: Wiring) => readonly NewSubscription[];

const place = {
  subscriptionId: '00000000-0000-4000-8000-000000000000',
  resourceGroup: 'local',
  location: 'westeurope',
};

// Starts the emulator and Azurite with one resource of each kind and runs until Ctrl-C. `--subscriptions FILE` names a
// module that exports `subscriptions(wiring)`; without it the webhook gets every event.
const { values } = parseArgs({ options: { subscriptions: { type: 'string' } } });
const subscriptionsOf = values.subscriptions === undefined ? everyEvent : await load(values.subscriptions);
const folder = await mkdtemp(join(tmpdir(), 'azure-emulator-'));
const local = await startLocalAzure({ clock: systemClock(), folder });
const storage = await startAzurite(local.certificates);
const environment = { ...(await seed(local.azure)), AzureWebJobsStorage__blobServiceUri: storage.blobServiceUri };
for (const [name, value] of Object.entries(environment)) console.log(`${name}=${value}`);
console.error('Enter the webhook that gets the events: http://…/runtime/webhooks/eventgrid?code=…');
const input = createInterface(process.stdin).on('line', (line) => void subscribe(local.azure, line.trim()));
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
input.close();
await Promise.all([local.close(), storage.stop()]);
await rm(folder, { recursive: true });

async function seed(azure: LocalAzure): Promise<Record<string, string>> {
  const vault = await azure.keyVault.createVault('localvault');
  const account = await azure.createBatchAccount({ ...place, name: 'localbatch' });
  const service = await azure.createSignalR({ ...place, name: 'localsignalr' });
  const topic = await azure.eventGrid.createTopic('localtopic');
  return {
    KEY_VAULT_URI: vault.uri,
    BATCH_ACCOUNT_ID: account.id,
    BATCH_ENDPOINT: `https://${account.authority}`,
    SIGNALR_SERVICE_ID: service.id,
    SIGNALR_ENDPOINT: `https://${service.authority}`,
    TOPIC_ENDPOINT: topic.endpoint,
    ARM_ENDPOINT: azure.armEndpoint,
    IDENTITY_ENDPOINT: azure.identity.endpoint,
    IDENTITY_HEADER: azure.identity.header,
    NODE_EXTRA_CA_CERTS: local.certificates.caFile,
  };
}

async function subscribe({ eventGrid, keyVault }: LocalAzure, endpoint: string): Promise<void> {
  const vaults = [...keyVault.vaults.values()].map(({ id }) => id);
  const topic = [...eventGrid.topics.values()].find(({ kind }) => kind === 'custom')?.id;
  const wiring = { endpoint, vaults, subscriptionIds: [place.subscriptionId], topic };
  try {
    for (const wanted of subscriptionsOf(wiring)) await eventGrid.subscribe(wanted);
    console.error('Subscribed.');
  } catch (error) {
    console.error(String(error));
  }
}

function everyEvent({ endpoint, vaults, subscriptionIds, topic }: Wiring): readonly NewSubscription[] {
  const sources = [...vaults, ...subscriptionIds.map((id) => `/subscriptions/${id}`), ...(topic ? [topic] : [])];
  return sources.map((source) => ({
    name: 'every-event',
    source,
    schema: 'CloudEventSchemaV1_0',
    endpoint: { kind: 'function', url: endpoint },
  }));
}

async function load(file: string): Promise<Subscriptions> {
  const loaded = (await import(pathToFileURL(resolve(file)).href)) as { subscriptions: Subscriptions };
  return loaded.subscriptions;
}
