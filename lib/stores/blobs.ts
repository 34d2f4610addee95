import {
  BlobServiceClient,
  RestError,
  type ContainerClient,
  type ContainerListBlobFlatSegmentResponse,
} from '@azure/storage-blob';
import type { TokenCredential } from '@azure/core-auth';
import { requestTimeoutMs } from '../azure/clients.ts';
import { operationErrorFrom } from '../azure/errors.ts';
import { withinLimit, withTokenLimit, type LimitClock } from '../azure/timeLimit.ts';
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
  /** Returns false if the blob does not exist, where no lease is named. */
  setMetadata(name: string, metadata: Metadata, leaseId?: string): Promise<boolean>;
  remove(name: string): Promise<void>;
  /** 5,000 a call. */
  list(): AsyncIterable<{ readonly name: string; readonly metadata: Metadata }>;
  acquire(name: string, seconds: number): Promise<Acquired>;
  /** Returns false if another worker has the lease by now, or the blob is gone. */
  renew(name: string, leaseId: string): Promise<boolean>;
  release(name: string, leaseId: string): Promise<void>;
}

export function blobs(url: string, container: string, identity: TokenCredential, clock: LimitClock): Blobs {
  const service = new BlobServiceClient(url, withTokenLimit(identity, clock), {
    retryOptions: { maxTries: 1, tryTimeoutInMs: requestTimeoutMs },
  });
  return over(service.getContainerClient(container), clock);
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

function over(container: ContainerClient, clock: LimitClock): Blobs {
  const blob = (name: string) => container.getBlobClient(name);
  const lease = (name: string, id?: string) => blob(name).getBlobLeaseClient(id);
  const { expecting, call } = sender(container, clock);
  return {
    containerAgeMs: async () => {
      const { date, lastModified, metadata } = await call((abortSignal) => container.getProperties({ abortSignal }));
      if (!metadata?.[madeByApp]) return Infinity;
      return date && lastModified ? date.getTime() - lastModified.getTime() : 0;
    },
    create: async (name, metadata) => {
      const options = { metadata: { ...metadata }, conditions: { ifNoneMatch: '*' } };
      const upload = (abortSignal: AbortSignal) =>
        container.getBlockBlobClient(name).upload('', 0, { ...options, abortSignal });
      return !('code' in (await expecting(answers.exists, upload)));
    },
    metadata: async (name) => {
      const found = await expecting(answers.missing, (abortSignal) => blob(name).getProperties({ abortSignal }));
      return 'code' in found ? undefined : (found.value.metadata ?? {});
    },
    setMetadata: async (name, metadata, leaseId) => {
      const options = leaseId ? { conditions: { leaseId } } : {};
      const set = (abortSignal: AbortSignal) => blob(name).setMetadata({ ...metadata }, { ...options, abortSignal });
      const written = await expecting(leaseId ? answers.lost : answers.missing, set);
      if ('code' in written && leaseId) throw new OperationError('lease-lost', { code: written.code });
      return !('code' in written);
    },
    remove: async (name) => {
      await expecting(answers.missing, (abortSignal) => blob(name).delete({ abortSignal }));
    },
    list: async function* () {
      let continuationToken: string | undefined;
      do {
        const page = await call((signal) => pageOf(container, continuationToken, signal));
        for (const { name, metadata = {} } of page?.segment.blobItems ?? []) yield { name, metadata };
        continuationToken = page?.continuationToken;
      } while (continuationToken);
    },
    acquire: async (name, seconds) => {
      const expected = [...answers.missing, ...answers.leased];
      const found = await expecting(expected, (abortSignal) => lease(name).acquireLease(seconds, { abortSignal }));
      if ('value' in found) return { is: 'ours', leaseId: found.value.leaseId ?? '' };
      return { is: found.code === 'BlobNotFound' ? 'missing' : 'taken' };
    },
    renew: async (name, id) => {
      const renewed = await expecting(answers.lost, (abortSignal) => lease(name, id).renewLease({ abortSignal }));
      return !('code' in renewed);
    },
    release: async (name, id) => {
      await expecting(answers.lost, (abortSignal) => lease(name, id).releaseLease({ abortSignal }));
    },
  };
}

/** Sends requests within their time limit, and turns their failures into errors of storage. */
function sender(container: ContainerClient, clock: LimitClock) {
  return { expecting, call };

  /** Returns the value, or the one of these codes that storage answered. */
  async function expecting<T>(
    codes: readonly string[],
    request: Request<T>,
  ): Promise<{ readonly value: T } | { readonly code: string }> {
    try {
      return { value: await send(request) };
    } catch (error) {
      const code = storageCode(error);
      if (code !== undefined && codes.includes(code)) return { code };
      throw storageFailure(error);
    }
  }

  async function call<T>(request: Request<T>): Promise<T> {
    try {
      return await send(request);
    } catch (error) {
      throw storageFailure(error);
    }
  }

  /**
   * Storage's client takes no policies of ours, so the limit lies around the call. Once it is over, the signal keeps a
   * request that still waits for its token from leaving (R31, time limit covers all).
   */
  function send<T>(request: Request<T>): Promise<T> {
    return withinLimit(clock, requestTimeoutMs, (signal) => inContainer(container, signal, request));
  }
}

type Request<T> = (signal: AbortSignal) => Promise<T>;

async function pageOf(
  container: ContainerClient,
  continuationToken: string | undefined,
  abortSignal: AbortSignal,
): Promise<ContainerListBlobFlatSegmentResponse | undefined> {
  const pages = container.listBlobsFlat({ includeMetadata: true, abortSignal });
  const next = await pages.byPage(continuationToken ? { continuationToken } : {}).next();
  return next.done ? undefined : next.value;
}

/**
 * Makes the container anew if the request finds it gone, and sends the request once more. Storage makes no container
 * for half a minute after it was deleted (azure-facts: Blob storage): until then everything in it fails, and nothing is
 * taken for absent. The first request had no effect, so this repeats nothing (R3, no automatic retries).
 */
async function inContainer<T>(container: ContainerClient, signal: AbortSignal, request: Request<T>): Promise<T> {
  try {
    return await request(signal);
  } catch (error) {
    if (!isContainerMissing(error)) throw error;
    await makeContainer(container, signal);
    return request(signal);
  }
}

function isContainerMissing(error: unknown): boolean {
  return storageCode(error) === 'ContainerNotFound';
}

async function makeContainer(container: ContainerClient, abortSignal: AbortSignal): Promise<void> {
  try {
    await container.create({ metadata: { [madeByApp]: 'true' }, abortSignal });
  } catch (error) {
    if (storageCode(error) !== 'ContainerAlreadyExists') throw error;
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
  if (found.reason === 'identity-unavailable') return found;
  if (error instanceof OperationError) {
    // Its time is over.
    return error.reason === 'outage' ? new OperationError('storage-unavailable', error.detail) : error;
  }
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
