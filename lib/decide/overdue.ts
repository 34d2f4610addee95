import { day, later } from '../model/clock.ts';
import { isSeenTo, type Reason } from '../model/reason.ts';
import type { Sighting } from '../model/snapshot.ts';
import { dueAt, expiryOf } from './due.ts';

/** Longer than a start window, a back-off and a cap delay what is due. */
const patienceMs = 2 * day;

/** From a list page: is the current version too old, and since when? Whoever paused it knows. */
export function lateness(
  { target, state, ...dates }: Sighting,
  now: Date,
): { reason: Reason; since: Date } | undefined {
  if (target.wishes.paused || isSeenTo(state.wait?.reason)) return undefined;
  const dated = { target, secret: dates };
  const expiry = expiryOf(dated);
  if (expiry <= now) return { reason: 'past-expiry', since: expiry };
  const due = dueAt(dated, 0);
  return later(due, patienceMs) <= now ? { reason: 'overdue', since: due } : undefined;
}
