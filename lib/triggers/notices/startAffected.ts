import { isAnswered, needsAction } from '../../decide/notice.ts';
import { earliest, second } from '../../model/clock.ts';
import type { Reason } from '../../model/reason.ts';
import type { ListedTarget } from '../../model/snapshot.ts';
import type { RegenerationNotice } from '../../model/state.ts';
import { normalizedId } from '../../model/target.ts';
import type { ListedVault } from '../timers/listing.ts';
import type { VisitReport } from '../../reconcile/reconcile.ts';
import { unmuted, listTargets, type MutedTargets } from '../timers/listing.ts';
import { reportFailure } from '../../announcements/reportFailure.ts';
import { unexpectedErrors, visitAll, type SelectedTarget } from '../timers/sweep.ts';
import type { Services } from '../../reconcile/services.ts';
import { isAffected, isRegional, regionOf, type Notice } from './notice.ts';

export interface StartedTargets {
  /** Targets that the notices concern, whether or not there is anything left to do. */
  readonly affected: number;
  /** Of them, those that could not be brought to begin just now: ask again. */
  readonly left: number;
}

/** Lets every target that a notice concerns begin, unless it did since. Throws `Failure` where nothing can be told. */
export async function startAffected(
  services: Services,
  muted: MutedTargets,
  notices: readonly Notice[],
  deadline: Date,
): Promise<StartedTargets> {
  const seen = await listTargets(services, muted);
  const regions = notices.some(isRegional) ? await regionsOf(services) : new Map<string, string>();
  const affected = sightings(services, muted, seen).flatMap(({ target, state, createdOn }) => {
    const theirs = notices.filter((notice) =>
      isAffected(notice, target.resource, regions.get(normalizedId(target.resource))),
    );
    return theirs.length > 0 ? [{ target, state, createdOn, notice: together(theirs, services.clock.now()) }] : [];
  });
  const open = affected.filter((one) => needsAction(one, one.notice, services.clock.now()));
  const wanted = open.map(({ target, notice }): SelectedTarget => ({ target, request: { cause: 'notice', notice } }));
  const { reports, bugs } = await visitAll(services, muted, wanted, deadline);
  if (bugs.length > 0) throw unexpectedErrors(bugs);
  const unseen = seen.some(({ isComplete: whole }) => !whole) ? 1 : 0;
  const left = reports.filter((report, index) => isLeft(report, open[index]));
  return { affected: affected.length + unseen, left: services.settings.mode === 'observe' ? 0 : unseen + left.length };
}

interface Asked extends Pick<ListedTarget, 'target' | 'state' | 'createdOn'> {
  readonly notice: RegenerationNotice;
}

/** Observing, a target is told of once an hour. */
function sightings(services: Services, muted: MutedTargets, seen: readonly ListedVault[]): readonly ListedTarget[] {
  const all =
    services.settings.mode === 'observe' ? unmuted(services, muted, seen) : seen.flatMap((vault) => vault.targets);
  return all.filter(({ target }) => services.providers.of(target.kind)?.serviceHealthName);
}

/** One rotation answers them all. */
function together(notices: readonly Notice[], now: Date): RegenerationNotice {
  const [first] = notices.toSorted((a, b) => b.start.getTime() - a.start.getTime());
  const deadlines = notices.flatMap(({ deadline }) => (deadline && deadline > now ? deadline : []));
  const deadline = deadlines.length > 0 ? { deadline: secondBefore(earliest(...deadlines)) } : {};
  return { id: first?.id ?? '', start: first?.start ?? new Date(0), ...deadline };
}

/** Tags keep whole seconds, and a deadline must not be rounded up. */
function secondBefore(date: Date): Date {
  return new Date(Math.floor(date.getTime() / second) * second);
}

/** What time cures; everything else needs a person or a grant, and the target's tags say so. */
const passing: ReadonlySet<Reason> = new Set([
  ...(['throttled', 'outage', 'busy', 'lease-lost', 'changed-meanwhile', 'refused', 'proof-unknown'] as const),
  ...(['service-working', 'stale-read', 'drift-confirming', 'live-refused', 'request-in-flight'] as const),
]);

/** Not in the tags yet, although nothing but time is in its way. */
function isLeft(report: VisitReport | undefined, asked: Asked | undefined): boolean {
  if (!report || report.is === 'busy') return true;
  if (report.is === 'failed') return passing.has(report.reason);
  if (report.is !== 'visited' || !asked || isAnswered({ ...asked, state: report.state }, asked.notice)) return false;
  return report.state.rotation?.cause === 'emergency' || passing.has(whyNot(report));
}

function whyNot({ state, decision }: VisitReport & { is: 'visited' }): Reason {
  return state.wait?.reason ?? decision.reason;
}

/** Where every resource of these services is, in one query; without an answer each one counts. */
async function regionsOf(services: Services): Promise<ReadonlyMap<string, string>> {
  const types = services.providers.serviceHealthResourceTypes.map((type) => `'${type}'`).join(', ');
  try {
    const rows = await services.graph(`Resources | where type in~ (${types}) | project id, location | order by id asc`);
    return new Map(rows.map(({ id, location }) => [normalizedId(String(id)), regionOf(String(location))]));
  } catch (error) {
    reportFailure(services, error, { regions: 'cannot be listed' });
    return new Map();
  }
}
