import { hour, later, minute, second } from '../../../lib/model/clock.ts';
import type { Effects } from './effects.ts';

/** What becomes of one event: after how long it arrives, each time it does; lost if never. */
export type Fate = readonly number[];

/** Functions that events come to. */
export type Receiver = 'keyVault' | 'resource' | 'notice' | 'phaseDue';

export interface Counts {
  events: number;
  deliveries: number;
  duplicates: number;
  drops: number;
  redeliveries: number;
}

/** Answers whether the function ended well; a process that dies answers nothing. */
type Deliver = (to: Receiver, event: object) => Promise<boolean>;

/**
 * Event Grid: 10 and 30 seconds, 1, 5 and 10 minutes, then longer, and for a day at most (azure-facts: Event Grid
 * delivery).
 */
const againMs = [10 * second, 30 * second, minute, 5 * minute, 10 * minute, 30 * minute];
const afterwardsMs = hour;
const livesMs = 24 * hour;
const onTime: Fate = [2 * second];

/** Brings events to functions, as badly as their fates want it. */
export class Post {
  readonly counts: Counts = { events: 0, deliveries: 0, duplicates: 0, drops: 0, redeliveries: 0 };
  /** From then on nothing is delivered any more. */
  isClosed = false;
  readonly #effects: Effects;
  readonly #deliver: Deliver;
  readonly #fates: Fate[];
  readonly #running = new Set<Promise<void>>();

  constructor(effects: Effects, fates: readonly Fate[], deliver: Deliver) {
    this.#effects = effects;
    this.#fates = [...fates];
    this.#deliver = deliver;
  }

  send(to: Receiver, event: object): void {
    const fate = this.#fates.shift() ?? onTime;
    this.counts.events += 1;
    this.counts.duplicates += Math.max(0, fate.length - 1);
    if (fate.length === 0) this.counts.drops += 1;
    const until = later(this.#effects.now, livesMs);
    for (const ms of fate) this.#come(to, event, { ms, attempt: 0, until });
  }

  /** Everything that was delivered has been worked on. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #come(to: Receiver, event: object, { ms, attempt, until }: { ms: number; attempt: number; until: Date }): void {
    this.#effects.after(ms, () => {
      if (this.isClosed || this.#effects.now > until) return;
      const work = this.#attempt(to, event).then((isWell) => {
        if (isWell) return;
        this.counts.redeliveries += 1;
        this.#come(to, event, { ms: againMs[attempt] ?? afterwardsMs, attempt: attempt + 1, until });
      });
      const known = work.finally(() => this.#running.delete(known));
      this.#running.add(known);
    });
  }

  /** Not in the middle of what lets the time pass. */
  async #attempt(to: Receiver, event: object): Promise<boolean> {
    await Promise.resolve();
    this.counts.deliveries += 1;
    return this.#deliver(to, event);
  }
}
