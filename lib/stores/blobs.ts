import { BlobServiceClient, RestError, type ContainerClient } from '@azure/storage-blob';
import type { TokenCredential } from '@azure/core-auth';
import { requestTimeoutMs } from '../azure/clients.ts';
import { operationErrorFrom } from '../azure/errors.ts';
import { OperationError } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';

/** Names are C# identifiers (azure-facts: Blob storage) in lower case, as headers come back. Values are ASCII. */
export type Metadata = Readonly<Record<string, string>>;

export type Acquired = { readonly is: 'ours'; readonly leaseId: string } | { readonly is: 'taken' | 'missing' };

/**
 * A blob container as leases and claims use it: empty blobs with metadata. A container that is missing is made
 * anew by the first of these calls that meets it (R34, storage has its own reasons).
 */
export interface Blobs {
  /**
   * Returns how long ago this app made the container, by the clock of storage. A container that the app found, as a
   * deployment makes it before the app first runs, is older than any request.
   */
  containerAgeMs(): Promise<number>;
  /** Returns false if the blob exists already. */
  create(name: string, metadata: Metadata): Promise<boolean>;
  metadata(name: string): Promise<Metadata | undefined>;
  setMetadata(name: string, metadata: Metadata, leaseId?: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** 5,000 a call. */
  list(): AsyncIterable<{ readonly name: string; readonly metadata: Metadata }>;
  acquire(name: string, seconds: number): Promise<Acquired>;
  /** Returns false if another worker has the lease by now, or the blob is gone. */
  renew(name: string, leaseId: string): Promise<boolean>;
  release(name: string, leaseId: string): Promise<void>;
}

export function blobs(url: string, container: string, credential: TokenCredential): Blobs {
  const service = new BlobServiceClient(url, credential, {
    retryOptions: { maxTries: 1, tryTimeoutInMs: requestTimeoutMs },
  });
  return over(service.getContainerClient(container));
}

/** Metadata of a container that this app made. */
const madeByApp = 'madebyapp';

/** What storage answers in place of a failure. */
const answers = {
  exists: ['BlobAlreadyExists', 'LeaseIdMissing', 'ConditionNotMet'],
  missing: ['BlobNotFound'],
  leased: ['LeaseAlreadyPresent', 'LeaseIsBreakingAndCannotBeAcquired'],
  lost: [
    ...['BlobNotFound', 'LeaseLost', 'LeaseIdMismatchWithLeaseOperation', 'LeaseIdMismatchWithBlobOperation'],
    ...['LeaseNotPresentWithLeaseOperation', 'LeaseNotPresentWithBlobOperation', 'LeaseAlreadyBroken'],
    ...['LeaseIsBreakingAndCannotBeChanged', 'LeaseIsBrokenAndCannotBeRenewed'],
  ],
} as const satisfies Record<string, readonly string[]>;

function over(container: ContainerClient): Blobs {
  const blob = (name: string) => container.getBlobClient(name);
  const lease = (name: string, id?: string) => blob(name).getBlobLeaseClient(id);
  return {
    containerAgeMs: async () => {
      const { date, lastModified, metadata } = await call(() => container.getProperties());
      if (!metadata?.[madeByApp]) return Infinity;
      return date && lastModified ? date.getTime() - lastModified.getTime() : 0;
    },
    create: async (name, metadata) => {
      const options = { metadata: { ...metadata }, conditions: { ifNoneMatch: '*' } };
      const upload = () => container.getBlockBlobClient(name).upload('', 0, options);
      return !('code' in (await expecting(answers.exists, upload)));
    },
    metadata: async (name) => {
      const found = await expecting(answers.missing, () => blob(name).getProperties());
      return 'code' in found ? undefined : (found.value.metadata ?? {});
    },
    setMetadata: async (name, metadata, leaseId) => {
      const options = leaseId ? { conditions: { leaseId } } : {};
      const set = () => blob(name).setMetadata({ ...metadata }, options);
      const written = await expecting(leaseId ? answers.lost : [], set);
      if ('code' in written) throw new OperationError('lease-lost', { code: written.code });
    },
    remove: async (name) => {
      await expecting(answers.missing, () => blob(name).delete());
    },
    list: () => listAll(container),
    acquire: async (name, seconds) => {
      const expected = [...answers.missing, ...answers.leased];
      const found = await expecting(expected, () => lease(name).acquireLease(seconds));
      if ('value' in found) return { is: 'ours', leaseId: found.value.leaseId ?? '' };
      return { is: found.code === 'BlobNotFound' ? 'missing' : 'taken' };
    },
    renew: async (name, id) => !('code' in (await expecting(answers.lost, () => lease(name, id).renewLease()))),
    release: async (name, id) => {
      await expecting(answers.lost, () => lease(name, id).releaseLease());
    },
  };

  /** Returns the value, or the one of these codes that storage answered. */
  async function expecting<T>(
    codes: readonly string[],
    request: () => Promise<T>,
  ): Promise<{ readonly value: T } | { readonly code: string }> {
    try {
      return { value: await inContainer(container, request) };
    } catch (error) {
      const code = storageCode(error);
      if (code !== undefined && codes.includes(code)) return { code };
      throw storageFailure(error);
    }
  }

  async function call<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await inContainer(container, request);
    } catch (error) {
      throw storageFailure(error);
    }
  }
}

async function* listAll(container: ContainerClient) {
  try {
    for await (const { name, metadata = {} } of container.listBlobsFlat({ includeMetadata: true })) {
      yield { name, metadata };
    }
  } catch (error) {
    if (!isContainerMissing(error)) throw storageFailure(error);
    await makeContainer(container);
  }
}

/**
 * Makes the container anew if the request finds it gone, and sends the request once more. Storage makes no container for
 * half a minute after it was deleted (azure-facts: Blob storage): until then everything in it fails, and nothing is
 * taken for absent. The first request had no effect, so this repeats nothing (R3, no automatic retries).
 */
async function inContainer<T>(container: ContainerClient, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!isContainerMissing(error)) throw error;
    await makeContainer(container);
    return request();
  }
}

function isContainerMissing(error: unknown): boolean {
  return storageCode(error) === 'ContainerNotFound';
}

async function makeContainer(container: ContainerClient): Promise<void> {
  try {
    await container.create({ metadata: { [madeByApp]: 'true' } });
  } catch (error) {
    if (storageCode(error) !== 'ContainerAlreadyExists') throw storageFailure(error);
  }
}

/** Returns storage's own code. The answer to a HEAD has no body, and has it in a header alone. */
function storageCode(error: unknown): string | undefined {
  if (!(error instanceof RestError)) return undefined;
  return error.response?.headers.get('x-ms-error-code') ?? error.code;
}

/** No refusal of storage is taken for a fault of the target's resource (R34, storage has its own reasons). */
function storageFailure(error: unknown): OperationError {
  const found = operationErrorFrom(error);
  if (error instanceof OperationError || found.reason === 'identity-unavailable') return found;
  const code = storageCode(error) ?? found.detail.code;
  const status = error instanceof RestError ? error.statusCode : undefined;
  return new OperationError(storageReason(status, code), { code, retryAfterMs: found.detail.retryAfterMs });
}

/** Time cures what these say: a container or an account that is on its way. */
const passing: readonly (string | undefined)[] = [
  ...['ContainerBeingDeleted', 'ContainerBeingDisabled', 'ContainerNotFound', 'BlobNotFound'],
  ...['AccountBeingCreated', 'ServerBusy'],
];

function storageReason(status: number | undefined, code: string | undefined): Reason {
  if (status === 401 || status === 403) return 'storage-forbidden';
  const isAnswered = status !== undefined && status >= 300 && status < 500 && status !== 408 && status !== 429;
  return isAnswered && !passing.includes(code) ? 'storage-refused' : 'storage-unavailable';
}
