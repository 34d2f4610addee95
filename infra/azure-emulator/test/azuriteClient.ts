import { BlobServiceClient } from '@azure/storage-blob';

/** Run as a process of its own: a CA file can only be trusted from the start. */
const [uri = '', token = ''] = process.argv.slice(2);
const getToken = () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
const container = new BlobServiceClient(uri, { getToken }, { retryOptions: { maxTries: 1 } }).getContainerClient(
  'leases',
);

async function main(): Promise<object> {
  await container.createIfNotExists();
  const blob = container.getBlockBlobClient('one');
  await blob.upload('', 0);
  const lease = blob.getBlobLeaseClient();
  const { leaseId = '' } = await lease.acquireLease(15);
  await blob.setMetadata({ sentUntil: 'later' }, { conditions: { leaseId } });
  const second = await codeOf(blob.getBlobLeaseClient().acquireLease(60));
  const unleased = await codeOf(blob.setMetadata({}));
  const { metadata, leaseState } = await blob.getProperties();
  await lease.releaseLease();
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat()) names.push(name);
  return { second, unleased, metadata, leaseState, names };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error as { code: string }).code,
  );
}

const answer = await main().catch((error: unknown) => ({
  refused: (error as { code?: string }).code ?? String(error),
}));
console.log(JSON.stringify(answer));
