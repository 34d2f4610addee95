import type { Check } from '../model/check.ts';
import { earliest, later, minute, second } from '../model/clock.ts';
import type { Reason } from '../model/reason.ts';
import type { Credential } from '../model/snapshot.ts';
import { revocable } from '../model/target.ts';
import type { ProviderInput } from '../providers/provider.ts';
import { hold, isPending, type StepContext, type InRotation, type Outcome, type Step } from './phase.ts';

/** Makes the credential that follows the live one unless a look already showed it, and proves it. */
export const generate: Step = (hands, snapshot, view) => {
  const { next, live } = snapshot.inspection;
  if (!next) return generateCredential(hands, snapshot, view);
  return live ? prove(hands, snapshot, view, next) : proveForDeadValue(hands, snapshot, view, next);
};

async function generateCredential(
  { provider, vault, recordIntent: sending, withSharedLease: sharing }: StepContext,
  s: InRotation,
  view: ProviderInput,
): Promise<Outcome> {
  const { inspection, taggedId, rotation, secret, target } = s;
  if (!inspection.live) return hold('live-would-die');
  const standby = inspection.standby && revocable(inspection.standby.id, inspection.live.id, taggedId);
  if (inspection.standby && !standby) return hold('live-would-die');
  const { oldVersion } = rotation;
  if (oldVersion && oldVersion !== secret.version) await vault.disable(target.secret, oldVersion);
  const made = await sharing(provider.sharedLeaseName?.(view), async () => {
    await sending(inspection.standby?.fingerprint);
    return provider.generate(view, standby);
  });
  return isPending(made) ? made : { is: 'inspected', inspection: made };
}

/** Held against the live key: refused only counts where that one is accepted. */
async function prove(
  hands: StepContext,
  snapshot: InRotation,
  view: ProviderInput,
  next: Credential,
): Promise<Outcome> {
  const check = await hands.provider.prove(view, next, snapshot.inspection.secretCredential);
  if (check.is === 'invalid') return waitUntilAccepted(hands, snapshot, view, check);
  if (check.is === 'unknown' && snapshot.target.options.proof === 'best-effort') return provedOutcome(next, true);
  return check.is === 'valid' ? provedOutcome(next, false) : check;
}

/**
 * Consumers fail already: published when the value is refused while this one is accepted, or two looks agree (R17, live
 * credential replaced).
 */
async function proveForDeadValue(
  hands: StepContext,
  s: InRotation,
  view: ProviderInput,
  next: Credential,
): Promise<Outcome> {
  const check = await hands.provider.prove(view, next);
  const since = waitingSince(s, 'drift-confirming') ?? view.now;
  const agreed = later(since, minute) <= view.now;
  if (!agreed && !(check.is === 'valid' && (await isDead(hands, s, view, next)))) {
    return { is: 'pending', reason: 'drift-confirming', until: later(since, minute) };
  }
  return provedOutcome(next, check.is !== 'valid');
}

async function isDead(
  { provider }: StepContext,
  { inspection }: InRotation,
  view: ProviderInput,
  next: Credential,
): Promise<boolean> {
  const check = await provider.prove(view, inspection.secretCredential, next);
  return check.is === 'invalid';
}

function provedOutcome(next: Credential, unproved: boolean): Outcome {
  return { is: 'proved', next, unproved };
}

/**
 * A key seconds old may still be refused: waits grow until patience ends; then once more, then a person (R15, proof
 * refused).
 */
function waitUntilAccepted(
  hands: StepContext,
  snapshot: InRotation,
  { now }: ProviderInput,
  check: Check & { is: 'invalid' },
): Outcome {
  const since = waitingSince(snapshot, 'key-not-yet-accepted') ?? now;
  const ageMs = now.getTime() - since.getTime();
  if (ageMs < hands.proofPatienceMs) {
    const until = earliest(later(now, Math.max(second, ageMs)), later(since, hands.proofPatienceMs));
    return { is: 'pending', reason: 'key-not-yet-accepted', until };
  }
  return snapshot.rotation.regeneratedAgain ? check : { is: 'retryGenerate' };
}

function waitingSince({ state: { wait } }: InRotation, reason: Reason): Date | undefined {
  return wait?.reason === reason ? wait.since : undefined;
}
