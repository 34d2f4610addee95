import type { SteerableClock } from '../../infra/azure-emulator/src/index.ts';
import type { Process } from './process.ts';

/** A request goes wrong in one of these ways, over HTTP or to a blob. */
export const faults = [
  'crash before',
  'crash after',
  'lost response',
  'throttled',
  'server error',
  'duplicate soon',
  'duplicate late',
  'late effect',
  'crash, late effect',
] as const;

/** Ways in which a read fails: an answer, no connection, no answer in time. */
export const readFaults = ['unavailable', 'connection reset', 'late effect', 'throttled'] as const;
export type ReadFault = (typeof readFaults)[number];
export type Fault = (typeof faults)[number] | ReadFault;

/**
 * Faults that differ in effect for a request that changes nothing. A crash after a read equals a crash before the next
 * request, a late read after a crash a crash before it, a lost answer an error of the server, and a read that arrives
 * twice one that does not.
 */
const faultsOfReads: readonly Fault[] = ['crash before', 'throttled', 'server error', 'late effect'];

const read = /^(GET |HEAD )|^POST .*(listkeys|resources)$|^(lease|claim) (metadata|list)$/i;

export function faultsOf(request: string): readonly Fault[] {
  return isRead(request) ? faultsOfReads : faults;
}

export function isRead(request: string): boolean {
  return read.test(request);
}

/** The request with this number, counted from 0 since the network was armed, meets this fault. */
export interface FaultAt {
  readonly at: number;
  readonly fault: Fault;
}

/** The nth request of a name meets this fault. */
export interface FaultAtNth {
  readonly request: RegExp;
  readonly nth: number;
  readonly fault: Fault;
}

export type RefusalStatus = 429 | 500 | 503;

/** One request on its way: what sending it does, and what its sender gets when that goes wrong. */
interface Request<T> {
  readonly name: string;
  send(): Promise<T>;
  refuse(status: RefusalStatus): Promise<T>;
  connectionLost(): Error;
}

/** A request that arrives when its sender no longer waits for it. */
interface Arrival {
  readonly is: 'duplicate' | 'late';
  readonly sentAt: Date;
}

interface Delayed extends Arrival {
  readonly dueMs: number;
  isDue(): boolean;
  send(): Promise<unknown>;
}

export interface Network {
  /** Every request and mark since the network was armed, in order. */
  readonly requests: readonly string[];
  /** How many of the planned faults came about. */
  readonly fired: number;
  /** The request that arrives now, if its sender does not wait for it. */
  readonly arriving: Arrival | undefined;
  /** No request is under way. */
  readonly isQuiet: boolean;
  /** When the next delayed request arrives by the passing of time. */
  readonly nextArrivalMs: number;
  /** Forgets the requests and faults so far. */
  arm(faults?: readonly (FaultAt | FaultAtNth)[]): void;
  plan(fault: FaultAt): void;
  /** A numbered moment that is no request. */
  mark(name: string): void;
  send<T>(process: Process, request: Request<T>): Promise<T>;
  /** Delivers every delayed request that is due. */
  deliverDue(): Promise<void>;
  /** Waits for the requests that were under way when their sender died. */
  drain(): Promise<void>;
}

interface NetworkOptions {
  readonly clock: SteerableClock;
  /** How long after it was sent a request may still take effect. */
  readonly requestLifetimeMs: number;
  /** Runs before each request and mark, with its number. */
  before(at: number): unknown;
}

const refusals = { throttled: 429, 'server error': 500, unavailable: 503 } as const;
const timeoutMs = 20_000;
/** A request takes this long, so that no two happen at the same time. */
const requestMs = 100;

export function createNetwork({ clock, requestLifetimeMs, before }: NetworkOptions): Network {
  const requests: string[] = [];
  const delayed = new Set<Delayed>();
  const underWay = new Set<Promise<void>>();
  let planned: (FaultAt | FaultAtNth)[] = [];
  let arriving: Arrival | undefined;
  let fired = 0;

  async function deliverDue(): Promise<void> {
    for (const request of [...delayed].filter((each) => each.isDue())) {
      delayed.delete(request);
      arriving = request;
      await request.send().catch(() => undefined);
      arriving = undefined;
    }
  }
  function delay(is: Arrival['is'], request: Request<unknown>): void {
    const sentAt = clock.now();
    const dueMs = sentAt.getTime() + requestLifetimeMs - 2_000;
    delayed.add({ is, sentAt, dueMs, isDue: () => clock.now().getTime() >= dueMs, send: () => request.send() });
  }
  function repeatSoon(request: Request<unknown>): void {
    const count = requests.length;
    const isDue = () => requests.length >= count + 2;
    delayed.add({ is: 'duplicate', sentAt: clock.now(), dueMs: Infinity, isDue, send: () => request.send() });
  }
  function tracked<T>(sent: Promise<T>): Promise<T> {
    const arrival = sent.then(
      () => undefined,
      () => undefined,
    );
    underWay.add(arrival);
    void arrival.then(() => underWay.delete(arrival));
    return sent;
  }
  async function drain(): Promise<void> {
    await Promise.all(underWay);
  }
  async function send<T>(process: Process, request: Request<T>): Promise<T> {
    if (process.isOver) return never();
    await deliverDue();
    const at = requests.push(request.name) - 1;
    clock.advance(requestMs);
    await before(at);
    const fault = faultAt(at);
    if (!fault) return tracked(request.send());
    fired += 1;
    return sendWith(fault, process, request);
  }
  function faultAt(at: number): Fault | undefined {
    const found = planned.find((each) => ('at' in each ? each.at === at : isNth(each, requests)));
    planned = planned.filter((each) => each !== found);
    return found?.fault;
  }
  async function sendWith<T>(fault: Fault, process: Process, request: Request<T>): Promise<T> {
    if (isRefusal(fault)) return request.refuse(refusals[fault]);
    switch (fault) {
      case 'crash before':
        process.end();
        return never();
      case 'crash after':
        await request.send();
        process.end();
        return never();
      case 'lost response':
        await request.send();
        throw request.connectionLost();
      case 'connection reset':
        throw request.connectionLost();
      case 'duplicate soon':
        repeatSoon(request);
        return request.send();
      case 'duplicate late':
        delay('duplicate', request);
        return request.send();
      case 'late effect':
        delay('late', request);
        await drain();
        await clock.sleep(timeoutMs);
        throw request.connectionLost();
      case 'crash, late effect':
        delay('late', request);
        process.end();
        return never();
    }
  }
  return {
    requests,
    get fired() {
      return fired;
    },
    get arriving() {
      return arriving;
    },
    get isQuiet() {
      return delayed.size === 0;
    },
    get nextArrivalMs() {
      return Math.min(Infinity, ...[...delayed].map(({ dueMs }) => dueMs));
    },
    arm(next = []) {
      planned = [...next];
      requests.length = 0;
      fired = 0;
    },
    plan(fault) {
      planned.push(fault);
    },
    mark(name) {
      void before(requests.push(name) - 1);
    },
    send,
    deliverDue,
    drain,
  };
}

function isRefusal(fault: Fault): fault is keyof typeof refusals {
  return Object.hasOwn(refusals, fault);
}

function isNth({ request, nth }: FaultAtNth, requests: readonly string[]): boolean {
  return request.test(requests.at(-1) ?? '') && requests.filter((name) => request.test(name)).length === nth;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
