import { stateBindingOf, historyOf, overlapEndsAt, withoutWait } from '../decide/rotation.ts';
import { day, hour, later, latest, minute, second, wholeSecond } from '../model/clock.ts';
import type { Situation } from '../decide/decision.ts';
import type { OperationError } from '../model/operationError.ts';
import { hasClass, type Reason } from '../model/reason.ts';
import type { Sealed } from '../model/sealed.ts';
import { isRepair, isOrWasDown, type Rotation, type State, type Wait } from '../model/state.ts';
import type { Outcome } from './phase.ts';

/** Returns the state that follows from an outcome. Pure. */
export function advance(s: Situation, rotation: Rotation, outcome: Outcome): State {
  switch (outcome.is) {
    case 'pending':
      return waitingState(s.state, s.now, outcome);
    case 'unknown':
      return waitingState(s.state, s.now, { ...outcome, until: backOff(s.state, outcome.reason, s.now) });
    case 'invalid':
      return heldState(s.state, outcome);
    case 'retryGenerate':
      return { ...withoutWait(s.state), stateBinding: stateBindingOf(s), rotation: withRegeneratedAgain(rotation) };
    case 'proved':
      return { ...withoutProofWait(s.state), rotation: provedRotation(s, rotation) };
    case 'done':
      return afterDone(s, rotation);
    case 'inspected':
    case 'publish':
      return { ...withoutAnsweredWait(s.state), refusals: 0 };
  }
}

/** The key that was asked for is there. A request to adopt it, sent in an earlier visit, still counts. */
function provedRotation({ state }: Situation, rotation: Rotation): Rotation {
  const accepted = state.rotation?.phase === 'publish' ? rotation.accepted : undefined;
  return { ...rotation, phase: 'publish', accepted };
}

function withRegeneratedAgain({ tookOver: _, ...rotation }: Rotation): Rotation {
  return { ...rotation, regeneratedAgain: true, accepted: undefined };
}

/** A request that was accepted is waited for until its effect is seen (R32, only its own answer). */
function withoutAnsweredWait(state: State): State {
  return state.rotation?.accepted ? state : withoutWait(state);
}

/** Waits that belong to a proof. */
const ofProof: ReadonlySet<Reason> = new Set(['key-not-yet-accepted', 'proof-unknown', 'drift-confirming']);

/** A proof ends waits for a proof only. Any other wait counts on until the value is written. */
function withoutProofWait(state: State): State {
  return state.wait && ofProof.has(state.wait.reason) ? withoutWait(state) : state;
}

function afterDone(s: Situation, rotation: Rotation): State {
  const state = { ...withoutWait(s.state), refusals: 0 };
  if (rotation.phase === 'revoke') return completedState(s, rotation);
  const until = wholeSecond(overlapEndsAt(s, rotation, 'revoke'));
  const overlapWait = { reason: 'overlap', since: s.now, until } as const;
  return { ...state, rotation: { ...rotation, phase: 'revoke' }, ...(until > s.now && { wait: overlapWait }) };
}

function completedState(s: Situation, rotation: Rotation): State {
  const { guard } = s.state;
  return {
    refusals: 0,
    stateBinding: stateBindingOf(s),
    ...historyOf(s.state),
    ...(!isRepair(rotation) && { lastRotation: rotation.start }),
    ...(guard && guard.until > s.now && { guard }),
  };
}

/** The state that is written in one call with the new value (promise 5, state with value). */
export function publishedState(s: Situation, rotation: Rotation, value: Sealed): State {
  const stateBinding = { ...stateBindingOf(s), value: value.fingerprint };
  const written = { ...rotation, phase: 'verify', oldVersion: s.secret.version, accepted: undefined } as const;
  return { ...withoutWait(s.state), refusals: 0, stateBinding, rotation: written };
}

/**
 * A request that is awaited, and the waits around it: what it waits for changes with each attempt, and it is one wait.
 */
const awaiting: ReadonlySet<Reason> = new Set(['request-in-flight', 'accepted-without-effect']);
const aroundIt: ReadonlySet<Reason> = new Set(['outage', 'throttled', 'service-working']);

function isContinued(before: Reason, reason: Reason): boolean {
  if (before === reason) return true;
  const isOfOne = (each: Reason) => awaiting.has(each) || aroundIt.has(each);
  return (awaiting.has(before) && isOfOne(reason)) || (awaiting.has(reason) && isOfOne(before));
}

/**
 * Waits for a reason. The same reason as before keeps its beginning, so that the state shows how long it lasts. So does
 * a request that is sent again and again: else each attempt would begin anew, and it would never be announced as stuck.
 */
export function waitingState(state: State, now: Date, wait: Pick<Wait, 'reason' | 'until' | 'code'>): State {
  const known = state.wait && isContinued(state.wait.reason, wait.reason) ? state.wait : undefined;
  const { reason, until, code } = wait;
  const since = known?.since ?? wholeSecond(now);
  return {
    ...state,
    wait: {
      reason,
      since,
      until: wholeSecond(until),
      code,
      announcedStuck: known?.announcedStuck,
    },
  };
}

export function heldState(state: State, { reason }: { reason: Reason }): State {
  return { ...state, held: reason };
}

/**
 * Returns the state after a failure. Only refusals are counted, because time or a grant ends any other failure; too
 * many in a row hold the target.
 */
export function failedState(state: State, error: OperationError, now: Date, failuresUntilHeld: number): State {
  const { code, retryAfterMs = 0 } = error.detail;
  const reason = reasonThatStands(error.reason, state.wait);
  // A dead live credential is tried before.
  const isAnotherTry = state.wait?.reason !== 'refused' || state.wait.until <= now;
  const refusals = reason === 'refused' && isAnotherTry ? state.refusals + 1 : state.refusals;
  const until = latest(later(now, retryAfterMs), backOff(state, reason, now));
  const next = keepDown(state, waitingState({ ...state, refusals }, now, { reason, until, code }));
  return refusals >= failuresUntilHeld ? heldState(next, { reason: 'too-many-refusals' }) : next;
}

/** Another failure that hides a resource which was down does not mean that it is well. */
export function keepDown({ wait: before }: State, state: State): State {
  const isLost =
    before !== undefined && isOrWasDown(before) && state.wait !== undefined && !hasClass(state.wait.reason, 'down');
  return isLost ? { ...state, wait: { ...state.wait, wasDown: true } } : state;
}

/** A service that does not answer proves no change: a resource that was down stays down. */
function reasonThatStands(reason: Reason, wait: Wait | undefined): Reason {
  const stands = hasClass(wait?.reason, 'down', 'nothing-to-rotate');
  return wait && stands && hasClass(reason, 'transient', 'brief') ? wait.reason : reason;
}

/** Waits an hour where a person must act. Any other wait doubles, from 30 seconds to 15 minutes. */
function backOff(state: State, reason: Reason, now: Date): Date {
  if (hasClass(reason, 'grant')) return later(now, hour);
  const since = state.wait?.reason === reason ? state.wait.since : now;
  return later(
    now,
    Math.min(
      hasClass(reason, 'down') ? 4 * minute : 15 * minute,
      Math.max(30 * second, now.getTime() - since.getTime()),
    ),
  );
}

/** A wait that has lasted a day is announced once as stuck. */
export function isNewlyStuck(wait: Wait, now: Date): boolean {
  return !wait.announcedStuck && later(wait.since, day) <= now;
}
