import { concerns } from '../decide/notice.ts';
import { Failure } from '../model/failure.ts';
import type { Sighting } from '../model/snapshot.ts';
import { normalised } from '../model/target.ts';
import type { Report } from '../reconcile.ts';
import { awake, lists, type Memory } from '../sightings.ts';
import { visitAll, type Wanted } from '../sweep.ts';
import type { Core } from '../visit.ts';
import { affects, isRegional, regionOf, type Notice } from './notice.ts';

export interface Taken {
  /** Targets that the notices concern, whether or not there is anything left to do. */
  readonly affected: number;
  /** Of them, those that could not be brought to begin just now: ask again. */
  readonly left: number;
}

/** Lets every target that a notice concerns begin, unless it did so since. Throws `Failure` where nothing can be told. */
export async function take(core: Core, memory: Memory, notices: readonly Notice[], deadline: Date): Promise<Taken> {
  const seen = await lists(core, memory);
  const all = awake(core, memory, seen).filter(({ target }) => core.providers.of(target.kind)?.noticedAs);
  const regions = notices.some(isRegional) ? await regionsOf(core) : new Map<string, string>();
  const concerned = all.flatMap((one) =>
    notices.filter((notice) => isHit(notice, one, regions)).map((notice) => ({ one, notice })),
  );
  const open = concerned.filter(({ one, notice }) => concerns(one.state, notice));
  const wanted = open.map(({ one, notice }): Wanted => ({ target: one.target, ask: { cause: 'notice', notice } }));
  const { reports, bugs, late } = await visitAll(core, memory, wanted, deadline);
  if (bugs.length > 0) throw new Error(`${bugs.length} target(s) ended unexpectedly: ${bugs.join(', ')}`);
  const unseen = seen.some(({ whole }) => !whole) ? 1 : 0;
  return { affected: concerned.length + unseen, left: late + unseen + reports.filter(isLeft).length };
}

function isHit(notice: Notice, { target }: Sighting, regions: ReadonlyMap<string, string>): boolean {
  return affects(notice, target.resource, regions.get(normalised(target.resource)));
}

/** What waits in the tags is on its way; what a person stopped is left to the person. */
function isLeft(report: Report | undefined): boolean {
  return report?.is === 'busy' || (report?.is === 'failed' && report.kept === undefined);
}

/** Where every resource of these services is, in one query; without an answer each one counts. */
async function regionsOf({ graph, providers, note }: Core): Promise<ReadonlyMap<string, string>> {
  const types = providers.noticedTypes.map((type) => `'${type}'`).join(', ');
  try {
    const rows = await graph(`Resources | where type in~ (${types}) | project id, location | order by id asc`);
    return new Map(rows.map(({ id, location }) => [normalised(String(id)), regionOf(String(location))]));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    note(error.reason, { regions: 'cannot be listed', ...(error.detail.code && { code: error.detail.code }) });
    return new Map();
  }
}
