import { BlobServiceClient } from '@azure/storage-blob';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { startAzurite, startLocalAzure, systemClock } from '../azure-emulator/src/index.ts';
import type { Call, LocalAzure, Vault } from '../azure-emulator/src/index.ts';
import { batchTarget, dayMs, place, putSecret, signalRTarget } from './targets.ts';
import type { DemoTarget } from './targets.ts';

/** A vault and two secrets in it that are due for rotation. */
export interface Seed {
  readonly vault: Vault;
  readonly targets: readonly DemoTarget[];
}

/** Everything that the app talks to. */
export interface Environment extends Seed {
  readonly azure: LocalAzure;
  /** The app's settings. */
  readonly settings: Record<string, string>;
  close(): Promise<void>;
}

export interface EnvironmentOptions {
  readonly overlapMs: number;
  readonly mode: 'rotate' | 'observe';
  readonly onStop: (call: Call) => void;
}

/** Starts the local Azure and Azurite, and creates a Batch account and a SignalR service with their secrets. */
export async function openEnvironment({ overlapMs, mode, onStop }: EnvironmentOptions): Promise<Environment> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-demo-'));
  const local = await startLocalAzure({ clock: systemClock(), folder, onStop });
  const { azure, certificates } = local;
  tls.setDefaultCACertificates([certificates.ca]);
  const azurite = await startAzurite(certificates);
  await createContainers(azure, azurite.blobServiceUri);
  const seeded = await seed(azure, overlapMs);
  const settings = {
    KEYTURN_VAULTS: seeded.vault.uri,
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    KEYTURN_MODE: mode,
    KEYTURN_ADOPTION_GRACE: 'PT0S',
    KEYTURN_OVERLAP: `PT${overlapMs / 1000}S`,
    KEYTURN_ARM_ENDPOINT: azure.armEndpoint,
    KEYTURN_ARM_AUDIENCE: 'https://management.azure.com',
    AzureWebJobsStorage__blobServiceUri: azurite.blobServiceUri,
    IDENTITY_ENDPOINT: azure.identity.endpoint,
    IDENTITY_HEADER: azure.identity.header,
    NODE_EXTRA_CA_CERTS: certificates.caFile,
  };
  return {
    ...{ ...seeded, azure, settings },
    async close() {
      await Promise.all([local.close(), azurite.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}

/** Puts two secrets into a vault whose access keys are due: 61 days old and valid for 90. */
export async function seed(azure: LocalAzure, overlapMs: number): Promise<Seed> {
  const vault = await azure.keyVault.createVault('demovault');
  const account = await azure.createBatchAccount({ ...place, name: 'demobatch' });
  const service = await azure.createSignalR({ ...place, name: 'demosignalr', regenerateMs: 1_500 });
  const [batch, signalR] = [batchTarget('batch-key', account), signalRTarget('signalr-connection', service)];
  const createdOn = new Date(Date.now() - 61 * dayMs);
  const properties = { overlapMs, createdOn, expiresOn: new Date(createdOn.getTime() + 90 * dayMs) };
  putSecret(vault, batch, { ...properties, tags: { team: 'rendering' } });
  putSecret(vault, signalR, { ...properties, tags: { team: 'chat', 'cost-center': '4711' } });
  return { vault, targets: [batch, signalR] };
}

/**
 * Makes the containers as a deployment does, before the app first runs: it then waits for no earlier request (R34, storage
 * has its own reasons).
 */
async function createContainers({ core }: LocalAzure, blobServiceUri: string): Promise<void> {
  const { token, expiresOn } = await core.tokens.issue('https://storage.azure.com/');
  const getToken = () => Promise.resolve({ token, expiresOnTimestamp: expiresOn.getTime() });
  const storage = new BlobServiceClient(blobServiceUri, { getToken });
  for (const name of ['keyturn-leases', 'keyturn-claims']) await storage.createContainer(name);
}
