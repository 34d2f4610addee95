import type { LimitClock } from '../../lib/azure/timeLimit.ts';

/** The machine's own time, whose timers do not keep the process. */
export const realTime: LimitClock = {
  monotonicMs: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

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
