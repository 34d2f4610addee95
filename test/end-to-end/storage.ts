import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { Run } from './run.ts';

export interface StoredBlob {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly content: string;
}

export async function containerOf({ environment }: Run, name: string): Promise<ContainerClient> {
  const { token, expiresOn } = await environment.azure.core.tokens.issue('https://storage.azure.com/');
  const getToken = () => Promise.resolve({ token, expiresOnTimestamp: expiresOn.getTime() });
  const uri = environment.settings['AzureWebJobsStorage__blobServiceUri'] ?? '';
  return new BlobServiceClient(uri, { getToken }).getContainerClient(name);
}

export async function blobsIn(container: ContainerClient): Promise<StoredBlob[]> {
  const blobs: StoredBlob[] = [];
  for await (const { name, metadata = {} } of container.listBlobsFlat({ includeMetadata: true })) {
    const content = (await container.getBlobClient(name).downloadToBuffer()).toString();
    blobs.push({ name, metadata, content });
  }
  return blobs;
}
