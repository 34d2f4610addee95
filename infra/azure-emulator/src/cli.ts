import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import process from 'node:process';
import { once } from 'node:events';
import { subscribeAll } from '../../demo/subscriptions.ts';
import type { LocalAzure } from './emulator.ts';
import { systemClock } from './shared/clock.ts';
import { startAzurite } from './shells/azurite.ts';
import { startLocalAzure } from './shells/tls.ts';

const place = {
  subscriptionId: '00000000-0000-4000-8000-000000000000',
  resourceGroup: 'local',
  location: 'westeurope',
};

/** `npm run azure`: the local Azure and its storage, with one of everything, until Ctrl-C. */
const folder = await mkdtemp(join(tmpdir(), 'local-azure-'));
const local = await startLocalAzure({ clock: systemClock(), folder });
const storage = await startAzurite(local.certificates);
const environment = {
  ...(await seed(local.azure)),
  ...reach(local.azure, local.certificates.caFile),
  AzureWebJobsStorage__blobServiceUri: storage.blobServiceUri,
};
for (const [name, value] of Object.entries(environment)) console.log(`${name}=${value}`);
console.error('Events go to the functions whose webhook is entered here: http://…/runtime/webhooks/eventgrid?code=…');
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
  };
}

function reach({ armEndpoint, identity }: LocalAzure, caFile: string): Record<string, string> {
  return {
    ARM_ENDPOINT: armEndpoint,
    IDENTITY_ENDPOINT: identity.endpoint,
    IDENTITY_HEADER: identity.header,
    NODE_EXTRA_CA_CERTS: caFile,
  };
}

async function subscribe({ eventGrid, keyVault }: LocalAzure, endpoint: string): Promise<void> {
  const vaults = [...keyVault.vaults.values()].map(({ id }) => id);
  const topic = [...eventGrid.topics.values()].find(({ kind }) => kind === 'custom')?.id;
  try {
    await subscribeAll(eventGrid, { endpoint, vaults, subscriptionIds: [place.subscriptionId], topic });
    console.error('Subscribed.');
  } catch (error) {
    console.error(String(error));
  }
}
