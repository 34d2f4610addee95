import type { Clock } from '../shared/clock.ts';
import type { CloudEvent } from './cloudEvent.ts';

/** Something that is to happen at a time: a delivery, an expiry, a dead letter. */
interface ScheduledItem {
  readonly dueMs: number;
  /** What is delivered, where it is a delivery. */
  readonly event?: CloudEvent;
  run(): void | Promise<void>;
}

/** Puts what is due at once into another order. */
export type Order = (due: readonly ScheduledItem[]) => readonly ScheduledItem[];

/** What is to come, in order of time. It passes when somebody pumps or, once started, by itself. */
export interface DeliveryScheduler {
  add(item: ScheduledItem): void;
  nextDue(): Date | undefined;
  /** Does everything that is due now, and what becomes due by it; things due together overlap. */
  pump(): Promise<void>;
  start(): void;
  close(): void;
}

/** The clock may be moved at any time, so a long wait looks again this often. */
const pollMs = 200;
const maxRounds = 1_000;

export function createDeliveryScheduler(clock: Clock, order: Order): DeliveryScheduler {
  const items = new Set<ScheduledItem>();
  let timer: NodeJS.Timeout | undefined;
  let runs = false;
  function add(item: ScheduledItem): void {
    items.add(item);
    if (runs) wait();
  }
  function takeDue(): readonly ScheduledItem[] {
    const nowMs = clock.now().getTime();
    const due = [...items].filter(({ dueMs }) => dueMs <= nowMs).toSorted((one, other) => one.dueMs - other.dueMs);
    for (const item of due) items.delete(item);
    return due.length > 1 ? order(due) : due;
  }
  async function pump(): Promise<void> {
    for (let round = 0; round < maxRounds; round += 1) {
      const due = takeDue();
      if (due.length === 0) return;
      await Promise.all(due.map(async (item) => item.run()));
    }
    throw new Error('Events breed events without end, and no time passes.');
  }
  function nextMs(): number {
    return Math.min(...[...items].map(({ dueMs }) => dueMs));
  }
  function wait(): void {
    clearTimeout(timer);
    const waitMs = Math.max(0, Math.min(nextMs() - clock.now().getTime(), pollMs));
    if (items.size > 0) timer = setTimeout(tick, waitMs).unref();
  }
  function tick(): void {
    for (const item of takeDue()) void item.run();
    wait();
  }
  function start(): void {
    runs = true;
    wait();
  }
  function close(): void {
    runs = false;
    clearTimeout(timer);
  }
  return { add, nextDue: () => (items.size > 0 ? new Date(nextMs()) : undefined), pump, start, close };
}
