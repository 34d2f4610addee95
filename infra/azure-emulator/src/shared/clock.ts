/** The local Azure's time: nothing in it asks the machine. */
export interface Clock {
  now(): Date;
  sleep(ms: number): Promise<void>;
}

export interface SteerableClock extends Clock {
  /** Moves time forward; whoever slept until then wakes. */
  advance(ms: number): void;
}

interface Sleeper {
  readonly dueMs: number;
  wake(): void;
}

/** The machine's time plus an offset that can be moved forward. */
export function systemClock(startOffsetMs = 0): SteerableClock {
  let offsetMs = startOffsetMs;
  const sleepers = new Set<Sleeper>();
  const nowMs = () => Date.now() + offsetMs;
  function advance(ms: number): void {
    offsetMs += ms;
    for (const sleeper of [...sleepers]) if (sleeper.dueMs <= nowMs()) sleeper.wake();
  }
  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(wake, ms);
      const sleeper: Sleeper = { dueMs: nowMs() + ms, wake };
      sleepers.add(sleeper);
      function wake(): void {
        clearTimeout(timer);
        sleepers.delete(sleeper);
        resolve();
      }
    });
  }
  return { now: () => new Date(nowMs()), sleep, advance };
}

/** A time that stands still until somebody sleeps (which takes no time) or moves it. */
export function manualClock(start: Date): SteerableClock {
  let nowMs = start.getTime();
  function advanceTo(ms: number): void {
    nowMs = Math.max(nowMs, ms);
  }
  return {
    now: () => new Date(nowMs),
    advance(ms) {
      advanceTo(nowMs + ms);
    },
    async sleep(ms) {
      const dueMs = nowMs + ms;
      await Promise.resolve();
      advanceTo(dueMs);
    },
  };
}
