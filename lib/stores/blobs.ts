import { BlobServiceClient, RestError, type ContainerClient } from '@azure/storage-blob';
import type { TokenCredential } from '@azure/core-auth';
import { requestTimeoutMs } from '../azure/clients.ts';
import { operationErrorFrom } from '../azure/errors.ts';

/** Names are C# identifiers (azure-facts: Blob storage) in lower case, as headers come back. Values are ASCII. */
export type Metadata = Readonly<Record<string, string>>;

export type Acquired = { readonly is: 'ours'; readonly leaseId: string } | { readonly is: 'taken' | 'missing' };

/** A blob container as leases and claims use it: empty blobs with metadata. */
export interface Blobs {
  /** Makes the container if it is not there, and returns its metadata. */
  container(fresh: Metadata): Promise<Metadata>;
  /** Returns false if the blob exists already. */
  create(name: string, metadata: Metadata): Promise<boolean>;
  metadata(name: string): Promise<Metadata | undefined>;
  setMetadata(name: string, metadata: Metadata, leaseId?: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** 5,000 a call. */
  list(): AsyncIterable<{ readonly name: string; readonly metadata: Metadata }>;
  acquire(name: string, seconds: number): Promise<Acquired>;
  /** Returns false if another worker has the lease by now. */
  renew(name: string, leaseId: string): Promise<boolean>;
  release(name: string, leaseId: string): Promise<void>;
}

export function blobs(url: string, container: string, credential: TokenCredential): Blobs {
  const service = new BlobServiceClient(url, credential, {
    retryOptions: { maxTries: 1, tryTimeoutInMs: requestTimeoutMs },
  });
  return over(service.getContainerClient(container));
}

function over(container: ContainerClient): Blobs {
  const blob = (name: string) => container.getBlobClient(name);
  const lease = (name: string, id?: string) => blob(name).getBlobLeaseClient(id);
  return {
    container: async (metadata) => {
      const made = await unless(409, () => container.create({ metadata: { ...metadata } }));
      return made ? metadata : ((await callStorage(() => container.getProperties())).metadata ?? {});
    },
    create: async (name, metadata) => {
      const options = { metadata: { ...metadata }, conditions: { ifNoneMatch: '*' } };
      return (await unless(409, () => container.getBlockBlobClient(name).upload('', 0, options))) !== undefined;
    },
    metadata: async (name) => {
      const found = await unless(404, () => blob(name).getProperties());
      return found && (found.metadata ?? {});
    },
    setMetadata: async (name, metadata, leaseId) => {
      const options = leaseId ? { conditions: { leaseId } } : {};
      await callStorage(() => blob(name).setMetadata({ ...metadata }, options));
    },
    remove: async (name) => {
      await callStorage(() => blob(name).deleteIfExists());
    },
    list: () => listAll(container),
    acquire: async (name, seconds) => {
      const answer = await expecting([404, 409], () => lease(name).acquireLease(seconds));
      if ('value' in answer) return { is: 'ours', leaseId: answer.value.leaseId ?? '' };
      return { is: answer.status === 404 ? 'missing' : 'taken' };
    },
    renew: async (name, id) => (await unless(409, () => lease(name, id).renewLease())) !== undefined,
    release: async (name, id) => {
      await unless(409, () => lease(name, id).releaseLease());
    },
  };
}

async function* listAll(container: ContainerClient) {
  try {
    for await (const { name, metadata = {} } of container.listBlobsFlat({ includeMetadata: true })) {
      yield { name, metadata };
    }
  } catch (error) {
    throw operationErrorFrom(error);
  }
}

/** Returns nothing for the one status that is an answer rather than a failure. */
async function unless<T>(status: number, call: () => Promise<T>): Promise<T | undefined> {
  const answer = await expecting([status], call);
  return 'value' in answer ? answer.value : undefined;
}

/** Throws an `OperationError` for everything but the statuses that are an answer here. */
async function expecting<T>(
  statuses: readonly number[],
  call: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly status: number }> {
  try {
    return { value: await call() };
  } catch (error) {
    const status = error instanceof RestError ? error.statusCode : undefined;
    if (status !== undefined && statuses.includes(status)) return { status };
    throw operationErrorFrom(error);
  }
}

/**
 * Storage's client shares one pipeline among all its clients and takes no policies of ours, and some of its statuses are
 * answers here. So its calls are wrapped, unlike those of all other clients.
 */
async function callStorage<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw operationErrorFrom(error);
  }
}
