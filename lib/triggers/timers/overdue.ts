import { overdueSince } from '../../decide/overdue.ts';
import { day, later } from '../../model/clock.ts';
import { secretUrl } from '../../model/target.ts';
import type { ListedVault } from './orphanedClaims.ts';
import type { MutedTargets } from './listing.ts';
import type { Services } from '../../reconcile/services.ts';

/** Notes what is too old, once a day by each instance: for an alert, whatever the reason that it was not rotated. */
export function noteOverdue({ clock, note }: Services, muted: MutedTargets, seen: readonly ListedVault[]): void {
  const now = clock.now();
  for (const listed of seen.flatMap(({ targets }) => targets)) {
    const late = overdueSince(listed, now);
    const secret = secretUrl(listed.target.secret);
    const noted = muted.get(`late ${secret}`);
    if (!late || (noted && noted > now)) continue;
    muted.set(`late ${secret}`, later(now, day));
    note(late.reason, { secret, since: late.since.toISOString() });
  }
}
