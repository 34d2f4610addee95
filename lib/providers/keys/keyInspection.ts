import type { KeyVaultKey } from '@azure/keyvault-keys';
import { valid } from '../../model/check.ts';
import type { Credential, Inspection, NothingToRotate } from '../../model/snapshot.ts';
import type { CredentialRef } from '../../model/state.ts';
import { credentialOf, keyInSecret, keyInSecretNow, textOf } from './keyCredential.ts';
import { unfitVersion } from './keyFitness.ts';
import { baseOf, byService, isFollowed, keyUrl, type KeyIdentifier } from './keyIdentifier.ts';
import { distinct, isAtRest, isRemembered, credentialRefOf, unanswering } from '../versionedCredential.ts';
import { isNearExpiry, rotatesItself, toBeDisabled, versionAt, versionOf } from './keyVersions.ts';
import { textFor, wantedOf, type Wanted } from './wantedKey.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';

export interface Offer {
  readonly wanted: Wanted;
  /** The version that is wanted, or the newest; absent = it is the service's. */
  readonly newest?: KeyVaultKey;
}

/** What all that was read means for the credential in the secret. */
export async function keyInspectionOf(
  deps: ProviderDeps,
  input: ProviderInput,
  used: string,
  offer: Offer,
): Promise<Inspection> {
  const { wanted, newest } = offer;
  const isOfferOfUsed = wanted !== byService && baseOf(used) === baseOf(keyUrl(wanted));
  const newestOfUsed = newest && isOfferOfUsed ? versionOf(newest) : undefined;
  if (textOf(input) !== used) return changed(input, credentialOf(used, newestOfUsed));
  const live = credentialRefOf(keyInSecretNow(input, newestOfUsed));
  const next = nextOf(input, live, offer);
  const rests = await restsFor(deps, input, used, wantedOf(input, used) ?? wanted, next);
  const asks = rests ? undefined : await askedBy(deps, input, next, offer);
  const all = distinct([live, ...waiting(input, wanted, next), ...(await toBeDisabled(deps, input, live))]);
  const found = { readiness: valid, credentials: all, secretCredential: keyInSecret(input), live };
  return {
    ...found,
    ...(next && { next }),
    ...(rests && { nothingToRotate: rests }),
    ...(asks && { startCause: asks }),
  };
}

/** What is wished for by its name answers an emergency, whoever made it and whenever. */
function waiting(input: ProviderInput, wanted: Wanted, next: Credential | undefined): readonly CredentialRef[] {
  const isNamed = wanted === byService || wanted.version !== undefined;
  return isNamed ? [] : unanswering(input, next);
}

/** Somebody changed the account, or we did and could not say so. */
function changed(input: ProviderInput, next: Credential): Inspection {
  return { readiness: valid, credentials: [credentialRefOf(next)], secretCredential: keyInSecret(input), next };
}

/** The credential to be published, unless it is the one that is live, or known to be older than what was asked for. */
function nextOf(input: ProviderInput, live: CredentialRef, { wanted, newest }: Offer): Credential | undefined {
  const next = wanted === byService ? credentialOf(byService) : newest && fit(input, wanted, newest);
  const isKnown = next && (next.fingerprint === live.fingerprint || isRemembered(input, next.fingerprint));
  return isKnown ? undefined : next;
}

function fit(
  input: ProviderInput,
  wanted: Exclude<Wanted, typeof byService>,
  newest: KeyVaultKey,
): Credential | undefined {
  const version = versionOf(newest);
  return unfitVersion(newest, input.now) ? undefined : credentialOf(textFor(input, wanted, version), version);
}

/** Why there is nothing to begin, however due; a wish that forbids it counts in mid-rotation too. */
async function restsFor(
  deps: ProviderDeps,
  input: ProviderInput,
  used: string,
  wanted: Wanted,
  next: Credential | undefined,
): Promise<NothingToRotate | undefined> {
  if (wanted === byService) return used === byService ? { reason: 'microsoft-managed', firm: true } : undefined;
  const isAsWished = next === undefined || next.value.open() === used;
  if (isFollowed(used) && isAsWished) return followedBy(deps, input, wanted);
  const isPinned = wanted.version !== undefined && used === keyUrl(wanted);
  return isPinned ? { reason: 'key-pinned', firm: true } : undefined;
}

async function followedBy(
  deps: ProviderDeps,
  input: ProviderInput,
  wanted: KeyIdentifier,
): Promise<NothingToRotate | undefined> {
  const isSeenTo = isAtRest(input) && (await rotatesItself(deps, wanted));
  return isSeenTo ? { reason: 'managed-by-batch', firm: false } : undefined;
}

/** What counts is the end of the version in use: a newer one that is not fit does not replace it. */
async function askedBy(
  deps: ProviderDeps,
  input: ProviderInput,
  next: Credential | undefined,
  { wanted, newest }: Offer,
): Promise<Inspection['startCause']> {
  if (next) return 'new-version';
  if (!newest || wanted === byService || !isAtRest(input)) return undefined;
  const { id: version } = keyInSecretNow(input, versionOf(newest));
  const isNewest = version === versionOf(newest);
  const inUse = isNewest ? newest : await versionAt(deps, { ...wanted, version });
  return inUse && isNearExpiry(inUse, input.now) ? 'near-expiry' : undefined;
}
