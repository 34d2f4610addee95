import { hour, later } from '../../model/clock.ts';
import { Failure } from '../../model/operationError.ts';
import type { Claim, Sighting } from '../../model/snapshot.ts';
import { secretUrl } from '../../model/target.ts';
import type { Seen } from './orphanedClaims.ts';
import type { Core } from '../../reconcile/visit.ts';
import type { Published } from '../../consumers/evidence.ts';
import { noted } from '../../announcements/reportFailure.ts';

/** What did not settle, or not for long, is looked after for as long as consumers may take by themselves. */
const newMs = 25 * hour;

/** Brings every consumer along of what settles: one refresh of an app, however many of its secrets changed. */
export async function bringAll(core: Core, seen: readonly Seen[], until: Date): Promise<void> {
  if (core.settings.mode !== 'rotate' || core.settings.frozen.has('verify')) return;
  try {
    const published = await publishedIn(core, seen);
    if (published.length > 0) await core.consumers.bring(published, until, 'spaced');
  } catch (error) {
    noted(core, error, { consumers: 'cannot be listed' });
  }
}

/** List pages show no versions; the claims do. */
async function publishedIn(core: Core, seen: readonly Seen[]): Promise<readonly Published[]> {
  const isNew = (date: Date | undefined) => date !== undefined && later(date, newMs) > core.clock.now();
  const some = seen.flatMap((vault) => vault.sightings).filter((one) => isSettling(one) || isNew(one.createdOn));
  if (some.length === 0) return [];
  const sightings = new Map(some.map((one) => [secretUrl(one.target.secret), one]));
  const published: Published[] = [];
  for await (const claim of core.claims.list()) {
    const sighting = sightings.get(secretUrl(claim.secret));
    if (!sighting || isStopped(sighting)) continue;
    const isRotated = isSettling(sighting) || isNew(sighting.state.last) || isNew(claim.repairedAt);
    if (isRotated) published.push(...(await publishedAs(core, claim, sighting)));
  }
  return published;
}

/** Somebody may have written a version above ours: then consumers should be on that one. */
async function publishedAs({ vault }: Core, claim: Claim, { createdOn }: Sighting): Promise<readonly Published[]> {
  const isOurs = claim.createdOn?.getTime() === createdOn.getTime();
  try {
    const { version } = isOurs ? claim : await vault.read(claim.secret);
    return [{ secret: claim.secret, version, since: createdOn }];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return []; // the next sweep reads it again
  }
}

function isSettling({ state: { rotation } }: Sighting): boolean {
  return rotation?.phase === 'revoke';
}

/** By its owner, who says nothing of what an emergency has ended. */
function isStopped({ target, state: { rotation } }: Sighting): boolean {
  return target.wishes.paused && rotation !== undefined && rotation.cause !== 'emergency';
}
