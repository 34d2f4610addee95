import { reportFailure } from '../../announcements/reportFailure.ts';
import type { Published } from '../../consumers/evidence.ts';
import { hour, later } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import type { Claim, ListedTarget } from '../../model/snapshot.ts';
import { secretUrl } from '../../model/target.ts';
import type { Services } from '../../reconcile/services.ts';
import type { ListedVault } from './listing.ts';

/** A version without an overlap, or with a short one, counts as new while consumers may still take it up themselves. */
const newMs = 25 * hour;

/** Refreshes the consumers of every version in its overlap: an app once, however many of its secrets changed. */
export async function refreshConsumers(services: Services, vaults: readonly ListedVault[], until: Date): Promise<void> {
  if (services.settings.mode !== 'rotate' || services.settings.frozenPhases.has('verify')) return;
  try {
    const published = await newVersions(services, vaults);
    if (published.length > 0) await services.consumers.refreshBehind(published, until, 'spaced');
  } catch (error) {
    reportFailure(services, error, { consumers: 'cannot be listed' });
  }
}

/** List pages show no versions; the claims do. */
async function newVersions(services: Services, vaults: readonly ListedVault[]): Promise<readonly Published[]> {
  const isNew = (date: Date | undefined) => date !== undefined && later(date, newMs) > services.clock.now();
  const targets = vaults.flatMap((vault) => vault.targets).filter((one) => isInOverlap(one) || isNew(one.createdOn));
  if (targets.length === 0) return [];
  const bySecret = new Map(targets.map((one) => [secretUrl(one.target.secret), one]));
  const published: Published[] = [];
  for await (const claim of services.claims.list()) {
    const listed = bySecret.get(secretUrl(claim.secret));
    if (!listed || isPausedInRotation(listed)) continue;
    const isRotated = isInOverlap(listed) || isNew(listed.state.lastRotation) || isNew(claim.repairedAt);
    if (isRotated) published.push(...(await currentVersion(services, claim, listed)));
  }
  return published;
}

/** A person may have written a version after ours: then consumers should use that one. */
async function currentVersion(
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

/** A pause of the owner stops the refreshes of an ordinary rotation; after an emergency consumers are refreshed. */
function isPausedInRotation({ target, state: { rotation } }: ListedTarget): boolean {
  return target.options.paused && rotation !== undefined && rotation.cause !== 'emergency';
}
