import { later, minute, second, type Clock } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import type { RequestInFlight } from '../model/snapshot.ts';
import { requestTimeoutMs } from '../azure/clients.ts';
import type { Blobs, Metadata } from './blobs.ts';

const leaseSeconds = 60;
/** What may be under way when nothing is known of the past: the longest flight of any kind. */
const longestRequestMs = 5 * minute;

/** The right to decide on one resource. */
export interface Lease {
  readonly requestInFlight: RequestInFlight | undefined;
  /** Before every write: as much lease is left as a request may take, or the visit is over (R5, lease time left). */
  ensureTimeLeft(): Promise<void>;
  /** Before every regenerate (R4, request in flight): `of` is the fingerprint that it replaces, if it replaces one. */
  recordIntent(of: string | undefined, until: Date): Promise<void>;
  /** After an inspection showed the effect, or the service answered that there is none. */
  clearInFlight(): Promise<void>;
  /** Gives the lease back. One that cannot be given back runs out by itself. */
  release(): Promise<void>;
}

export interface Leases {
  /** Returns nothing while another worker has the lease. `name` is a normalized resource id. */
  acquire(name: string): Promise<Lease | undefined>;
  /** Acquires the lease, does the work and gives the lease back. */
  withLease<T>(name: string, work: (lease: Lease) => Promise<T>): Promise<T | 'busy'>;
}

export function leases(blobs: Blobs, clock: Clock): Leases {
  let ready: Promise<Metadata> | undefined;
  /** A container newly made says nothing of what is under way. */
  const container = () => {
    ready ??= blobs.container({ sentuntil: later(clock.now(), longestRequestMs).toISOString() });
    ready.catch(() => (ready = undefined));
    return ready;
  };
  return { acquire, withLease };

  async function acquire(resource: string): Promise<Lease | undefined> {
    const { sentuntil } = await container();
    const name = blobName(resource);
    const sentAtMs = clock.monotonicMs();
    const id = await acquireBlob(blobs, name);
    if (!id) return undefined;
    try {
      const ofContainer = sentuntil === undefined ? {} : { sentuntil };
      const found = requestInFlightFrom((await blobs.metadata(name)) ?? {}) ?? requestInFlightFrom(ofContainer);
      return lease({ blobs, clock, name, id }, sentAtMs, found);
    } catch (error) {
      await releaseBlob(blobs, name, id);
      throw error;
    }
  }

  async function withLease<T>(resource: string, work: (held: Lease) => Promise<T>): Promise<T | 'busy'> {
    const held = await acquire(resource);
    if (!held) return 'busy';
    try {
      return await work(held);
    } finally {
      await held.release();
    }
  }
}

function blobName(resource: string): string {
  return resource.replace(/^\//, '');
}

async function acquireBlob(blobs: Blobs, name: string): Promise<string | undefined> {
  let answer = await blobs.acquire(name, leaseSeconds);
  if (answer.is === 'missing') {
    await blobs.create(name, {});
    answer = await blobs.acquire(name, leaseSeconds);
  }
  return answer.is === 'ours' ? answer.leaseId : undefined;
}

async function releaseBlob(blobs: Blobs, name: string, id: string): Promise<void> {
  try {
    await blobs.release(name, id);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
  }
}

function requestInFlightFrom({
  sentuntil,
  sentfor,
}: {
  sentuntil?: string;
  sentfor?: string;
}): RequestInFlight | undefined {
  const until = new Date(sentuntil ?? NaN);
  return Number.isNaN(until.getTime()) ? undefined : { until, ...(sentfor && { replaces: sentfor }) };
}

interface Held {
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly name: string;
  readonly id: string;
}

/** The end is counted from before the request was sent, on a clock that never runs backwards. */
function lease({ blobs, clock, name, id }: Held, sentAtMs: number, found: RequestInFlight | undefined): Lease {
  let endsAtMs = sentAtMs + leaseSeconds * second;
  let requestInFlight = found;
  const assure = async () => {
    if (endsAtMs - clock.monotonicMs() >= requestTimeoutMs + 5 * second) return;
    const renewedAtMs = clock.monotonicMs();
    if (!(await blobs.renew(name, id))) throw new OperationError('lease-lost');
    endsAtMs = renewedAtMs + leaseSeconds * second;
  };
  return {
    get requestInFlight() {
      return requestInFlight;
    },
    ensureTimeLeft: assure,
    recordIntent: async (of, until) => {
      await assure();
      await blobs.setMetadata(name, { sentuntil: until.toISOString(), ...(of && { sentfor: of }) }, id);
      requestInFlight = { until, ...(of && { replaces: of }) };
      await assure();
    },
    clearInFlight: async () => {
      if (!requestInFlight) return;
      await assure();
      await blobs.setMetadata(name, {}, id);
      requestInFlight = undefined;
    },
    release: () => releaseBlob(blobs, name, id),
  };
}
