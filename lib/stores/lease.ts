import { later, minute, second, type Clock } from '../model/clock.ts';
import { Failure } from '../model/operationError.ts';
import type { Flight } from '../model/snapshot.ts';
import { requestTimeoutMs } from '../azure/clients.ts';
import type { Blobs, Metadata } from './blobs.ts';

const leaseSeconds = 60;
/** What may be under way when nothing is known of the past: the longest flight of any kind. */
const unknownFlightMs = 5 * minute;

/** The right to decide on one resource. */
export interface Lease {
  readonly flight: Flight | undefined;
  /** Before every write: as much lease is left as a request may take, or the visit is over (R5). */
  assure(): Promise<void>;
  /** Before every regenerate (R4): `of` is the fingerprint that it replaces, if it replaces one. */
  sending(of: string | undefined, until: Date): Promise<void>;
  /** A look showed the effect, or the service's answer that there is none. */
  landed(): Promise<void>;
}

export interface Leases {
  /** `name` is a normalised resource id. */
  whileHolding<T>(name: string, work: (lease: Lease) => Promise<T>): Promise<T | 'busy'>;
}

export function leases(blobs: Blobs, clock: Clock): Leases {
  let ready: Promise<Metadata> | undefined;
  /** A container newly made says nothing of what is under way. */
  const container = () => {
    ready ??= blobs.container({ sentuntil: later(clock.now(), unknownFlightMs).toISOString() });
    ready.catch(() => (ready = undefined));
    return ready;
  };
  return {
    whileHolding: async (resource, work) => {
      const { sentuntil } = await container();
      const name = blobName(resource);
      const sentAtMs = clock.monotonicMs();
      const id = await acquired(blobs, name);
      if (!id) return 'busy';
      try {
        const flight =
          flightFrom((await blobs.metadata(name)) ?? {}) ?? flightFrom({ ...(sentuntil && { sentuntil }) });
        return await work(lease({ blobs, clock, name, id }, sentAtMs, flight));
      } finally {
        await released(blobs, name, id);
      }
    },
  };
}

function blobName(resource: string): string {
  return resource.replace(/^\//, '');
}

async function acquired(blobs: Blobs, name: string): Promise<string | undefined> {
  let answer = await blobs.acquire(name, leaseSeconds);
  if (answer.is === 'missing') {
    await blobs.create(name, {});
    answer = await blobs.acquire(name, leaseSeconds);
  }
  return answer.is === 'ours' ? answer.leaseId : undefined;
}

/** What cannot be given back runs out by itself. */
async function released(blobs: Blobs, name: string, id: string): Promise<void> {
  try {
    await blobs.release(name, id);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

function flightFrom({ sentuntil, sentfor }: { sentuntil?: string; sentfor?: string }): Flight | undefined {
  const until = new Date(sentuntil ?? NaN);
  return Number.isNaN(until.getTime()) ? undefined : { until, ...(sentfor && { of: sentfor }) };
}

interface Held {
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly name: string;
  readonly id: string;
}

/** The end is counted from before the request was sent, on a clock that never runs backwards. */
function lease({ blobs, clock, name, id }: Held, sentAtMs: number, found: Flight | undefined): Lease {
  let endsAtMs = sentAtMs + leaseSeconds * second;
  let flight = found;
  const assure = async () => {
    if (endsAtMs - clock.monotonicMs() >= requestTimeoutMs + 5 * second) return;
    const renewedAtMs = clock.monotonicMs();
    if (!(await blobs.renew(name, id))) throw new Failure('lease-lost');
    endsAtMs = renewedAtMs + leaseSeconds * second;
  };
  return {
    get flight() {
      return flight;
    },
    assure,
    sending: async (of, until) => {
      await assure();
      await blobs.setMetadata(name, { sentuntil: until.toISOString(), ...(of && { sentfor: of }) }, id);
      flight = { until, ...(of && { of }) };
      await assure();
    },
    landed: async () => {
      if (!flight) return;
      await assure();
      await blobs.setMetadata(name, {}, id);
      flight = undefined;
    },
  };
}
