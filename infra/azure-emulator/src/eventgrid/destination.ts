import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { secondMs } from './retry.ts';

/** Carries a request to a receiver: `fetch`, or a handler in the same process. */
export type Deliver = (request: Request) => Promise<Response>;

/** Event Grid waits this long for an answer; the receiver may go on working. */
export const answerWithinMs = 30 * secondMs;

/** The answer, unless it took too long by the machine's time or by the clock's. */
export async function answerOf(
  clock: Clock,
  deliver: Deliver,
  request: Request,
): Promise<Response | 'timeout' | 'unreachable'> {
  const startMs = clock.now().getTime();
  const answer = await inTime(deliver(request).catch(() => 'unreachable' as const));
  return clock.now().getTime() - startMs > answerWithinMs ? 'timeout' : answer;
}

async function inTime<T>(work: Promise<T>): Promise<T | 'timeout'> {
  const answered = new AbortController();
  const late = sleep(answerWithinMs, 'timeout' as const, { ref: false, signal: answered.signal });
  try {
    return await Promise.race([work, late.catch(() => 'timeout' as const)]);
  } finally {
    answered.abort();
  }
}
