import { OperationError } from '../../../lib/model/operationError.ts';
import { later, second } from '../../../lib/model/clock.ts';

export const faults = [
  'crash-before',
  'crash-after',
  'lost-response',
  'throttled',
  'server-error',
  /** No answer now; the effect comes later, within the time a request may be under way. */
  'late',
  /** Answered as always; the network delivers the request once more later. */
  'duplicate',
] as const;
export type Fault = (typeof faults)[number];

export function isForChanges(fault: Fault): boolean {
  return fault === 'late' || fault === 'duplicate';
}

/** How an effect came about: `sentAt` for one that lands late, `again` for a duplicate. */
export interface Arrival {
  readonly sentAt?: Date;
  readonly again?: true;
}

export interface Effect<T> {
  readonly name: string;
  /** How much later the request may still land; absent = it changes nothing. */
  readonly lateMs?: number;
  act(arrival: Arrival): T;
}

/** What happens at a numbered step, before or instead of its effect. */
export interface Plan {
  /** Called before each step with its number. */
  before(step: number): void;
  faultAt(step: number): Fault | undefined;
}

/** What one process can do: once it is over, nothing it asks for ever comes. */
export interface Doing {
  readonly now: Date;
  do<T>(effect: Effect<T>): Promise<T>;
}

/** Every request of the processes under test, in order; the manual clock; crashes. */
export class Effects {
  now: Date;
  readonly journal: string[] = [];
  readonly fired: Fault[] = [];
  /** Resolves when the process dies: its own promises never do, so no `finally` runs. */
  crashed: Promise<'crashed'>;
  #crash: () => void = () => undefined;
  #life = { isOver: false };
  #coming: { readonly at: Date; readonly act: () => void }[] = [];
  readonly #plan: Plan;

  constructor(plan: Plan, now: Date) {
    this.#plan = plan;
    this.now = now;
    this.crashed = this.restart();
  }

  restart(): Promise<'crashed'> {
    this.#life = { isOver: false };
    this.crashed = new Promise((resolve) => {
      this.#crash = () => {
        resolve('crashed');
      };
    });
    return this.crashed;
  }

  /** What comes by itself at its time. */
  after(ms: number, act: () => void): void {
    this.#coming.push({ at: later(this.now, ms), act });
    this.#coming.sort((one, other) => one.at.getTime() - other.at.getTime());
  }

  get nextComing(): Date | undefined {
    return this.#coming[0]?.at;
  }

  pass(ms: number): void {
    const until = later(this.now, ms);
    for (let next = this.#coming[0]; next && next.at <= until; next = this.#coming[0]) {
      this.#coming.shift();
      this.now = next.at;
      next.act();
    }
    this.now = until;
  }

  /** A numbered moment that is no request: a person may act in it. */
  moment(name: string): void {
    this.#plan.before(this.journal.push(name) - 1);
  }

  /** The hands of the process that runs now. */
  process(): Doing {
    const life = this.#life;
    const now = () => this.now;
    return {
      get now() {
        return now();
      },
      do: (effect) => (life.isOver ? new Promise(() => undefined) : this.do(effect)),
    };
  }

  async do<T>(effect: Effect<T>): Promise<T> {
    const step = this.journal.push(effect.name) - 1;
    this.pass(100);
    this.#plan.before(step);
    await Promise.resolve();
    const fault = this.#plan.faultAt(step);
    return fault ? this.#strike(fault, effect) : effect.act({});
  }

  #strike<T>(fault: Fault, effect: Effect<T>): T | Promise<T> {
    this.fired.push(fault);
    switch (fault) {
      case 'crash-before':
        return this.#die();
      case 'crash-after':
        effect.act({});
        return this.#die();
      case 'lost-response':
        effect.act({});
        throw new OperationError('outage', { code: 'ECONNRESET' });
      case 'throttled':
        throw new OperationError('throttled', { code: 'TooManyRequests', retryAfterMs: 30 * second, answered: true });
      case 'server-error':
        throw new OperationError('outage', { code: 'InternalServerError', answered: false });
      case 'late':
        this.#land(effect, { sentAt: this.now });
        throw new OperationError('outage', { code: 'ETIMEDOUT' });
      case 'duplicate':
        this.#land(effect, { sentAt: this.now, again: true });
        return effect.act({});
    }
  }

  #land<T>({ lateMs, act }: Effect<T>, arrival: Arrival): void {
    if (lateMs === undefined) return;
    this.after(lateMs, () => {
      try {
        act(arrival);
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
      }
    });
  }

  #die(): Promise<never> {
    this.#life.isOver = true;
    this.#crash();
    return new Promise(() => undefined);
  }
}
