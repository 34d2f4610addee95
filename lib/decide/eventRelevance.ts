import type { Reason } from '../model/reason.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { VisitRequest } from '../model/state.ts';

type ReadTarget = Pick<Snapshot, 'secret' | 'claim' | 'binding' | 'state'>;

/**
 * Whether an event says that a person or a program changed a key, or wrote a version (R48, look before acknowledging).
 */
export function reportsChange({ cause }: VisitRequest): boolean {
  return cause === 'drift' || cause === 'new-version';
}

/** Whether an event says that a version comes to its end. */
export function isAboutDates({ cause }: VisitRequest): boolean {
  return cause === 'near-expiry' || cause === 'expired';
}

/** Returns why an event needs no action, as far as the secret shows it before the resource is inspected. */
export function whyIrrelevant(request: VisitRequest, target: ReadTarget): Reason | undefined {
  if (request.version === undefined) return undefined;
  if (request.version !== target.secret.version) return 'superseded';
  return request.cause === 'new-version' && isOwnVersion(target) ? 'own-version' : undefined;
}

/**
 * A version counts as ours once it is claimed, bound to its state and announced. In `verify` it is not announced yet: a
 * crash may lie between the write and the announcement (R19, own and foreign versions).
 */
function isOwnVersion({ secret, claim, binding, state }: ReadTarget): boolean {
  const isClaimed = claim !== undefined && claim !== 'of-another' && claim.version === secret.version;
  return isClaimed && binding === 'bound' && state.rotation?.phase !== 'verify';
}
