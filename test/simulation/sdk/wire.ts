import type { SteerableClock } from '../../../infra/azure-emulator/src/index.ts';
import type { Process } from './process.ts';
import { isStruck, type Fault, type Strike, type StrikeWhere } from './strike.ts';

/** One request on its way: what sending it does, and what its sender sees when that goes wrong. */
interface Passing<T> {
  readonly name: string;
  send(): Promise<T>;
  refuse(status: 429 | 500): Promise<T>;
  lost(): Error;
}

/** A request that arrives when its sender does not wait for it any more. */
interface Late {
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
  /** Lets arrive what was on its way when its sender died. */
  arrived(): Promise<void>;
}

const timeoutMs = 20_000;

/** `flightMs`: how long after it was sent a request may still take effect. */
export function createWire(clock: SteerableClock, flightMs: number): Wire {
  const passed: string[] = [];
  const flying = new Set<Flying>();
  const onTheWay = new Set<Promise<void>>();
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
  /** What is sent takes no time, whatever happens meanwhile. */
  function known<T>(sent: Promise<T>): Promise<T> {
    const arrival = sent.then(
      () => undefined,
      () => undefined,
    );
    onTheWay.add(arrival);
    void arrival.then(() => onTheWay.delete(arrival));
    return sent;
  }
  async function arrived(): Promise<void> {
    await Promise.all(onTheWay);
  }
  async function pass<T>(process: Process, request: Passing<T>): Promise<T> {
    if (process.isOver) return never();
    await land();
    passed.push(request.name);
    if (!strike || !isStruck(strike, passed)) return known(request.send());
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
        await arrived();
        await clock.sleep(timeoutMs);
        throw request.lost();
      case 'crash, late effect':
        fly('late', request, after(flightMs - 2_000));
        process.end();
        return never();
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
    arrived,
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
