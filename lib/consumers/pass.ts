import { hour, later } from '../model/clock.ts';
import { Failure } from '../model/failure.ts';
import { secretUrl } from '../model/target.ts';
import type { Seen } from '../missing.ts';
import type { Core } from '../visit.ts';
import type { Published } from './evidence.ts';

/** A repair ends without settling: its consumers are looked after for as long as they may take by themselves. */
const repairedMs = 25 * hour;

/** Brings every consumer along of what settles: one refresh of an app, however many of its secrets changed. */
export async function bringAll(core: Core, seen: readonly Seen[], until: Date): Promise<void> {
  if (core.settings.mode !== 'rotate') return;
  try {
    const published = await publishedIn(core, seen);
    if (published.length > 0) await core.consumers.bring(published, until);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    core.note(error.reason, { consumers: 'cannot be listed', ...(error.detail.code && { code: error.detail.code }) });
  }
}

/** List pages show no versions; the claims do. */
async function publishedIn({ claims, clock }: Core, seen: readonly Seen[]): Promise<readonly Published[]> {
  const sightings = new Map(seen.flatMap((vault) => vault.sightings).map((one) => [secretUrl(one.target.secret), one]));
  const settles = [...sightings.values()].some(({ state }) => state.rotation?.phase === 'revoke');
  if (!settles && [...sightings.values()].every(({ createdOn }) => later(createdOn, repairedMs) <= clock.now()))
    return [];
  const published: Published[] = [];
  for await (const { secret, version, repairedAt } of claims.list()) {
    const sighting = sightings.get(secretUrl(secret));
    if (!sighting) continue;
    const repaired = repairedAt !== undefined && later(repairedAt, repairedMs) > clock.now();
    const { state, createdOn } = sighting;
    if (repaired || state.rotation?.phase === 'revoke') published.push({ secret, version, since: createdOn });
  }
  return published;
}
