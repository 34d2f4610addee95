import { minute, second } from '../model/clock.ts';
import type { Wait } from '../model/state.ts';

const usual = { leastMs: 10 * second, mostMs: 15 * minute };

/** Returns the pause before a service is asked again: as long as it has worked already, within the bounds. */
export function serviceBackoffMs(wait: Wait | undefined, now: Date, { leastMs, mostMs } = usual): number {
  const since = wait?.reason === 'service-working' ? wait.since : now;
  return Math.min(mostMs, Math.max(leastMs, now.getTime() - since.getTime()));
}
