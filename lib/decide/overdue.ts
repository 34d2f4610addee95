import { day, later } from '../model/clock.ts';
import { hasClass, type Reason } from '../model/reason.ts';
import type { ListedTarget } from '../model/snapshot.ts';
import { dueAt, expiryOf } from './due.ts';

/** Longer than a start window, a back-off or the cap of a sweep delays a rotation. */
const patienceMs = 2 * day;

/** Returns since when the current version is too old. A paused target is never overdue: its owner knows. */
export function overdueSince(
  { target, state, ...dates }: ListedTarget,
  now: Date,
): { reason: Reason; since: Date } | undefined {
  if (target.options.paused || hasClass(state.wait?.reason, 'nothing-to-rotate')) return undefined;
  const dated = { target, secret: dates };
  const expiry = expiryOf(dated);
  if (expiry <= now) return { reason: 'past-expiry', since: expiry };
  const due = dueAt(dated, 0);
  return later(due, patienceMs) <= now ? { reason: 'overdue', since: due } : undefined;
}
