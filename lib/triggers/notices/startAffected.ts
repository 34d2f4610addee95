import { isAnswered, needsAction } from '../../decide/notice.ts';
import { earliest, second } from '../../model/clock.ts';
import { announcement } from '../../announcements/announcement.ts';
import { adviceFor, hasClass, type Reason } from '../../model/reason.ts';
import type { ListedTarget } from '../../model/snapshot.ts';
import { emptyState, type RegenerationNotice } from '../../model/state.ts';
import { normalizedId, secretUrl } from '../../model/target.ts';
import type { VisitReport } from '../../reconcile/reconcile.ts';
import { listTargets, unmuted, type ListedVault, type InstanceMemory, type SelectedTarget } from '../timers/listing.ts';
import { reportFailure } from '../../announcements/reportFailure.ts';
import { unexpectedErrors, visitAll } from '../timers/sweep.ts';
import type { Services } from '../../reconcile/services.ts';
import type { Demand } from './demand.ts';
import { isAffected, isRegional, regionOf, type Notice } from './notice.ts';

export interface StartedTargets {
  /** How many targets the notices concern, whether or not anything is left to do. */
  readonly affected: number;
  /** How many of them could not start just now: ask again. */
  readonly left: number;
}

/**
 * Starts every target that a notice concerns, unless a rotation that answers it has started since. Throws
 * `OperationError` where the targets cannot be listed.
 */
export async function startAffected(
  services: Services,
  memory: InstanceMemory,
  notices: readonly Notice[],
  deadline: Date,
): Promise<StartedTargets> {
  const wanted = notices.filter(({ demand }) => demand === 'regenerate');
  noteOnce(services, memory, notices);
  if (notices.every(({ demand }) => demand === 'other')) return { affected: 0, left: 0 };
  const vaults = await listTargets(services, memory);
  const regions = notices.some(isRegional) ? await regionsOf(services) : new Map<string, string>();
  const affected = candidates(services, memory, vaults).flatMap(({ target, state, createdOn }) => {
    const theirs = wanted.filter((notice) => isTheirs(notice, target));
    return theirs.length > 0 ? [{ target, state, createdOn, notice: mergeNotices(theirs, services.clock.now()) }] : [];
  });
  const unclear = notices.filter(({ demand }) => demand === 'unclear');
  for (const notice of unclear) {
    const theirs = candidates(services, memory, vaults).filter(({ target }) => isTheirs(notice, target));
    await announceUnclear(services, memory, notice, theirs);
  }
  const open = affected.filter((one) => needsAction(one, one.notice, services.clock.now()));
  const selected = open.map(({ target, notice }): SelectedTarget => ({ target, request: { cause: 'notice', notice } }));
  const { reports, bugs } = await visitAll(services, memory, selected, deadline);
  if (bugs.length > 0) throw unexpectedErrors(bugs);
  const unlisted = vaults.some(({ isComplete }) => !isComplete) ? 1 : 0;
  const left = reports.filter((report, index) => isLeft(report, open[index]));
  return {
    affected: affected.length + unlisted,
    left: services.settings.mode === 'observe' ? 0 : unlisted + left.length,
  };

  function isTheirs(notice: Notice, { resource }: ListedTarget['target']): boolean {
    return isAffected(notice, resource, regions.get(normalizedId(resource)));
  }
}

/** Returns why a notice starts nothing. */
export function reasonOf(demand: Exclude<Demand, 'regenerate'>): Reason {
  return demand === 'unclear' ? 'notice-unclear' : 'notice-other-matter';
}

/** A notice stays active for months: what starts nothing is noted once by each instance. */
function noteOnce(services: Services, memory: InstanceMemory, notices: readonly Notice[]): void {
  for (const { id, demand } of notices) {
    if (demand === 'other' && isFirst(services, memory, `noted ${id}`)) services.note(reasonOf(demand), { notice: id });
  }
}

function isFirst({ clock }: Services, memory: InstanceMemory, key: string): boolean {
  if (memory.has(key)) return false;
  memory.set(key, clock.now());
  return true;
}

/** Asks the owner of each target to read a notice, with the request that rotates the target. */
async function announceUnclear(
  services: Services,
  memory: InstanceMemory,
  { id }: Notice,
  affected: readonly ListedTarget[],
): Promise<void> {
  for (const { target } of affected) {
    if (!isFirst(services, memory, `unclear ${id} ${secretUrl(target.secret)}`)) continue;
    const { vaultUrl, name } = target.secret;
    const request = { vault: vaultUrl, secret: name, mode: 'graceful', reason: `notice ${id}` };
    const detail = `POST /api/rotations ${JSON.stringify(request)}`;
    const words = { reason: 'notice-unclear', advice: adviceFor('notice-unclear'), detail } as const;
    await services.announce(announcement('Keyturn.Rotation.Held', target, emptyState, id, words));
  }
}

interface AffectedTarget extends Pick<ListedTarget, 'target' | 'state' | 'createdOn'> {
  readonly notice: RegenerationNotice;
}

/** In observe mode each target is announced once an hour. */
function candidates(
  services: Services,
  memory: InstanceMemory,
  vaults: readonly ListedVault[],
): readonly ListedTarget[] {
  const all =
    services.settings.mode === 'observe' ? unmuted(services, memory, vaults) : vaults.flatMap((vault) => vault.targets);
  return all.filter(({ target }) => services.providers.of(target.kind)?.serviceHealthName);
}

/** One rotation answers all of them: since the latest start, by the earliest deadline. */
function mergeNotices(notices: readonly Notice[], now: Date): RegenerationNotice {
  const [first] = notices.toSorted((a, b) => b.start.getTime() - a.start.getTime());
  const deadlines = notices.flatMap(({ deadline }) => (deadline && deadline > now ? deadline : []));
  const deadline = deadlines.length > 0 ? { deadline: wholeSecondBefore(earliest(...deadlines)) } : {};
  return { id: first?.id ?? '', start: first?.start ?? new Date(0), caller: first?.caller, ...deadline };
}

/** Tags keep whole seconds, and a deadline must not be rounded up. */
function wholeSecondBefore(date: Date): Date {
  return new Date(Math.floor(date.getTime() / second) * second);
}

/** Reasons that end by themselves. Any other needs a person or a grant, and the target's tags say so. */
function mayPass(reason: Reason): boolean {
  return hasClass(reason, 'transient', 'brief', 'uncertain') || ['request-in-flight', 'storage-new'].includes(reason);
}

/** Whether the notice is not in the tags yet although only time is in its way. */
function isLeft(report: VisitReport | undefined, target: AffectedTarget | undefined): boolean {
  if (!report || report.is === 'busy') return true;
  if (report.is === 'failed') return mayPass(report.reason);
  if (report.is !== 'visited' || !target || isAnswered({ ...target, state: report.state }, target.notice)) return false;
  return report.state.rotation?.cause === 'emergency' || mayPass(waitingFor(report));
}

function waitingFor({ state, decision }: VisitReport & { is: 'visited' }): Reason {
  return state.wait?.reason ?? decision.reason;
}

/**
 * Returns the region of every resource of these services, by one query. A resource without an answer counts as
 * affected.
 */
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
