import type { SteerableClock } from '../../../infra/local/azure/clock.ts';

/** What can happen to one request, whether it goes over HTTP or to a blob. */
export const faults = [
  'crash before',
  'crash after',
  'lost response',
  'throttled',
  'server error',
  'duplicate soon',
  'duplicate late',
  'late effect',
] as const;
export type Fault = (typeof faults)[number];

/** The request with this number, counted from 0 since the wire was armed, meets this fault. */
export interface Strike {
  readonly at: number;
  readonly fault: Fault;
}

/** The same for the nth request of a name. */
export interface StrikeWhere {
  readonly request: RegExp;
  readonly nth: number;
  readonly fault: Fault;
}

/** One request on its way: what sending it does, and what its sender sees when that goes wrong. */
export interface Passing<T> {
  readonly name: string;
  send(): Promise<T>;
  refuse(status: 429 | 500): Promise<T>;
  lost(): Error;
}

/** The app's process: once it is over, nothing it waits for ever comes. */
export interface Process {
  readonly isOver: boolean;
  readonly ended: Promise<'ended'>;
  end(): void;
}

export function newProcess(): Process {
  let over = false;
  let ending: () => void = () => undefined;
  const ended = new Promise<'ended'>((resolve) => (ending = () => resolve('ended')));
  return {
    get isOver() {
      return over;
    },
    ended,
    end() {
      over = true;
      ending();
    },
  };
}

/** A request that arrives when its sender does not wait for it any more. */
export interface Late {
  readonly is: 'duplicate' | 'late';
  readonly sentAt: Date;
}

interface Flying extends Late {
  isDue(): boolean;
  send(): Promise<unknown>;
}

export interface Wire {
  /** Every request since the wire was armed, in order. */
  readonly passed: readonly string[];
  readonly fired: boolean;
  /** What arrives just now, if nobody waits for it. */
  readonly arriving: Late | undefined;
  readonly isQuiet: boolean;
  arm(strike: Strike | StrikeWhere | undefined): void;
  pass<T>(process: Process, request: Passing<T>): Promise<T>;
  /** Lets arrive what is due. */
  land(): Promise<void>;
}

const timeoutMs = 20_000;

/** `flightMs`: how long after it was sent a request may still take effect. */
export function createWire(clock: SteerableClock, flightMs: number): Wire {
  const passed: string[] = [];
  const flying = new Set<Flying>();
  let strike: Strike | StrikeWhere | undefined;
  let arriving: Late | undefined;
  let fired = false;

  async function land(): Promise<void> {
    for (const late of [...flying].filter((each) => each.isDue())) {
      flying.delete(late);
      arriving = late;
      await late.send().catch(() => undefined);
      arriving = undefined;
    }
  }
  function fly(is: Late['is'], request: Passing<unknown>, isDue: () => boolean): void {
    flying.add({ is, sentAt: clock.now(), isDue, send: () => request.send() });
  }
  function after(ms: number): () => boolean {
    const dueMs = clock.now().getTime() + ms;
    return () => clock.now().getTime() >= dueMs;
  }
  async function pass<T>(process: Process, request: Passing<T>): Promise<T> {
    if (process.isOver) return never();
    await land();
    passed.push(request.name);
    if (!strike || !isStruck(strike, passed)) return request.send();
    fired = true;
    return struck(strike.fault, process, request);
  }
  async function struck<T>(fault: Fault, process: Process, request: Passing<T>): Promise<T> {
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
        throw request.lost();
      case 'throttled':
        return request.refuse(429);
      case 'server error':
        return request.refuse(500);
      case 'duplicate soon': {
        const seen = passed.length;
        fly('duplicate', request, () => passed.length >= seen + 2);
        return request.send();
      }
      case 'duplicate late':
        fly('duplicate', request, after(flightMs - 2_000));
        return request.send();
      case 'late effect':
        fly('late', request, after(flightMs - 2_000));
        await clock.sleep(timeoutMs);
        throw request.lost();
    }
  }
  return {
    passed,
    get fired() {
      return fired;
    },
    get arriving() {
      return arriving;
    },
    get isQuiet() {
      return flying.size === 0;
    },
    arm(next) {
      strike = next;
      passed.length = 0;
      fired = false;
    },
    pass,
    land,
  };
}

function isStruck(strike: Strike | StrikeWhere, passed: readonly string[]): boolean {
  if ('at' in strike) return strike.at === passed.length - 1;
  const { request, nth } = strike;
  return request.test(passed.at(-1) ?? '') && passed.filter((name) => request.test(name)).length === nth;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
