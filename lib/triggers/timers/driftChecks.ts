import { driftSweepMs, isTurnForDriftCheck } from '../../decide/sweepSelection.ts';
import { later } from '../../model/clock.ts';
import type { ListedTarget } from '../../model/snapshot.ts';
import { secretUrl } from '../../model/target.ts';
import type { VisitReport } from '../../reconcile/reconcile.ts';
import type { Services } from '../../reconcile/services.ts';
import { unmuted, type ListedVault, type InstanceMemory, type SelectedTarget } from './listing.ts';

/**
 * Selects this sweep's share of checks for drift, and those that an earlier sweep owes: because the list of the vault
 * broke off, because the time ran out, or because the check failed before the tags could remember that. Without this a
 * missed check would come a whole round later (R48, look before acknowledging).
 */
export function driftChecks(
  services: Pick<Services, 'clock'>,
  memory: InstanceMemory,
  vaults: readonly ListedVault[],
): readonly SelectedTarget[] {
  const now = services.clock.now();
  return vaults.flatMap((vault) => {
    const brokenOff = `list broken off ${vault.vaultUrl}`;
    const since = memory.get(brokenOff);
    const listed = unmuted(services, memory, [vault]);
    const isTurn = (one: ListedTarget) => isTurnForDriftCheck(one, now, memory.get(turnsSeen(one)) ?? since);
    const checked = listed.filter((one) => memory.has(owed(one)) || isTurn(one));
    if (vault.isComplete) memory.delete(brokenOff);
    else if (!since) memory.set(brokenOff, later(now, -driftSweepMs));
    for (const one of listed) {
      if (vault.isComplete) memory.delete(turnsSeen(one));
      else memory.set(turnsSeen(one), now);
    }
    return checked.map(({ target }): SelectedTarget => ({ target, request: { cause: 'schedule', checkLive: true } }));
  });
}

/** Remembers in this instance which of the checks are still owed. */
export function rememberOwed(
  memory: InstanceMemory,
  checks: readonly SelectedTarget[],
  reports: readonly (VisitReport | undefined)[],
  now: Date,
): void {
  for (const [index, check] of checks.entries()) {
    if (isOwed(reports[index])) memory.set(owed(check), now);
    else memory.delete(owed(check));
  }
}

/** A page showed the target at this time, although the list broke off later. */
function turnsSeen({ target }: ListedTarget): string {
  return `turns seen ${secretUrl(target.secret)}`;
}

function isOwed(report: VisitReport | undefined): boolean {
  return !report || report.is === 'busy' || (report.is === 'failed' && !report.isSaved);
}

function owed({ target }: Pick<SelectedTarget, 'target'>): string {
  return `check owed ${secretUrl(target.secret)}`;
}
