import { answers, concerns } from '../../decide/notice.ts';
import { earliest, second } from '../../model/clock.ts';
import type { Reason } from '../../model/reason.ts';
import type { Sighting } from '../../model/snapshot.ts';
import type { Noticed } from '../../model/state.ts';
import { normalised } from '../../model/target.ts';
import type { Seen } from '../timers/orphanedClaims.ts';
import type { Report } from '../../reconcile/reconcile.ts';
import { awake, lists, type Memory } from '../timers/listing.ts';
import { noted } from '../../announcements/reportFailure.ts';
import { unexpected, visitAll, type Wanted } from '../timers/sweep.ts';
import type { Core } from '../../reconcile/visit.ts';
import { affects, isRegional, regionOf, type Notice } from './notice.ts';

export interface Taken {
  /** Targets that the notices concern, whether or not there is anything left to do. */
  readonly affected: number;
  /** Of them, those that could not be brought to begin just now: ask again. */
  readonly left: number;
}

/** Lets every target that a notice concerns begin, unless it did since. Throws `Failure` where nothing can be told. */
export async function take(core: Core, memory: Memory, notices: readonly Notice[], deadline: Date): Promise<Taken> {
  const seen = await lists(core, memory);
  const regions = notices.some(isRegional) ? await regionsOf(core) : new Map<string, string>();
  const affected = sightings(core, memory, seen).flatMap(({ target, state, createdOn }) => {
    const theirs = notices.filter((notice) =>
      affects(notice, target.resource, regions.get(normalised(target.resource))),
    );
    return theirs.length > 0 ? [{ target, state, createdOn, notice: together(theirs, core.clock.now()) }] : [];
  });
  const open = affected.filter((one) => concerns(one, one.notice, core.clock.now()));
  const wanted = open.map(({ target, notice }): Wanted => ({ target, ask: { cause: 'notice', notice } }));
  const { reports, bugs } = await visitAll(core, memory, wanted, deadline);
  if (bugs.length > 0) throw unexpected(bugs);
  const unseen = seen.some(({ whole }) => !whole) ? 1 : 0;
  const left = reports.filter((report, index) => isLeft(report, open[index]));
  return { affected: affected.length + unseen, left: core.settings.mode === 'observe' ? 0 : unseen + left.length };
}

interface Asked extends Pick<Sighting, 'target' | 'state' | 'createdOn'> {
  readonly notice: Noticed;
}

/** Observing, a target is told of once an hour. */
function sightings(core: Core, memory: Memory, seen: readonly Seen[]): readonly Sighting[] {
  const all = core.settings.mode === 'observe' ? awake(core, memory, seen) : seen.flatMap((vault) => vault.sightings);
  return all.filter(({ target }) => core.providers.of(target.kind)?.noticedAs);
}

/** One rotation answers them all. */
function together(notices: readonly Notice[], now: Date): Noticed {
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
function isLeft(report: Report | undefined, asked: Asked | undefined): boolean {
  if (!report || report.is === 'busy') return true;
  if (report.is === 'failed') return passing.has(report.reason);
  if (report.is !== 'visited' || !asked || answers({ ...asked, state: report.state }, asked.notice)) return false;
  return report.state.rotation?.cause === 'emergency' || passing.has(whyNot(report));
}

function whyNot({ state, decision }: Report & { is: 'visited' }): Reason {
  return state.wait?.reason ?? decision.reason;
}

/** Where every resource of these services is, in one query; without an answer each one counts. */
async function regionsOf(core: Core): Promise<ReadonlyMap<string, string>> {
  const types = core.providers.noticedTypes.map((type) => `'${type}'`).join(', ');
  try {
    const rows = await core.graph(`Resources | where type in~ (${types}) | project id, location | order by id asc`);
    return new Map(rows.map(({ id, location }) => [normalised(String(id)), regionOf(String(location))]));
  } catch (error) {
    noted(core, error, { regions: 'cannot be listed' });
    return new Map();
  }
}
