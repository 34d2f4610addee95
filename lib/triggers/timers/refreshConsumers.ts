import { hour, later } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import type { Claim, ListedTarget } from '../../model/snapshot.ts';
import { secretUrl } from '../../model/target.ts';
import type { ListedVault } from './orphanedClaims.ts';
import type { Services } from '../../reconcile/services.ts';
import type { Published } from '../../consumers/evidence.ts';
import { reportFailure } from '../../announcements/reportFailure.ts';

/** What did not settle, or not for long, is looked after for as long as consumers may take by themselves. */
const newMs = 25 * hour;

/** Brings every consumer along of what settles: one refresh of an app, however many of its secrets changed. */
export async function refreshConsumers(services: Services, seen: readonly ListedVault[], until: Date): Promise<void> {
  if (services.settings.mode !== 'rotate' || services.settings.frozenPhases.has('verify')) return;
  try {
    const published = await publishedIn(services, seen);
    if (published.length > 0) await services.consumers.refreshBehind(published, until, 'spaced');
  } catch (error) {
    reportFailure(services, error, { consumers: 'cannot be listed' });
  }
}

/** List pages show no versions; the claims do. */
async function publishedIn(services: Services, seen: readonly ListedVault[]): Promise<readonly Published[]> {
  const isNew = (date: Date | undefined) => date !== undefined && later(date, newMs) > services.clock.now();
  const some = seen.flatMap((vault) => vault.targets).filter((one) => isInOverlap(one) || isNew(one.createdOn));
  if (some.length === 0) return [];
  const sightings = new Map(some.map((one) => [secretUrl(one.target.secret), one]));
  const published: Published[] = [];
  for await (const claim of services.claims.list()) {
    const target = sightings.get(secretUrl(claim.secret));
    if (!target || isStopped(target)) continue;
    const isRotated = isInOverlap(target) || isNew(target.state.lastRotation) || isNew(claim.repairedAt);
    if (isRotated) published.push(...(await publishedAs(services, claim, target)));
  }
  return published;
}

/** Somebody may have written a version above ours: then consumers should be on that one. */
async function publishedAs(
  { vault }: Services,
  claim: Claim,
  { createdOn }: ListedTarget,
): Promise<readonly Published[]> {
  const isOurs = claim.createdOn?.getTime() === createdOn.getTime();
  try {
    const { version } = isOurs ? claim : await vault.read(claim.secret);
    return [{ secret: claim.secret, version, since: createdOn }];
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return []; // the next sweep reads it again
  }
}

function isInOverlap({ state: { rotation } }: ListedTarget): boolean {
  return rotation?.phase === 'revoke';
}

/** By its owner, who says nothing of what an emergency has ended. */
function isStopped({ target, state: { rotation } }: ListedTarget): boolean {
  return target.options.paused && rotation !== undefined && rotation.cause !== 'emergency';
}
