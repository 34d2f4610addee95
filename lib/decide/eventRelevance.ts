import type { Reason } from '../model/reason.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { VisitRequest } from '../model/state.ts';

/** What an event is worth once the secret was read, before anybody asks the resource: nothing, and why. */
export function whyIrrelevant(
  request: VisitRequest,
  seen: Pick<Snapshot, 'secret' | 'claim' | 'binding' | 'state'>,
): Reason | undefined {
  if (request.version === undefined) return undefined;
  if (request.version !== seen.secret.version) return 'superseded';
  return request.cause === 'new-version' && isOwnVersion(seen) ? 'own-version' : undefined;
}

/**
 * Ours, as we wrote it, and announced: until then a crash may lie between the write and the word of it (R19, own and
 * foreign versions).
 */
function isOwnVersion({ secret, claim, binding, state }: Parameters<typeof whyIrrelevant>[1]): boolean {
  const claimed = claim !== undefined && claim !== 'of-another' && claim.version === secret.version;
  return claimed && binding === 'bound' && state.rotation?.phase !== 'verify';
}
