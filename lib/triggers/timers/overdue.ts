import { lateness } from '../../decide/overdue.ts';
import { day, later } from '../../model/clock.ts';
import { secretUrl } from '../../model/target.ts';
import type { Seen } from './orphanedClaims.ts';
import type { Memory } from './listing.ts';
import type { Core } from '../../reconcile/visit.ts';

/** Notes what is too old, once a day by each instance: for an alert, whatever the reason that it was not rotated. */
export function noteLate({ clock, note }: Core, memory: Memory, seen: readonly Seen[]): void {
  const now = clock.now();
  for (const sighting of seen.flatMap(({ sightings }) => sightings)) {
    const late = lateness(sighting, now);
    const secret = secretUrl(sighting.target.secret);
    const noted = memory.get(`late ${secret}`);
    if (!late || (noted && noted > now)) continue;
    memory.set(`late ${secret}`, later(now, day));
    note(late.reason, { secret, since: late.since.toISOString() });
  }
}
