import { later, minute, second, type Clock } from '../model/clock.ts';
import { OperationError, undefinedIf } from '../model/operationError.ts';
import type { RequestInFlight } from '../model/snapshot.ts';
import { requestTimeoutMs } from '../azure/clients.ts';
import type { Blobs, Metadata } from './blobs.ts';

const leaseSeconds = 60;
/** The longest life of a request of any kind, which counts when nothing is known about the past. */
const longestRequestMs = 5 * minute;

/** The right to decide on one resource. */
export interface Lease {
  readonly requestInFlight: RequestInFlight | undefined;
  /**
   * Called before every write: renews the lease if less of it is left than a request may take. Throws `OperationError`
   * `lease-lost` if that fails (R5, lease time left).
   */
  ensureTimeLeft(): Promise<'enough' | 'renewed'>;
  /** Called before every request that changes a credential (R4, request in flight). */
  recordIntent(request: RequestInFlight): Promise<void>;
  /**
   * Called once nothing can be in flight: an inspection showed the effect, the service refused the request, or the
   * container is older than any request.
   */
  clearInFlight(): Promise<void>;
  /** Gives the lease back. One that cannot be given back runs out by itself. */
  release(): Promise<void>;
}

export interface Leases {
  /** Returns nothing while another worker has the lease. `name` is a normalized id of what is shared. */
  acquire(name: string): Promise<Lease | undefined>;
  /** The same for a name that may be made up: no blob is made for it. */
  acquireKnown(name: string): Promise<Lease | 'unknown' | undefined>;
  /** Acquires the lease, does the work and gives the lease back. */
  withLease<T>(name: string, work: (lease: Lease) => Promise<T>): Promise<T | 'busy'>;
}

type LeaseClock = Pick<Clock, 'now' | 'monotonicMs'>;

export function leases(blobs: Blobs, clock: LeaseClock): Leases {
  return { acquire, acquireKnown, withLease };

  async function acquire(resource: string): Promise<Lease | undefined> {
    const known = await acquireKnown(resource);
    if (known !== 'unknown') return known;
    const assumed = { sentuntil: later(clock.now(), longestRequestMs).toISOString(), assumed: 'true' };
    await blobs.create(blobName(resource), assumed);
    const made = await acquireKnown(resource);
    return made === 'unknown' ? undefined : made;
  }

  async function acquireKnown(resource: string): Promise<Lease | 'unknown' | undefined> {
    const name = blobName(resource);
    const sentAtMs = clock.monotonicMs();
    const answer = await blobs.acquire(name, leaseSeconds);
    if (answer.is !== 'ours') return answer.is === 'missing' ? 'unknown' : undefined;
    const id = answer.leaseId;
    try {
      const found = requestInFlightFrom((await blobs.metadata(name)) ?? {});
      const ours = lease({ blobs, clock, name, id, sentAtMs }, found);
      await endAssumption(ours);
      return ours;
    } catch (error) {
      await releaseBlob(blobs, name, id);
      throw error;
    }
  }

  /**
   * A lease blob that had to be made knows nothing about requests that were sent before. Either its resource is new, or
   * the container was deleted, together with the record of a request that may still take effect. The two look the same,
   * so the blob is made with a request in flight, and the container is read then, when we hold the lease in it: if it
   * is older than any request lives, nothing was forgotten (R34, storage has its own reasons). What an earlier read
   * showed would not do: another worker may have made the container since.
   */
  async function endAssumption(ours: Lease): Promise<void> {
    const { requestInFlight } = ours;
    if (!requestInFlight?.isAssumed || requestInFlight.until <= clock.now()) return;
    if ((await blobs.containerAgeMs()) >= longestRequestMs) await ours.clearInFlight();
  }

  async function withLease<T>(resource: string, work: (lease: Lease) => Promise<T>): Promise<T | 'busy'> {
    const acquired = await acquire(resource);
    if (!acquired) return 'busy';
    try {
      return await work(acquired);
    } finally {
      await acquired.release();
    }
  }
}

function blobName(resource: string): string {
  return resource.replace(/^\//, '');
}

async function releaseBlob(blobs: Blobs, name: string, id: string): Promise<void> {
  await undefinedIf('any failure', blobs.release(name, id));
}

function requestInFlightFrom({ sentuntil, sentfor, sentby, assumed }: Metadata): RequestInFlight | undefined {
  const until = new Date(sentuntil ?? NaN);
  if (Number.isNaN(until.getTime())) return undefined;
  return { until, replaces: sentfor, kind: sentby, ...(assumed && { isAssumed: true }) };
}

interface LeasedBlob {
  readonly blobs: Blobs;
  readonly clock: LeaseClock;
  readonly name: string;
  readonly id: string;
  /** When the request for the lease was sent. */
  readonly sentAtMs: number;
}

/**
 * A process can be suspended at any line, and must not send a write when another worker has the lease already (R5,
 * lease time left). So the end of the lease is counted from before the request for it was sent, on a clock that never
 * runs backwards, and a write is sent only if more time is left than it may take. Else the lease is renewed first. The
 * intent of a regenerate is a write of its own, which takes time: the time left is checked again behind it.
 */
function lease({ blobs, clock, name, id, sentAtMs }: LeasedBlob, found: RequestInFlight | undefined): Lease {
  let endsAtMs = sentAtMs + leaseSeconds * second;
  let requestInFlight = found;
  return {
    get requestInFlight() {
      return requestInFlight;
    },
    ensureTimeLeft,
    recordIntent: async ({ until, replaces, kind }) => {
      await ensureTimeLeft();
      const optional = { ...(replaces && { sentfor: replaces }), ...(kind && { sentby: kind }) };
      await blobs.setMetadata(name, { sentuntil: until.toISOString(), ...optional }, id);
      requestInFlight = { until, replaces, kind };
      await ensureTimeLeft();
    },
    clearInFlight: async () => {
      if (!requestInFlight) return;
      await ensureTimeLeft();
      await blobs.setMetadata(name, {}, id);
      requestInFlight = undefined;
    },
    release: () => releaseBlob(blobs, name, id),
  };

  async function ensureTimeLeft(): Promise<'enough' | 'renewed'> {
    if (endsAtMs - clock.monotonicMs() >= requestTimeoutMs + 5 * second) return 'enough';
    const renewedAtMs = clock.monotonicMs();
    if (!(await blobs.renew(name, id))) throw new OperationError('lease-lost');
    endsAtMs = renewedAtMs + leaseSeconds * second;
    return 'renewed';
  }
}

/**
 * Leaves enough of every lease for one write. Renewing one takes time of the others, so all are checked again behind
 * it.
 */
export async function ensureTimeLeft(held: readonly Lease[]): Promise<void> {
  let answers: readonly ('enough' | 'renewed')[];
  do {
    answers = await Promise.all(held.map((lease) => lease.ensureTimeLeft()));
  } while (answers.includes('renewed'));
}
