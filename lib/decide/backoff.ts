import { minute, second } from '../model/clock.ts';
import type { Wait } from '../model/state.ts';

/** Milliseconds to the next look at what the service works on: as long again as it has lasted, 10 s to 15 minutes. */
export function serviceBackoffMs(wait: Wait | undefined, now: Date): number {
  const since = wait?.reason === 'service-working' ? wait.since : now;
  return Math.min(15 * minute, Math.max(10 * second, now.getTime() - since.getTime()));
}
