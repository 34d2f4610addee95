import pMap from 'p-map';
import { announcement } from '../../announcements/announcement.ts';
import { hour, later, minute } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import { adviceFor, type Reason } from '../../model/reason.ts';
import type { ListedTarget } from '../../model/snapshot.ts';
import { emptyState } from '../../model/state.ts';
import { secretUrl, type Target } from '../../model/target.ts';
import type { ListedVault } from './orphanedClaims.ts';
import { correctionHint, readTags } from '../../tags/tags.ts';
import type { ListedSecret } from '../../stores/vault.ts';
import type { Services } from '../../reconcile/services.ts';
import { reportFailure } from '../../announcements/reportFailure.ts';

export const maxConcurrency = 8;

/** What could not be written into tags is remembered by this instance: until when a target is left alone. */
export type MutedTargets = Map<string, Date>;

/** Every vault's list pages, and nothing else. */
export async function listTargets(services: Services, muted: MutedTargets): Promise<readonly ListedVault[]> {
  const until = later(services.clock.now(), minute); // one slow vault takes no time from the others
  return pMap(services.settings.vaultUrls, (url) => see(services, muted, url, until), { concurrency: maxConcurrency });
}

/** The targets among them that are not to be left alone for now. */
export function unmuted(
  services: Services,
  muted: MutedTargets,
  seen: readonly ListedVault[],
): readonly ListedTarget[] {
  return seen
    .flatMap((vault) => vault.targets)
    .filter((one) => isUrgent(one) || !remembered(services, muted, one.target));
}

/** An emergency was accepted since: nothing that was wrong before delays it. */
function isUrgent({ state }: ListedTarget): boolean {
  return state.rotation?.cause === 'emergency';
}

/** One vault's pages. A vault that does not answer is looked at again by the next sweep. */
async function see(services: Services, muted: MutedTargets, vaultUrl: string, until: Date): Promise<ListedVault> {
  const sightings: ListedTarget[] = [];
  const taggedId = new Set<string>();
  const untagged = new Set<string>();
  try {
    for await (const listed of services.vault.list(vaultUrl)) {
      if (services.clock.now() > until) throw new OperationError('outage', { code: 'ListTooSlow' });
      const found = readTags(listed.secret, listed.tags, services.settings.defaults, services.providers);
      (found.is === 'foreign' ? untagged : taggedId).add(secretUrl(listed.secret));
      if (found.is === 'target') sightings.push(sighted(found, listed));
      if (found.is === 'barred')
        await announceAndMute(services, muted, found.target, found.reason, correctionHint(found));
    }
    return { vaultUrl, isComplete: true, targets: sightings, tagged: taggedId, untagged };
  } catch (error) {
    reportFailure(services, error, { vault: vaultUrl });
    return { vaultUrl, isComplete: false, targets: sightings, tagged: taggedId, untagged };
  }
}

function sighted({ target, state }: Pick<ListedTarget, 'target' | 'state'>, listed: ListedSecret): ListedTarget {
  const { createdOn, expiresOn, tags } = listed;
  const resumed = state.stateBinding && tags['RotationProgress'] === undefined && { resumed: true as const };
  return { target, state, createdOn, ...(expiresOn && { expiresOn }), ...resumed };
}

function remembered({ clock }: Services, muted: MutedTargets, { secret }: Target): boolean {
  const until = muted.get(secretUrl(secret));
  return until !== undefined && until > clock.now();
}

/** Says it, and leaves the target alone for an hour. What passes by itself is said by the next visit's tags. */
export async function announceAndMute(
  services: Services,
  muted: MutedTargets,
  target: Target,
  reason: Reason,
  hint = '',
): Promise<void> {
  if (remembered(services, muted, target)) return;
  const passes =
    reason === 'lease-lost' || reason === 'changed-meanwhile' || reason === 'throttled' || reason === 'outage';
  if (!passes) muted.set(secretUrl(target.secret), later(services.clock.now(), hour));
  const said = { reason, advice: [adviceFor(reason), hint].join(' ').trim() };
  const type = passes ? 'Keyturn.Rotation.Failed' : 'Keyturn.Rotation.Held';
  await services.announce(announcement(type, target, emptyState, '', said));
}
