import type { LimitClock } from '../../lib/azure/timeLimit.ts';

/** The machine's own time, so many times as fast. Its timers do not keep the process. */
function machineTime(factor: number): LimitClock {
  return {
    monotonicMs: () => performance.now() * factor,
    after: (ms, act) => {
      const timer = setTimeout(act, ms / factor).unref();
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

export const realTime = machineTime(1);

/** For what hangs on real sockets: 20 seconds are a fifth of one. Nothing else is expected to end within them. */
export const fastTime = machineTime(100);

/** A lease with time left. */
export const held = { ensureTimeLeft: () => Promise.resolve('enough' as const) };

/** Timers that go off when a test moves its clock on and runs them. */
export class VirtualTimers {
  readonly #waiting = new Set<{ readonly dueMs: number; readonly act: () => void }>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  readonly after: LimitClock['after'] = (ms, act) => {
    const timer = { dueMs: this.#nowMs() + ms, act };
    this.#waiting.add(timer);
    return () => this.#waiting.delete(timer);
  };

  runDue(): void {
    for (const timer of [...this.#waiting].filter(({ dueMs }) => dueMs <= this.#nowMs())) {
      this.#waiting.delete(timer);
      timer.act();
    }
  }
}
