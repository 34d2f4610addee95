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
  /** Absent = it was never made, or deleted. */
  madeOn: Date | undefined;
  /** Storage makes a deleted container at this time again, and not before. */
  deletedUntil?: Date | undefined;
  readonly blobs: Map<string, Blob>;
}

export function emptyContainer(): Container {
  return { madeOn: undefined, blobs: new Map() };
}

/** A container that knows all requests of the past. */
export function oldContainer(): Container {
  return { madeOn: new Date(0), blobs: new Map() };
}

/** Deletes the container. Storage makes it again half a minute later at the earliest. */
export function deleteContainer(container: Container, clock: Time): void {
  container.blobs.clear();
  container.madeOn = undefined;
  container.deletedUntil = new Date(clock.now().getTime() + 30_000);
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

  /** The first call that meets a missing container makes it anew, as soon as storage allows it. */
  function made(): Map<string, Blob> {
    const { madeOn, deletedUntil } = container;
    if (!madeOn && deletedUntil && deletedUntil > clock.now()) {
      throw new OperationError('storage-unavailable', { code: 'ContainerBeingDeleted' });
    }
    container.madeOn ??= clock.now();
    return container.blobs;
  }
  /** The name goes into a URL, in which some segments lead to another blob or container. */
  function find(name: string): Blob | undefined {
    const path = `/container/${encodeURIComponent(name).replaceAll('%2F', '/')}`;
    if (new URL(path, 'https://storage.example').pathname !== path) throw new Error(`No name of a blob: ${name}`);
    return made().get(name);
  }
  function existing(name: string): Blob {
    const blob = find(name);
    if (!blob) throw new OperationError('storage-unavailable', { code: 'BlobNotFound' });
    return blob;
  }
  function write(name: string, metadata: Metadata, leaseId?: string): void {
    if (leaseId !== undefined) leasedBy(name, leaseId);
    const blob = existing(name);
    if (leaseId === undefined && isLeased(blob))
      throw new OperationError('storage-refused', { code: 'LeaseIdMissing' });
    blobs.set(name, { metadata, ...(isLeased(blob) && blob.lease && { lease: blob.lease }) });
  }
  function leasedBy(name: string, id: string): void {
    const blob = made().get(name);
    if (!blob || !isLeased(blob) || blob.lease?.id !== id)
      throw new OperationError('lease-lost', { code: 'LeaseLost' });
  }
  function lease(name: string, id: string, seconds: number): string {
    blobs.set(name, { ...existing(name), lease: { id, seconds, endsMs: nowMs() + seconds * 1_000 } });
    return id;
  }
  return {
    containerAgeMs: () =>
      around('containerAgeMs', () => {
        made();
        return nowMs() - (container.madeOn?.getTime() ?? 0);
      }),
    create: (name, metadata) =>
      around('create', () => {
        if (find(name)) return false;
        blobs.set(name, { metadata });
        return true;
      }),
    metadata: (name) => around('metadata', () => find(name)?.metadata),
    setMetadata: (name, metadata, leaseId) =>
      around('setMetadata', () => {
        if (leaseId === undefined && !find(name)) return false;
        write(name, metadata, leaseId);
        return true;
      }),
    remove: (name) => around('remove', () => void made().delete(name)),
    list: async function* () {
      const all = await around('list', () => [...made()]);
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
        const current = made().get(name)?.lease;
        if (current?.id !== leaseId) return false;
        lease(name, leaseId, current.seconds);
        return true;
      }),
    release: (name, leaseId) =>
      around('release', () => {
        const blob = made().get(name);
        if (blob?.lease?.id === leaseId) blobs.set(name, { metadata: blob.metadata });
      }),
  };
}

async function plainly<T>(_operation: keyof Blobs, effect: () => T): Promise<T> {
  await Promise.resolve();
  return effect();
}
