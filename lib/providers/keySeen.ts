import type { KeyVaultKey } from '@azure/keyvault-keys';
import { good } from '../model/check.ts';
import type { Reason } from '../model/reason.ts';
import type { Credential, Look } from '../model/snapshot.ts';
import type { Known } from '../model/state.ts';
import { credentialOf, held, heldNow, textOf } from './keyCredential.ts';
import { unfitVersion } from './keyFitness.ts';
import { baseOf, byService, isFollowed, keyUrl } from './keyIdentifier.ts';
import { isNearExpiry, rotatesItself, toBeDisabled, versionOf } from './keyVersions.ts';
import { textFor, type Wanted } from './keyWish.ts';
import type { Means, View } from './provider.ts';

export interface Offer {
  readonly wanted: Wanted;
  /** The version that is wanted, or the newest; absent = it is the service's. */
  readonly newest?: KeyVaultKey;
}

/** What all that was read means for the credential in the secret. */
export async function seen(means: Means, view: View, used: string, offer: Offer): Promise<Look> {
  const { wanted, newest } = offer;
  const isOfferOfUsed = wanted !== byService && baseOf(used) === baseOf(keyUrl(wanted));
  const newestOfUsed = newest && isOfferOfUsed ? versionOf(newest) : undefined;
  if (textOf(view) !== used) return changed(view, credentialOf(used, newestOfUsed));
  const live = knownOf(heldNow(view, newestOfUsed));
  const next = nextOf(view, live, offer);
  const rests = isAtRest(view) ? await restsFor(means, used, offer, next) : undefined;
  const asks = rests ? undefined : askedBy(view, next, offer);
  const all = [live, ...unanswering(view, next), ...(await toBeDisabled(means, view, live))];
  const found = { fit: good, all, held: held(view), live };
  return { ...found, ...(rests ? { rests } : { ...(next && { next }), ...(asks && { asks }) }) };
}

export function isAtRest({ state: { rotation } }: View): boolean {
  return rotation === undefined;
}

/** Somebody changed the account, or we did and could not say so. */
function changed(view: View, next: Credential): Look {
  return { fit: good, all: [knownOf(next)], held: held(view), next };
}

function knownOf({ id, fingerprint }: Credential): Known {
  return { id, fingerprint };
}

/** A version that is there before an emergency begins does not answer it: the state shall know it (R18). */
function unanswering(view: View, next: Credential | undefined): readonly Known[] {
  return next && isAtRest(view) && view.state.bond ? [knownOf(next)] : [];
}

/** The credential to be published, unless it is the one that is live, or known to be older than what was asked for. */
function nextOf(view: View, live: Known, { wanted, newest }: Offer): Credential | undefined {
  const next = wanted === byService ? credentialOf(byService) : newest && fit(view, wanted, newest);
  const known = [live, ...(view.state.bond?.credentials ?? [])];
  return next && known.some(({ fingerprint }) => fingerprint === next.fingerprint) ? undefined : next;
}

function fit(view: View, wanted: Exclude<Wanted, typeof byService>, newest: KeyVaultKey): Credential | undefined {
  const version = versionOf(newest);
  return unfitVersion(newest, view.now) ? undefined : credentialOf(textFor(view, wanted, version), version);
}

/** Why there is nothing to begin, however due. */
async function restsFor(
  means: Means,
  used: string,
  { wanted }: Offer,
  next: Credential | undefined,
): Promise<Reason | undefined> {
  if (wanted === byService) return next ? undefined : 'microsoft-managed';
  const isAsWished = next === undefined || next.value.open() === used;
  if (isFollowed(used) && isAsWished) return (await rotatesItself(means, wanted)) ? 'managed-by-batch' : undefined;
  return wanted.version !== undefined && !next ? 'key-pinned' : undefined;
}

function askedBy({ now }: View, next: Credential | undefined, { newest }: Offer): Look['asks'] {
  if (next) return 'new-version';
  return newest && isNearExpiry(newest, now) ? 'near-expiry' : undefined;
}
