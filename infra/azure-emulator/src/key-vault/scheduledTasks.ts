import type { Clock } from '../shared/clock.ts';

/** Work that a vault does by itself at a given time. */
export interface ScheduledTask {
  readonly dueMs: number;
  run(): void | Promise<void>;
}

/** A vault's scheduled work. It is done on the next request, or on `catchUp`. */
export interface ScheduledTasks {
  /** Does all due work in order of time. */
  catchUp(): Promise<void>;
  /** `Infinity` if nothing is scheduled. */
  nextDueMs(): number;
}

export function createScheduledTasks(clock: Clock, pending: () => readonly ScheduledTask[]): ScheduledTasks {
  let last = Promise.resolve();
  function next(): ScheduledTask | undefined {
    return pending().toSorted((one, other) => one.dueMs - other.dueMs)[0];
  }
  async function work(): Promise<void> {
    for (let task = next(); task && task.dueMs <= clock.now().getTime(); task = next()) await task.run();
  }
  /** Runs one after another: two concurrent runs would do the same task twice. */
  function catchUp(): Promise<void> {
    last = last.then(work);
    return last;
  }
  return { catchUp, nextDueMs: () => next()?.dueMs ?? Infinity };
}
