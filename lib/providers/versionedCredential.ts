import { valid, type Check } from '../model/check.ts';
import { later } from '../model/clock.ts';
import { usualLeadMs } from '../model/lead.ts';
import type { Reason } from '../model/reason.ts';
import type { Fingerprint } from '../model/sealed.ts';
import type { Credential, Inspection } from '../model/snapshot.ts';
import type { CredentialRef, Rotation } from '../model/state.ts';
import type { ProviderInput } from './provider.ts';

/*
 * Shared by the kinds whose credential is a version of a key or certificate (design: Versioned credentials).
 *
 * Each generate adds a version, and an old version is only ever disabled, so there is no standby. The newest version is
 * the next credential, no matter who made it, unless the state already knows it. Others may still need an old version:
 * data that a key encrypted, nodes that have not fetched the newer certificate. Hence a version is ended only if its
 * owner asked for that (a certificate also if it leaked), if the version that replaced it is published, and if nothing
 * that can be seen still uses it.
 */

export function isAtRest({ state: { rotation } }: ProviderInput): boolean {
  return rotation === undefined;
}

/** Returns the rotation under way once its credential is published: all that is left concerns the old one. */
export function publishedIn({ state: { rotation } }: ProviderInput): Rotation | undefined {
  return rotation?.phase === 'verify' || rotation?.phase === 'revoke' ? rotation : undefined;
}

/** Tells whether the owner wants old versions disabled. */
export function endsOldVersions({ target: { options } }: Pick<ProviderInput, 'target'>): boolean {
  return options.kindOptions?.has('disable-old-version') ?? false;
}

export function credentialRefOf({ id, fingerprint }: Credential): CredentialRef {
  return { id, fingerprint };
}

/** A version that the state remembers was not made since (R18, changed standby). */
export function isRemembered(
  { state: { stateBinding } }: Pick<ProviderInput, 'state'>,
  fingerprint: Fingerprint,
): boolean {
  return stateBinding?.credentials.some((known) => known.fingerprint === fingerprint) ?? false;
}

/**
 * Returns the next version if it cannot answer an emergency, because it existed before or leaked. The state has to
 * remember it, so that only a version made later counts (R18, changed standby).
 */
export function madeBeforeEmergency(input: ProviderInput, next: Credential | undefined): readonly CredentialRef[] {
  const { compromised = [], state } = input;
  const existedBefore = isAtRest(input) && state.stateBinding !== undefined;
  return next && (existedBefore || compromised.includes(next.id)) ? [credentialRefOf(next)] : [];
}

/** Returns each version once. */
export function distinct(credentials: readonly CredentialRef[]): readonly CredentialRef[] {
  return [...new Map(credentials.map((credential) => [credential.id, credential])).values()];
}

/** Shows only the live credential, so that the rotation ends and old versions stay as they are. */
export function withoutRevocation({ credentials, ...inspection }: Inspection): Inspection {
  return { ...inspection, credentials: credentials.filter(({ id }) => id === inspection.live?.id) };
}

/**
 * The inspection found a candidate fit, which is its proof. A live version is proved by a new inspection: it must be in
 * use, with nothing newer and nothing else to decide.
 */
export async function proveVersion(
  input: ProviderInput,
  candidate: Credential,
  secretCredential: Credential,
  inspect: () => Promise<Inspection>,
): Promise<Check> {
  if (candidate.fingerprint !== secretCredential.fingerprint) return valid;
  const inspection = await inspect();
  if (inspection.readiness.is !== 'valid') return { is: 'unknown', reason: inspection.readiness.reason };
  if (!inspection.live) return { is: 'invalid', reason: 'proof-refused' };
  const reason = needsDecision(inspection, input, candidate);
  return reason ? { is: 'unknown', reason } : valid;
}

/** Returns why the rules have to see this inspection. */
function needsDecision(
  { live, startCause, nothingToRotate }: Inspection,
  { state }: ProviderInput,
  candidate: Credential,
): Reason | undefined {
  if (live?.id !== candidate.id) return 'tag-corrected';
  if (nothingToRotate && state.wait?.reason !== nothingToRotate.reason) return nothingToRotate.reason;
  return startCause && 'proof-unknown';
}

/**
 * Near the end means 30 days before it, when Key Vault sends its event (azure-facts: Key Vault events), or the last
 * third of a shorter life (design: Due).
 */
export function isNearEnd(expiresOn: Date | undefined, since: Date | undefined, now: Date): boolean {
  if (!expiresOn) return false;
  const lifeMs = since ? expiresOn.getTime() - since.getTime() : Infinity;
  return later(expiresOn, -usualLeadMs(lifeMs)) <= now;
}
