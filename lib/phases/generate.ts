import type { Check } from '../model/check.ts';
import { earliest, later, minute, second } from '../model/clock.ts';
import type { Reason } from '../model/reason.ts';
import type { Credential } from '../model/snapshot.ts';
import { spare } from '../model/target.ts';
import type { View } from '../providers/provider.ts';
import { held, isPending, type Hands, type InRotation, type Outcome, type Step } from './phase.ts';

/** Makes the credential that follows the live one unless a look already showed it, and proves it. */
export const generate: Step = (hands, snapshot, view) => {
  const { next, live } = snapshot.look;
  if (!next) return make(hands, snapshot, view);
  return live ? prove(hands, snapshot, view, next) : proveForDeadValue(hands, snapshot, view, next);
};

async function make({ provider, vault, sending, sharing }: Hands, s: InRotation, view: View): Promise<Outcome> {
  const { look, tagged, rotation, secret, target } = s;
  if (!look.live) return held('live-would-die');
  const standby = look.standby && spare(look.standby.id, look.live.id, tagged);
  if (look.standby && !standby) return held('live-would-die');
  const { oldVersion } = rotation;
  if (oldVersion && oldVersion !== secret.version) await vault.disable(target.secret, oldVersion);
  const made = await sharing(provider.shares?.(view), async () => {
    await sending(look.standby?.fingerprint);
    return provider.generate(view, standby);
  });
  return isPending(made) ? made : { is: 'seen', look: made };
}

/** Held against the live key: refused only counts where that one is accepted. */
async function prove(hands: Hands, snapshot: InRotation, view: View, next: Credential): Promise<Outcome> {
  const check = await hands.provider.prove(view, next, snapshot.look.held);
  if (check.is === 'bad') return patient(hands, snapshot, view, check);
  if (check.is === 'unknown' && snapshot.target.wishes.proof === 'best-effort') return allowed(next, true);
  return check.is === 'good' ? allowed(next, false) : check;
}

/** Consumers fail already: published when the value is refused while this one is accepted, or two looks agree (R17). */
async function proveForDeadValue(hands: Hands, s: InRotation, view: View, next: Credential): Promise<Outcome> {
  const check = await hands.provider.prove(view, next);
  const since = waitingSince(s, 'drift-confirming') ?? view.now;
  const agreed = later(since, minute) <= view.now;
  if (!agreed && !(check.is === 'good' && (await isDead(hands, s, view, next)))) {
    return { is: 'pending', reason: 'drift-confirming', until: later(since, minute) };
  }
  return allowed(next, check.is !== 'good');
}

async function isDead({ provider }: Hands, { look }: InRotation, view: View, next: Credential): Promise<boolean> {
  const check = await provider.prove(view, look.held, next);
  return check.is === 'bad';
}

function allowed(next: Credential, unproved: boolean): Outcome {
  return { is: 'proved', next, unproved };
}

/** A key seconds old may still be refused: waits grow until patience ends; then once more, then a person (R15). */
function patient(hands: Hands, snapshot: InRotation, { now }: View, check: Check & { is: 'bad' }): Outcome {
  const since = waitingSince(snapshot, 'key-not-yet-accepted') ?? now;
  const ageMs = now.getTime() - since.getTime();
  if (ageMs < hands.proofPatienceMs) {
    const until = earliest(later(now, Math.max(second, ageMs)), later(since, hands.proofPatienceMs));
    return { is: 'pending', reason: 'key-not-yet-accepted', until };
  }
  return snapshot.rotation.retried ? check : { is: 'again' };
}

function waitingSince({ state: { wait } }: InRotation, reason: Reason): Date | undefined {
  return wait?.reason === reason ? wait.since : undefined;
}
