import { BlobServiceClient } from '@azure/storage-blob';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { startAzurite, startLocalAzure, systemClock } from '../azure-emulator/src/index.ts';
import type { Call, LocalAzure } from '../azure-emulator/src/index.ts';
import { seedScene } from './seed.ts';
import type { Scene } from './seed.ts';

/** Everything the app meets. */
export interface Stage {
  readonly azure: LocalAzure;
  readonly scene: Scene;
  /** The app's settings. */
  readonly settings: Record<string, string>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly settleMs: number;
  readonly mode: 'rotate' | 'observe';
  readonly onStop: (call: Call) => void;
}

/** Starts the local Azure and Azurite, and puts two accounts with their secrets there. */
export async function openStage({ settleMs, mode, onStop }: StageOptions): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-demo-'));
  const local = await startLocalAzure({ clock: systemClock(), folder, onStop });
  const { azure, certificates } = local;
  tls.setDefaultCACertificates([certificates.ca]);
  const azurite = await startAzurite(certificates);
  await createContainers(azure, azurite.blobServiceUri);
  const scene = await seedScene(azure, settleMs);
  const settings = {
    KEYTURN_VAULTS: scene.vault.uri,
    KEYTURN_MODE: mode,
    KEYTURN_ADOPTION_GRACE: 'PT0S',
    KEYTURN_OVERLAP: `PT${settleMs / 1000}S`,
    KEYTURN_ARM_ENDPOINT: azure.armEndpoint,
    KEYTURN_ARM_AUDIENCE: 'https://management.azure.com',
    AzureWebJobsStorage__blobServiceUri: azurite.blobServiceUri,
    IDENTITY_ENDPOINT: azure.identity.endpoint,
    IDENTITY_HEADER: azure.identity.header,
    NODE_EXTRA_CA_CERTS: certificates.caFile,
  };
  async function closeAll(): Promise<void> {
    await Promise.all([local.close(), azurite.stop()]);
    await rm(folder, { recursive: true });
  }
  return { azure, scene, settings, close: closeAll };
}

/** As in a deployment that has been up for a while: after making a container the app waits for safety's sake. */
async function createContainers({ core }: LocalAzure, blobServiceUri: string): Promise<void> {
  const { token, expiresOn } = await core.tokens.issue('https://storage.azure.com/');
  const getToken = () => Promise.resolve({ token, expiresOnTimestamp: expiresOn.getTime() });
  const storage = new BlobServiceClient(blobServiceUri, { getToken });
  for (const name of ['keyturn-leases', 'keyturn-claims']) await storage.createContainer(name);
}
