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
  const now = clock.now();
  const fresh = seen.flatMap((vault) => vault.sightings).filter((one) => isFresh(one, now));
  if (fresh.length === 0) return [];
  const sightings = new Map(fresh.map((one) => [secretUrl(one.target.secret), one]));
  const published: Published[] = [];
  for await (const { secret, version, createdOn } of claims.list()) {
    const sighting = sightings.get(secretUrl(secret));
    const isOurs = createdOn?.getTime() === sighting?.createdOn.getTime(); // else somebody wrote a version above it
    if (sighting && isOurs) published.push({ secret, version, since: sighting.createdOn });
  }
  return published;
}

function isFresh({ target, state: { bond, rotation }, createdOn }: Sighting, now: Date): boolean {
  const mayBe = bond !== undefined && !target.wishes.paused;
  return mayBe && (rotation?.phase === 'revoke' || later(createdOn, newMs) > now);
}
