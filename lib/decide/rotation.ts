import { earliest, later, latest, minute, second, wholeSecond } from '../model/clock.ts';
import type { Fingerprint } from '../model/sealed.ts';
import type { Inspection } from '../model/snapshot.ts';
import {
  isRepair,
  type StateBinding,
  type Cause,
  type Guard,
  type CredentialRef,
  type Mode,
  type Phase,
  type Rotation,
  type State,
} from '../model/state.ts';
import { resourceHash } from '../model/target.ts';
import { consumersBehind, hasConsumersBehind } from './consumers.ts';
import type { Decision, Situation } from './decision.ts';
import { startsAt } from './due.ts';

/** An immediate emergency gives consumers this long at most before the leaked credential ends, a deadline at least. */
const shortestOverlapMs = 5 * minute;
/** A rotation is complete so long before the deadline of a notice: some sweeps may fail. */
const deadlineMarginMs = 30 * minute;

/** A tag has 256 characters, and a version's id 32: the live one comes first, then what is not to be taken for new. */
const maxRemembered = 3;

/** What binds the state to the value and the credentials as they are now. */
export function stateBindingOf({ installation, target, secret, inspection }: Omit<Situation, 'request'>): StateBinding {
  const credentials = inspection.credentials
    .slice(0, maxRemembered)
    .map(({ id, fingerprint }) => ({ id, fingerprint }));
  return { installation, resource: resourceHash(target.resource), value: secret.value.fingerprint, credentials };
}

interface NewRotation {
  readonly cause: Cause;
  readonly phase: Phase;
  readonly mode?: Mode | undefined;
  /** Absent = every credential that the state knows: the standby, then the live one. */
  readonly toRevoke?: readonly Fingerprint[] | undefined;
}

/** The state of a rotation that begins now. */
export function newRotation(s: Situation, { cause, phase, mode = 'graceful', toRevoke: gone }: NewRotation): State {
  const stateBinding = s.binding === 'bound' && s.state.stateBinding ? s.state.stateBinding : stateBindingOf(s);
  const start = wholeSecond(s.now);
  const adopted = s.inspection.live && s.inspection.next ? ({ tookOver: true } as const) : {};
  const ending = gone ?? stateBinding.credentials.map(({ fingerprint }) => fingerprint);
  const rotation: Rotation = { phase, cause, start, mode, toRevoke: ending, ...adopted };
  const { guard } = s.state;
  return {
    refusals: 0,
    stateBinding,
    rotation,
    guard,
    ...(isRepair(rotation) && historyOf(s.state)),
  };
}

/** What outlives a rotation. */
export function historyOf({ lastRotation, lastRequest }: State): Pick<State, 'lastRotation' | 'lastRequest'> {
  return { lastRotation, lastRequest };
}

export function withoutWait({ wait: _, ...state }: State): State {
  return state;
}

/** The rotation under way: its next step, or what it must wait for. */
export function continueRotation(s: Situation): Decision | undefined {
  const { rotation } = s.state;
  if (!rotation) return undefined;
  switch (rotation.phase) {
    case 'generate':
    case 'publish':
      return continueToPublish(s, rotation);
    case 'verify':
      return { do: 'run', reason: 'going-on', phase: 'verify' };
    case 'revoke':
      return continueToIdle(s, rotation);
  }
}

function continueToPublish(s: Situation, rotation: Rotation): Decision {
  const { next } = s.inspection;
  if (isWithdrawn(s, rotation)) return { do: 'setState', reason: 'withdrawn', state: idleAgain(s.state) };
  if (!next) {
    const wait = windowOfNotice(s, rotation) ?? regenerationBlocker(s, rotation, 'generate');
    return wait ?? { do: 'run', reason: 'going-on', phase: 'generate' };
  }
  const phase = s.proved?.fingerprint === next.fingerprint ? 'publish' : 'generate';
  return { do: 'run', reason: 'going-on', phase };
}

/** It was to take over what somebody made or wished for, and that is gone; or nothing may be made any more. */
function isWithdrawn({ inspection }: Situation, { tookOver: adopted, cause }: Rotation): boolean {
  const { next, live, standby, nothingToRotate: rests } = inspection;
  if (next || !live || standby) return false;
  return rests?.firm === true || (adopted === true && cause === 'new-version');
}

function idleAgain({ stateBinding, guard, ...state }: State): State {
  return { refusals: 0, stateBinding, guard, ...historyOf(state) };
}

function continueToIdle(s: Situation, rotation: Rotation): Decision {
  const { live, credentials: all } = s.inspection;
  if (all.some(({ id, fingerprint }) => id === live?.id && rotation.toRevoke.includes(fingerprint))) {
    return { do: 'hold', reason: 'live-would-die' };
  }
  const wait =
    nextToRevoke(s.inspection, rotation) &&
    (regenerationBlocker(s, rotation, 'revoke') ?? consumersBehind(s, rotation));
  return wait ?? { do: 'run', reason: 'going-on', phase: 'revoke' };
}

/** A notice is in the state at once, so that it is not lost; its start window is waited for there. */
function windowOfNotice(s: Situation, { cause, deadline }: Rotation): Decision | undefined {
  const opens = cause === 'notice' ? startsAt(s, s.now, deadline) : s.now;
  if (opens > s.now) return { do: 'wait', reason: 'outside-window', until: opens };
}

/** The credential that must be gone and is still there. */
export function nextToRevoke(
  inspection: Inspection,
  { toRevoke }: Pick<Rotation, 'toRevoke'>,
): CredentialRef | undefined {
  return inspection.credentials.find(({ fingerprint }) => toRevoke.includes(fingerprint));
}

/**
 * An immediate emergency passes every guard, and a notice one that leaves it no settle before its deadline; neither
 * passes that of a tag that was corrected (promise 1, live credential protected).
 */
export function standingGuard({ guard }: State, urgency: Urgency, overlapMs: number, now: Date): Guard | undefined {
  if (!guard || guard.until <= now) return undefined;
  const { mode, deadline } = urgency;
  const tooLate = deadline !== undefined && later(guard.until, overlapMs) > deadline;
  return (mode === 'graceful' && !tooLate) || guard.reason === 'tag-corrected' ? guard : undefined;
}

/**
 * Nothing is regenerated before settle, a guard or an earlier request's time is over (promise 2, overlap kept; R4,
 * request in flight).
 */
export function regenerationBlocker(
  s: Situation,
  urgency: Urgency,
  phase: 'generate' | 'revoke',
): Decision | undefined {
  const guard = standingGuard(s.state, urgency, s.target.options.overlapMs, s.now);
  if (guard) return { do: 'leave', reason: guard.reason, until: guard.until };
  const overlapEnd = overlapEndsAt(s, urgency, phase);
  if (overlapEnd > s.now) return waitForOverlap(s, urgency, overlapEnd);
  const { requestInFlight, inspection } = s;
  const landed =
    requestInFlight?.replaces !== undefined &&
    !inspection.credentials.some(({ fingerprint }) => fingerprint === requestInFlight.replaces);
  if (requestInFlight && requestInFlight.until > s.now && !landed) {
    return { do: 'wait', reason: 'request-in-flight', until: requestInFlight.until };
  }
}

/** Consumers that were refreshed for an emergency show within seconds that they moved. */
function waitForOverlap({ consumers, now }: Situation, { mode }: Urgency, until: Date): Decision {
  const watched = mode === 'immediate' && consumers !== undefined && consumers.known > 0;
  if (watched) return { do: 'wait', reason: 'consumers-moving', until: earliest(until, later(now, 3 * second)) };
  return { do: 'wait', reason: 'overlap', until };
}

/** What may shorten settle. */
export type Urgency = Pick<Rotation, 'mode' | 'deadline'>;

/**
 * An immediate emergency waits not at all before publish, and to a short cap before revoke, or until every known
 * consumer is seen (R21, emergency during rotation). A deadline leaves the time there is to the consumers of both
 * versions by halves (R23, regeneration notice).
 */
export function overlapEndsAt(
  { secret, target, consumers, now }: Pick<Situation, 'secret' | 'target' | 'consumers' | 'now'>,
  { mode, deadline }: Urgency,
  phase: 'generate' | 'revoke',
): Date {
  const { createdOn } = secret;
  const whole = later(createdOn, target.options.overlapMs);
  if (mode === 'immediate') {
    const over =
      phase === 'generate' || (consumers !== undefined && consumers.known > 0 && !hasConsumersBehind(consumers));
    return over ? now : earliest(whole, later(createdOn, shortestOverlapMs));
  }
  if (!deadline) return whole;
  const halfMs = (deadline.getTime() - createdOn.getTime()) / 2;
  const by = phase === 'generate' ? later(createdOn, halfMs) : later(deadline, -deadlineMarginMs);
  return earliest(whole, latest(later(createdOn, shortestOverlapMs), by));
}
