import pMap from 'p-map';
import { announcement } from '../../announcements/announcement.ts';
import { reportFailure } from '../../announcements/reportFailure.ts';
import { hour, later, minute } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import { adviceFor, hasClass, type Reason } from '../../model/reason.ts';
import type { ListedTarget } from '../../model/snapshot.ts';
import { emptyState, type VisitRequest } from '../../model/state.ts';
import { secretUrl, type Target } from '../../model/target.ts';
import type { Services } from '../../reconcile/services.ts';
import type { ListedSecret } from '../../stores/vault.ts';
import { correctionHint, readTags } from '../../tags/tags.ts';

export const maxConcurrency = 8;

/**
 * What this instance remembers and no tag can. The key says what its date means:
 *
 * - the URL of a secret alone: until when the target is left alone, which is called muted;
 * - `overdue`, `orphaned` and `unclaimed` before it: until when that is not noted or looked for again;
 * - `failing` and `announced` before it: since when the target fails, and in which of its outages a reason was announced;
 * - `barred`, `check owed` and `turns seen` before it: since when that is so;
 * - `list broken off` before the URL of a vault: after which sweep its list was not complete.
 */
export type InstanceMemory = Map<string, Date>;

/** A listed target, and what its visit is for. */
export interface SelectedTarget {
  readonly target: Target;
  readonly request: VisitRequest;
  /** Since when it is due, where a list page shows that. */
  readonly since?: Date;
}

/** What the list pages of one vault showed. */
export interface ListedVault {
  readonly vaultUrl: string;
  /** The list was read to its end: only then a missing secret means anything. */
  readonly isComplete: boolean;
  readonly targets: readonly ListedTarget[];
  /** URLs of secrets with rotation tags, and of secrets without. */
  readonly tagged: ReadonlySet<string>;
  readonly untagged: ReadonlySet<string>;
}

/** Reads the list pages of every vault, and nothing else. */
export async function listTargets(services: Services, memory: InstanceMemory): Promise<readonly ListedVault[]> {
  const until = later(services.clock.now(), minute); // a slow vault takes no time from the others
  const list = (vaultUrl: string) => listVault(services, memory, vaultUrl, until);
  return pMap(services.settings.vaultUrls, list, { concurrency: maxConcurrency });
}

/** Returns the listed targets that are not muted. Nothing mutes an emergency that was accepted since. */
export function unmuted(
  services: Pick<Services, 'clock'>,
  memory: InstanceMemory,
  vaults: readonly ListedVault[],
): readonly ListedTarget[] {
  const targets = vaults.flatMap((vault) => vault.targets);
  return targets.filter(
    ({ target, state }) => state.rotation?.cause === 'emergency' || !isMuted(services, memory, target),
  );
}

/** A vault that does not answer is listed again by the next sweep. */
async function listVault(
  services: Services,
  memory: InstanceMemory,
  vaultUrl: string,
  until: Date,
): Promise<ListedVault> {
  const targets: ListedTarget[] = [];
  const tagged = new Set<string>();
  const untagged = new Set<string>();
  try {
    for await (const listed of services.vault.list(vaultUrl)) {
      if (services.clock.now() > until) throw new OperationError('outage', { code: 'ListTooSlow' });
      const found = readTags(listed.secret, listed.tags, services.settings.defaults, services.providers);
      (found.is === 'foreign' ? untagged : tagged).add(secretUrl(listed.secret));
      if (found.is === 'target') targets.push(listedTarget(found, listed));
      if (found.is !== 'foreign') await noteTags(services, memory, found);
    }
    return { vaultUrl, isComplete: true, targets, tagged, untagged };
  } catch (error) {
    reportFailure(services, error, { vault: vaultUrl });
    return { vaultUrl, isComplete: false, targets, tagged, untagged };
  }
}

/** Announces tags that bar a visit, and forgets them once they are corrected. */
async function noteTags(
  services: Services,
  memory: InstanceMemory,
  found: Exclude<ReturnType<typeof readTags>, { is: 'foreign' }>,
): Promise<void> {
  const barred = `barred ${secretUrl(found.target.secret)}`;
  if (found.is === 'target') {
    if (memory.delete(barred)) noteRecovered(memory, found.target);
    return;
  }
  memory.set(barred, services.clock.now());
  await announceAndMute(services, memory, found.target, found.reason, correctionHint(found));
}

function listedTarget(
  { target, state }: Pick<ListedTarget, 'target' | 'state'>,
  { createdOn, expiresOn, tags }: ListedSecret,
): ListedTarget {
  const isResumed = state.stateBinding !== undefined && tags['RotationProgress'] === undefined;
  return { target, state, createdOn, ...(expiresOn && { expiresOn }), ...(isResumed && { resumed: true as const }) };
}

function isMuted({ clock }: Pick<Services, 'clock'>, memory: InstanceMemory, { secret }: Target): boolean {
  const until = memory.get(secretUrl(secret));
  return until !== undefined && until > clock.now();
}

/** Storage serves all targets and is asked first: each sweep finds out at once whether it is well again. */
const lookedForAnew: ReadonlySet<Reason> = new Set(['storage-forbidden', 'storage-refused']);

/**
 * Announces what keeps a target from being visited, once while it lasts, and leaves the target alone for an hour. A
 * transient reason does not mute: the next visit may succeed.
 *
 * No tag can remember this, so the instance remembers since when the target fails. That makes the announcement of the
 * same outage the same, and the one of the next outage another: a receiver that keeps ids would never hear of it.
 */
export async function announceAndMute(
  services: Services,
  memory: InstanceMemory,
  target: Target,
  reason: Reason,
  hint = '',
): Promise<void> {
  if (isMuted(services, memory, target)) return;
  const url = secretUrl(target.secret);
  const now = services.clock.now();
  const isTransient = hasClass(reason, 'transient');
  if (!isTransient && !lookedForAnew.has(reason)) memory.set(url, later(now, hour));
  const since = memory.get(`failing ${url}`) ?? now;
  const announced = memory.get(`announced ${reason} ${url}`);
  if (announced?.getTime() === since.getTime()) return;
  memory.set(`failing ${url}`, since).set(`announced ${reason} ${url}`, since);
  const words = { reason, advice: [adviceFor(reason), hint].join(' ').trim() };
  const type = isTransient ? 'Keyturn.Rotation.Failed' : 'Keyturn.Rotation.Held';
  await services.announce(announcement(type, target, emptyState, since.toISOString(), words));
}

/** A visit succeeded, or a person has corrected the tags: the outage is over, and the next one is another. */
export function noteRecovered(memory: InstanceMemory, { secret }: Target): void {
  const url = secretUrl(secret);
  if (memory.delete(`failing ${url}`)) memory.delete(url);
}
