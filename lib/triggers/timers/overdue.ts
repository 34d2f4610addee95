import { overdueSince } from '../../decide/overdue.ts';
import { day, later } from '../../model/clock.ts';
import { secretUrl } from '../../model/target.ts';
import type { Services } from '../../reconcile/services.ts';
import type { ListedVault, InstanceMemory } from './listing.ts';

/** Notes each target that is overdue or past its expiry, once a day, for an alert: whatever kept it from rotating. */
export function noteOverdue({ clock, note }: Services, memory: InstanceMemory, vaults: readonly ListedVault[]): void {
  const now = clock.now();
  for (const listed of vaults.flatMap(({ targets }) => targets)) {
    const overdue = overdueSince(listed, now);
    const secret = secretUrl(listed.target.secret);
    const notedUntil = memory.get(`overdue ${secret}`);
    if (!overdue || (notedUntil && notedUntil > now)) continue;
    memory.set(`overdue ${secret}`, later(now, day));
    note(overdue.reason, { secret, since: overdue.since.toISOString() });
  }
}
