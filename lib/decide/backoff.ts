import { minute, second } from '../model/clock.ts';
import type { Wait } from '../model/state.ts';

const usual = { leastMs: 10 * second, mostMs: 15 * minute };

/** Returns how long to wait for a service that works: as long again as it has worked already, within the bounds. */
export function serviceBackoffMs(wait: Wait | undefined, now: Date, { leastMs, mostMs } = usual): number {
  const since = wait?.reason === 'service-working' ? wait.since : now;
  return Math.min(mostMs, Math.max(leastMs, now.getTime() - since.getTime()));
}
