import type { Check } from '../model/check.ts';
import { earliest, later, minute, second } from '../model/clock.ts';
import type { Reason } from '../model/reason.ts';
import type { Credential } from '../model/snapshot.ts';
import { revocable } from '../model/target.ts';
import type { ProviderInput } from '../providers/provider.ts';
import {
  hold,
  isPending,
  replacedVersion,
  type ChangeRequest,
  type InRotation,
  type Outcome,
  type Step,
  type StepContext,
} from './phase.ts';

/** Generates the credential that follows the live one, unless an inspection already shows it, and proves it. */
export const generate: Step = (context, snapshot, input) => {
  const { next, live } = snapshot.inspection;
  if (!next) return requestCredential(context, snapshot, input);
  return live ? prove(context, snapshot, input, next) : proveForDeadValue(context, snapshot, input, next);
};

/**
 * A key that could not be proved would never be published. So the live key is proved first, before the standby is
 * regenerated: where that gives no answer, neither would the proof of the new one (R40, spelled as the service).
 */
async function requestCredential(
  { provider }: StepContext,
  s: InRotation,
  input: ProviderInput,
): Promise<ChangeRequest | Outcome> {
  const { live, standby, secretCredential } = s.inspection;
  if (!live) return hold('live-would-die');
  const replaced = standby && revocable(standby.id, live.id, s.taggedId);
  if (standby && !replaced) return hold('live-would-die');
  if (standby && s.target.options.proof === 'required') {
    const check = await provider.prove(input, secretCredential);
    if (check.is === 'unknown') return check;
  }
  return {
    is: 'request',
    replaces: standby?.fingerprint,
    sharedLease: provider.sharedLeaseName?.(input),
    disableFirst: replacedVersion(s),
    isDone: ({ next }) => next !== undefined,
    send: async (own) => {
      const made = await provider.generate(input, replaced, own);
      return isPending(made) ? made : { is: 'inspected', inspection: made };
    },
  };
}

/** A refusal counts only where the service accepts the live key at the same time. */
async function prove(
  { provider, proofPatienceMs }: StepContext,
  snapshot: InRotation,
  input: ProviderInput,
  next: Credential,
): Promise<Outcome> {
  const check = await provider.prove(input, next, snapshot.inspection.secretCredential);
  if (check.is === 'invalid') return waitUntilAccepted(proofPatienceMs, snapshot, input, check);
  if (check.is === 'unknown' && snapshot.target.options.proof === 'best-effort') return proved(next, true);
  return check.is === 'valid' ? proved(next, false) : check;
}

/**
 * Proves the next key while the published one is dead.
 *
 * Consumers fail already, so the next key is published as soon as one of two things shows that the published value
 * really is dead: the service refuses it and accepts the next key, or a second inspection at least a minute later
 * agrees. One inspection alone is not enough, since a list of keys may lag behind (R17, live credential replaced). The
 * service may still refuse the next key for some seconds, so the proof is tried again before the minute is over.
 */
async function proveForDeadValue(
  { provider }: StepContext,
  snapshot: InRotation,
  input: ProviderInput,
  next: Credential,
): Promise<Outcome> {
  const check = await provider.prove(input, next);
  const since = waitingSince(snapshot, 'drift-confirming') ?? input.now;
  const isConfirmed = later(since, minute) <= input.now || (check.is === 'valid' && (await isPublishedRefused()));
  if (!isConfirmed) return { is: 'pending', reason: 'drift-confirming', until: nextTry(since, input.now, minute) };
  return proved(next, check.is !== 'valid');

  async function isPublishedRefused(): Promise<boolean> {
    return (await provider.prove(input, snapshot.inspection.secretCredential, next)).is === 'invalid';
  }
}

function proved(next: Credential, unproved: boolean): Outcome {
  return { is: 'proved', next, unproved };
}

/**
 * A service may still refuse a key that is seconds old. The waits grow until patience ends; then the key is generated
 * once more, and after that only a person can go on (R15, proof refused).
 */
function waitUntilAccepted(
  patienceMs: number,
  snapshot: InRotation,
  { now }: ProviderInput,
  check: Check & { is: 'invalid' },
): Outcome {
  const since = waitingSince(snapshot, 'key-not-yet-accepted') ?? now;
  if (later(since, patienceMs) > now) {
    return { is: 'pending', reason: 'key-not-yet-accepted', until: nextTry(since, now, patienceMs) };
  }
  return snapshot.rotation.regeneratedAgain ? check : { is: 'retryGenerate' };
}

/** The waits grow from a second on, until the patience ends. */
function nextTry(since: Date, now: Date, patienceMs: number): Date {
  const ageMs = now.getTime() - since.getTime();
  return earliest(later(now, Math.max(second, ageMs)), later(since, patienceMs));
}

function waitingSince({ state: { wait } }: InRotation, reason: Reason): Date | undefined {
  return wait?.reason === reason ? wait.since : undefined;
}
