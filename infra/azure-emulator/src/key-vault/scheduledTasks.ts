import type { Clock } from '../shared/clock.ts';

/** Something a vault does by itself when its time has come. */
export interface ScheduledTask {
  readonly dueMs: number;
  run(): void | Promise<void>;
}

/** A vault's time: it passes whenever somebody looks at the vault, or is told to catch up. */
export interface ScheduledTasks {
  /** Does everything that has come due since, in order of time. */
  catchUp(): Promise<void>;
  /** `Infinity` where nothing is to come. */
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
  /** One after another: two who look at once would do the same task twice. */
  function catchUp(): Promise<void> {
    last = last.then(work);
    return last;
  }
  return { catchUp, nextDueMs: () => next()?.dueMs ?? Infinity };
}
