import { randomUUID } from 'node:crypto';
import { OperationError } from '../../lib/model/operationError.ts';
import type { Acquired, Blobs, Metadata } from '../../lib/stores/blobs.ts';

interface Blob {
  readonly metadata: Metadata;
  /** A lease that ran out may still be renewed, as long as the blob was neither leased nor written. */
  readonly lease?: { readonly id: string; readonly seconds: number; readonly endsMs: number };
}

/** The contents of a container, which outlives the processes that use it. */
export interface Container {
  metadata: Metadata | undefined;
  readonly blobs: Map<string, Blob>;
}

export function emptyContainer(): Container {
  return { metadata: undefined, blobs: new Map() };
}

/** Stands around each operation, so that a fault can strike before or after its effect. */
export type Around = <T>(operation: keyof Blobs, effect: () => T) => Promise<T>;

interface Time {
  now(): Date;
}

/** Blobs as one process sees them, by the rules of Azure Storage for leases (Lease Blob, REST reference). */
export function memoryBlobs(container: Container, clock: Time, around: Around = plainly): Blobs {
  const { blobs } = container;
  const nowMs = () => clock.now().getTime();
  const isLeased = ({ lease }: Blob) => lease !== undefined && lease.endsMs > nowMs();

  /** The name goes into a URL, in which some segments lead to another blob or container. */
  function find(name: string): Blob | undefined {
    const path = `/container/${encodeURIComponent(name).replaceAll('%2F', '/')}`;
    if (new URL(path, 'https://storage.example').pathname !== path) throw new Error(`No name of a blob: ${name}`);
    return blobs.get(name);
  }
  function existing(name: string): Blob {
    const blob = find(name);
    if (!blob) throw refused('resource-missing', 'BlobNotFound');
    return blob;
  }
  function write(name: string, metadata: Metadata, leaseId?: string): void {
    const blob = existing(name);
    if (leaseId !== undefined && !(isLeased(blob) && blob.lease?.id === leaseId)) throw refused('refused', 'LeaseLost');
    if (leaseId === undefined && isLeased(blob)) throw refused('refused', 'LeaseIdMissing');
    blobs.set(name, { metadata, ...(isLeased(blob) && blob.lease && { lease: blob.lease }) });
  }
  function lease(name: string, id: string, seconds: number): string {
    blobs.set(name, { ...existing(name), lease: { id, seconds, endsMs: nowMs() + seconds * 1_000 } });
    return id;
  }
  return {
    container: (fresh) => around('container', () => (container.metadata ??= fresh)),
    create: (name, metadata) =>
      around('create', () => {
        if (find(name)) return false;
        blobs.set(name, { metadata });
        return true;
      }),
    metadata: (name) => around('metadata', () => find(name)?.metadata),
    setMetadata: (name, metadata, leaseId) =>
      around('setMetadata', () => {
        write(name, metadata, leaseId);
      }),
    remove: (name) => around('remove', () => void blobs.delete(name)),
    list: async function* () {
      const all = await around('list', () => [...blobs]);
      for (const [name, { metadata }] of all) yield { name, metadata };
    },
    acquire: (name, seconds) =>
      around('acquire', (): Acquired => {
        const blob = find(name);
        if (!blob) return { is: 'missing' };
        return isLeased(blob) ? { is: 'taken' } : { is: 'ours', leaseId: lease(name, randomUUID(), seconds) };
      }),
    renew: (name, leaseId) =>
      around('renew', () => {
        const { lease: secretCredential } = existing(name);
        if (secretCredential?.id !== leaseId) return false;
        lease(name, leaseId, secretCredential.seconds);
        return true;
      }),
    release: (name, leaseId) =>
      around('release', () => {
        const { metadata, lease: secretCredential } = existing(name);
        if (secretCredential?.id === leaseId) blobs.set(name, { metadata });
      }),
  };
}

function refused(reason: 'refused' | 'resource-missing', code: string): OperationError {
  return new OperationError(reason, { code, answered: true });
}

async function plainly<T>(_operation: keyof Blobs, effect: () => T): Promise<T> {
  await Promise.resolve();
  return effect();
}
