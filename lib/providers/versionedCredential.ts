import { valid, type Check } from '../model/check.ts';
import { later } from '../model/clock.ts';
import { usualLeadMs } from '../model/lead.ts';
import type { Reason } from '../model/reason.ts';
import type { Fingerprint } from '../model/sealed.ts';
import type { Credential, Inspection } from '../model/snapshot.ts';
import type { CredentialRef, Rotation } from '../model/state.ts';
import type { ProviderInput } from './provider.ts';

/*
 * What kinds whose credential is a version of something in a vault have in common.
 */

export function isAtRest({ state: { rotation } }: ProviderInput): boolean {
  return rotation === undefined;
}

/** The rotation under way, once its credential is published: what is left to do is about the old one. */
export function publishedIn({ state: { rotation } }: ProviderInput): Rotation | undefined {
  return rotation?.phase === 'verify' || rotation?.phase === 'revoke' ? rotation : undefined;
}

export function credentialRefOf({ id, fingerprint }: Credential): CredentialRef {
  return { id, fingerprint };
}

/** What the state remembers is not newly made (R18, changed standby). */
export function isRemembered(
  { state: { stateBinding } }: Pick<ProviderInput, 'state'>,
  fingerprint: Fingerprint,
): boolean {
  return stateBinding?.credentials.some((known) => known.fingerprint === fingerprint) ?? false;
}

/**
 * A version that is there before an emergency begins, or leaked, does not answer it: the state shall know it (R18,
 * changed standby).
 */
export function unanswering(input: ProviderInput, next: Credential | undefined): readonly CredentialRef[] {
  const { compromised = [], state } = input;
  const isKnown = next && ((isAtRest(input) && state.stateBinding !== undefined) || compromised.includes(next.id));
  return isKnown ? [credentialRefOf(next)] : [];
}

/** The same version once, whatever it is there for. */
export function distinct(all: readonly CredentialRef[]): readonly CredentialRef[] {
  return [...new Map(all.map((known) => [known.id, known])).values()];
}

/** The rotation ends, and what is old is left as it is. */
export function withoutRevocation({ credentials: all, ...inspection }: Inspection): Inspection {
  return { ...inspection, credentials: all.filter(({ id }) => id === inspection.live?.id) };
}

/** A candidate was found fit by the look. Of what is live: is it in use, and is there nothing newer, and nothing to say? */
export async function proveVersion(
  input: ProviderInput,
  candidate: Credential,
  secretCredential: Credential,
  inspection: () => Promise<Inspection>,
): Promise<Check> {
  if (candidate.fingerprint !== secretCredential.fingerprint) return valid;
  const found = await inspection();
  if (found.readiness.is !== 'valid') return { is: 'unknown', reason: found.readiness.reason };
  if (!found.live) return { is: 'invalid', reason: 'proof-refused' };
  const news = newsIn(found, input, candidate);
  return news ? { is: 'unknown', reason: news } : valid;
}

/** What is to be looked at by whoever decides. */
function newsIn(
  { live, startCause: asks, nothingToRotate: rests }: Inspection,
  { state }: ProviderInput,
  candidate: Credential,
): Reason | undefined {
  if (live?.id !== candidate.id) return 'tag-corrected';
  if (rests && state.wait?.reason !== rests.reason) return rests.reason;
  return asks && 'proof-unknown';
}

/** Whether a version of a key or certificate is due to be replaced (design: Due). */
export function isNearEnd(expiresOn: Date | undefined, since: Date | undefined, now: Date): boolean {
  if (!expiresOn) return false;
  const lifeMs = since ? expiresOn.getTime() - since.getTime() : Infinity;
  return later(expiresOn, -usualLeadMs(lifeMs)) <= now;
}
