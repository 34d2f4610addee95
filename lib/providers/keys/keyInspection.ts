import type { KeyVaultKey } from '@azure/keyvault-keys';
import { valid } from '../../model/check.ts';
import type { Credential, Inspection, NothingToRotate } from '../../model/snapshot.ts';
import type { CredentialRef } from '../../model/state.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';
import { credentialRefOf, distinct, isAtRest, isRemembered, madeBeforeEmergency } from '../versionedCredential.ts';
import { credentialOf, keyInSecret, keyInSecretNow, textOf } from './keyCredential.ts';
import { unfitVersion } from './keyFitness.ts';
import { baseOf, byService, isFollowed, keyUrl } from './keyIdentifier.ts';
import { hasRotationPolicy, isNearExpiry, versionAt, versionOf, versionsToEnd } from './keyVersions.ts';
import { textFor, wantedOf, type WantedKey } from './wantedKey.ts';

export interface Offer {
  readonly wanted: WantedKey;
  /** The version that is wanted, or the newest. Absent if the service's own keys are wanted. */
  readonly newest?: KeyVaultKey;
}

/**
 * Makes an inspection of all that was read. If the account and the secret name different keys, a person changed the
 * account, or we did and crashed before the secret was written: then the account's key is next.
 */
export async function keyInspectionOf(
  deps: ProviderDeps,
  input: ProviderInput,
  used: string,
  offer: Offer,
): Promise<Inspection> {
  const { wanted, newest } = offer;
  const isUsedKey = wanted !== byService && baseOf(used) === baseOf(keyUrl(wanted));
  const newestOfUsed = newest && isUsedKey ? versionOf(newest) : undefined;
  if (textOf(input) === used) {
    return inspectionOfUsed(deps, input, credentialRefOf(keyInSecretNow(input, newestOfUsed)), offer);
  }
  const next = credentialOf(used, newestOfUsed);
  return { readiness: valid, credentials: [credentialRefOf(next)], secretCredential: keyInSecret(input), next };
}

async function inspectionOfUsed(
  deps: ProviderDeps,
  input: ProviderInput,
  live: CredentialRef,
  offer: Offer,
): Promise<Inspection> {
  const { wanted } = offer;
  const used = textOf(input);
  const next = nextOf(input, live, offer);
  const nothingToRotate = await nothingToRotateIn(deps, input, used, wantedOf(input, used) ?? wanted, next);
  const startCause = nothingToRotate ? undefined : await startCauseOf(deps, input, next, offer);
  // A version that the tag names answers an emergency, no matter who made it and when.
  const isNamed = wanted === byService || wanted.version !== undefined;
  const before = isNamed ? [] : madeBeforeEmergency(input, next);
  const credentials = distinct([live, ...before, ...(await versionsToEnd(deps, input, live))]);
  const secretCredential = keyInSecret(input);
  return { readiness: valid, credentials, secretCredential, live, next, nothingToRotate, startCause };
}

/** Returns the credential to publish, unless it is live or the state already knows it. */
function nextOf(input: ProviderInput, live: CredentialRef, { wanted, newest }: Offer): Credential | undefined {
  let next: Credential | undefined;
  if (wanted === byService) next = credentialOf(byService);
  else if (newest && !unfitVersion(newest, input.now)) {
    next = credentialOf(textFor(input, wanted, versionOf(newest)), versionOf(newest));
  }
  const isKnown = next && (next.fingerprint === live.fingerprint || isRemembered(input, next.fingerprint));
  return isKnown ? undefined : next;
}

/** Returns why nothing may begin, however due. An option that forbids a rotation counts in the middle of one, too. */
async function nothingToRotateIn(
  deps: ProviderDeps,
  input: ProviderInput,
  used: string,
  wanted: WantedKey,
  next: Credential | undefined,
): Promise<NothingToRotate | undefined> {
  if (wanted === byService) return used === byService ? { reason: 'microsoft-managed', firm: true } : undefined;
  if (isFollowed(used) && (next === undefined || next.value.open() === used)) {
    const isRotatedByVault = isAtRest(input) && (await hasRotationPolicy(deps, wanted));
    return isRotatedByVault ? { reason: 'managed-by-batch', firm: false } : undefined;
  }
  const isPinned = wanted.version !== undefined && used === keyUrl(wanted);
  return isPinned ? { reason: 'key-pinned', firm: true } : undefined;
}

/** The end of the version in use counts, because a newer one that is not fit does not replace it. */
async function startCauseOf(
  deps: ProviderDeps,
  input: ProviderInput,
  next: Credential | undefined,
  { wanted, newest }: Offer,
): Promise<Inspection['startCause']> {
  if (next) return 'new-version';
  if (!newest || wanted === byService || !isAtRest(input)) return undefined;
  const { id: version } = keyInSecretNow(input, versionOf(newest));
  const inUse = version === versionOf(newest) ? newest : await versionAt(deps, { ...wanted, version });
  return inUse && isNearExpiry(inUse, input.now) ? 'near-expiry' : undefined;
}
