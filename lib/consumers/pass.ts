import { hour, later } from '../model/clock.ts';
import { Failure } from '../model/failure.ts';
import type { Sighting } from '../model/snapshot.ts';
import { secretUrl } from '../model/target.ts';
import type { Seen } from '../missing.ts';
import type { Core } from '../visit.ts';
import type { Published } from './evidence.ts';

/** What did not settle, or not for long, is looked after for as long as consumers may take by themselves. */
const newMs = 25 * hour;

/** Brings every consumer along of what settles: one refresh of an app, however many of its secrets changed. */
export async function bringAll(core: Core, seen: readonly Seen[], until: Date): Promise<void> {
  if (core.settings.mode !== 'rotate' || core.settings.frozen.has('verify')) return;
  try {
    const published = await publishedIn(core, seen);
    if (published.length > 0) await core.consumers.bring(published, until, 'spaced');
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    core.note(error.reason, { consumers: 'cannot be listed', ...(error.detail.code && { code: error.detail.code }) });
  }
}

/** List pages show no versions; the claims do. */
async function publishedIn({ claims, clock }: Core, seen: readonly Seen[]): Promise<readonly Published[]> {
  const isNew = (date: Date | undefined) => date !== undefined && later(date, newMs) > clock.now();
  const some = seen.flatMap((vault) => vault.sightings).filter((one) => isSettling(one) || isNew(one.createdOn));
  if (some.length === 0) return [];
  const sightings = new Map(some.map((one) => [secretUrl(one.target.secret), one]));
  const published: Published[] = [];
  for await (const { secret, version, createdOn, repairedAt } of claims.list()) {
    const sighting = sightings.get(secretUrl(secret));
    if (!sighting || !isCurrent(sighting, createdOn) || isStopped(sighting)) continue;
    const isRotated = isSettling(sighting) || isNew(sighting.state.last) || isNew(repairedAt);
    if (isRotated) published.push({ secret, version, since: sighting.createdOn });
  }
  return published;
}

/** Else somebody wrote a version above ours. */
function isCurrent(sighting: Sighting, writtenOn: Date | undefined): boolean {
  return writtenOn?.getTime() === sighting.createdOn.getTime();
}

function isSettling({ state: { rotation } }: Sighting): boolean {
  return rotation?.phase === 'revoke';
}

/** By its owner, who says nothing of what an emergency has ended. */
function isStopped({ target, state: { rotation } }: Sighting): boolean {
  return target.wishes.paused && rotation !== undefined && rotation.cause !== 'emergency';
}
