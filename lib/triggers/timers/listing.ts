import pMap from 'p-map';
import { announcement } from '../../announcements/announcement.ts';
import { hour, later, minute } from '../../model/clock.ts';
import { Failure } from '../../model/operationError.ts';
import { adviceFor, type Reason } from '../../model/reason.ts';
import type { Sighting } from '../../model/snapshot.ts';
import { blank } from '../../model/state.ts';
import { secretUrl, type Target } from '../../model/target.ts';
import type { Seen } from './orphanedClaims.ts';
import { hintOf, read } from '../../tags/tags.ts';
import type { Listed } from '../../stores/vault.ts';
import type { Core } from '../../reconcile/visit.ts';
import { noted } from '../../announcements/reportFailure.ts';

export const atOnce = 8;

/** What could not be written into tags is remembered by this instance: until when a target is left alone. */
export type Memory = Map<string, Date>;

/** Every vault's list pages, and nothing else. */
export async function lists(core: Core, memory: Memory): Promise<readonly Seen[]> {
  const until = later(core.clock.now(), minute); // one slow vault takes no time from the others
  return pMap(core.settings.vaultUrls, (url) => see(core, memory, url, until), { concurrency: atOnce });
}

/** The targets among them that are not to be left alone for now. */
export function awake(core: Core, memory: Memory, seen: readonly Seen[]): readonly Sighting[] {
  return seen
    .flatMap((vault) => vault.sightings)
    .filter((one) => isUrgent(one) || !remembered(core, memory, one.target));
}

/** An emergency was accepted since: nothing that was wrong before delays it. */
function isUrgent({ state }: Sighting): boolean {
  return state.rotation?.cause === 'emergency';
}

/** One vault's pages. A vault that does not answer is looked at again by the next sweep. */
async function see(core: Core, memory: Memory, vaultUrl: string, until: Date): Promise<Seen> {
  const sightings: Sighting[] = [];
  const tagged = new Set<string>();
  const untagged = new Set<string>();
  try {
    for await (const listed of core.vault.list(vaultUrl)) {
      if (core.clock.now() > until) throw new Failure('outage', { code: 'ListTooSlow' });
      const found = read(listed.secret, listed.tags, core.settings.wishes, core.providers);
      (found.is === 'foreign' ? untagged : tagged).add(secretUrl(listed.secret));
      if (found.is === 'target') sightings.push(sighted(found, listed));
      if (found.is === 'barred') await tell(core, memory, found.target, found.reason, hintOf(found));
    }
    return { vaultUrl, whole: true, sightings, tagged, untagged };
  } catch (error) {
    noted(core, error, { vault: vaultUrl });
    return { vaultUrl, whole: false, sightings, tagged, untagged };
  }
}

function sighted({ target, state }: Pick<Sighting, 'target' | 'state'>, listed: Listed): Sighting {
  const { createdOn, expiresOn, tags } = listed;
  const resumed = state.bond && tags['RotationProgress'] === undefined && { resumed: true as const };
  return { target, state, createdOn, ...(expiresOn && { expiresOn }), ...resumed };
}

function remembered({ clock }: Core, memory: Memory, { secret }: Target): boolean {
  const until = memory.get(secretUrl(secret));
  return until !== undefined && until > clock.now();
}

/** Says it, and leaves the target alone for an hour. What passes by itself is said by the next visit's tags. */
export async function tell(core: Core, memory: Memory, target: Target, reason: Reason, hint = ''): Promise<void> {
  if (remembered(core, memory, target)) return;
  const passes =
    reason === 'lease-lost' || reason === 'changed-meanwhile' || reason === 'throttled' || reason === 'outage';
  if (!passes) memory.set(secretUrl(target.secret), later(core.clock.now(), hour));
  const said = { reason, advice: [adviceFor(reason), hint].join(' ').trim() };
  const type = passes ? 'Keyturn.Rotation.Failed' : 'Keyturn.Rotation.Held';
  await core.announcer.announce(announcement(type, target, blank, '', said));
}
