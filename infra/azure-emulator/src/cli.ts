import { parseArgs } from 'node:util';
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import process from 'node:process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import type { LocalAzure } from './emulator.ts';
import type { NewSubscription } from './event-grid/index.ts';
import { systemClock } from './shared/clock.ts';
import { startAzurite } from './shells/azurite.ts';
import { startLocalAzure } from './shells/tls.ts';

/** The event sources, and the webhook that gets the events. */
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

const usage = `Usage: node infra/azure-emulator/src/cli.ts [--subscriptions FILE]

Starts the emulator and Azurite with an empty vault, a Batch account, a SignalR service and a custom topic, and runs
until Ctrl-C. Prints how to reach them as KEY=value lines on stdout; everything else goes to stderr.

  --subscriptions FILE  a module that exports subscriptions(wiring), the list of event subscriptions to create for the
                        webhook that you enter; without it the webhook gets every event`;

const subscriptionsOf = await readOptions();
const folder = await mkdtemp(join(tmpdir(), 'azure-emulator-'));
const local = await startLocalAzure({ clock: systemClock(), folder });
const storage = await startAzurite(local.certificates);
const environment = { ...(await seed(local.azure)), AzureWebJobsStorage__blobServiceUri: storage.blobServiceUri };
for (const [name, value] of Object.entries(environment)) console.log(`${name}=${value}`);
console.error('Runs until Ctrl-C. To get events, enter a webhook: http://…/runtime/webhooks/eventgrid?code=…');
const input = createInterface(process.stdin).on('line', (line) => void subscribe(local.azure, line.trim()));
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
input.close();
await Promise.all([local.close(), storage.stop()]);
await rm(folder, { recursive: true });

/** Ends the process after a wrong option or `--help`. */
async function readOptions(): Promise<Subscriptions> {
  try {
    const options = { subscriptions: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    const { help, subscriptions } = parseArgs({ options }).values;
    if (!help) return subscriptions === undefined ? everyEvent : await load(subscriptions);
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(1);
  }
}

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
