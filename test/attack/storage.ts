import { BlobServiceClient } from '@azure/storage-blob';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAzurite, type LocalAzure, type RunningLocalAzure } from '../../infra/azure-emulator/src/index.ts';

/** A storage account that keeps what it holds when it restarts. */
export interface Storage {
  readonly blobServiceUri: string;
  restart(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startStorage({ azure, certificates }: RunningLocalAzure, folder: string): Promise<Storage> {
  const location = join(folder, 'storage');
  let running = await startAzurite(certificates, { location });
  const { blobServiceUri } = running;
  const port = Number(new URL(blobServiceUri).port);
  await createContainers(azure, blobServiceUri);
  let work: Promise<void> = Promise.resolve();
  let isStopped = false;

  async function restartNow(downMs: number): Promise<void> {
    await running.stop();
    await sleep(downMs);
    if (!isStopped) running = await startAgain();
  }
  /** Meanwhile a connection of another process may have taken the port for its own end. */
  async function startAgain(tries = 20): Promise<typeof running> {
    try {
      return await startAzurite(certificates, { location, port });
    } catch (error) {
      if (tries === 0) throw error;
      await sleep(250);
      return startAgain(tries - 1);
    }
  }
  return {
    blobServiceUri,
    restart: (downMs) => (work = work.then(() => restartNow(downMs))),
    async stop() {
      isStopped = true;
      await work;
      await running.stop();
    },
  };
}

/** Without its containers the app would treat its state as lost, and wait for a quiet period. */
async function createContainers({ core }: LocalAzure, blobServiceUri: string): Promise<void> {
  const { token, expiresOn } = await core.tokens.issue('https://storage.azure.com/');
  const getToken = () => Promise.resolve({ token, expiresOnTimestamp: expiresOn.getTime() });
  const storage = new BlobServiceClient(blobServiceUri, { getToken });
  for (const name of ['keyturn-leases', 'keyturn-claims']) await storage.createContainer(name);
}
