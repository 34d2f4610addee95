import { earliest, later, latest, minute, second, wholeSecond } from '../model/clock.ts';
import type { Fingerprint } from '../model/sealed.ts';
import type { Inspection, RequestInFlight } from '../model/snapshot.ts';
import {
  isRepair,
  maxAccepted,
  type StateBinding,
  type Cause,
  type Guard,
  type CredentialRef,
  type Phase,
  type Rotation,
  type State,
} from '../model/state.ts';
import { resourceHash, type Target } from '../model/target.ts';
import { consumersBehind, haveAllMoved } from './consumers.ts';
import type { Decision, Delay, Situation } from './decision.ts';
import { overlapEnd, startsAt } from './due.ts';

/** The most that an immediate emergency gives consumers, and the least that a deadline leaves them. */
const shortestOverlapMs = 5 * minute;
/** A rotation is complete this long before the deadline of a notice, because some sweeps may fail. */
const deadlineMarginMs = 30 * minute;

/** A tag has 256 characters, and the id of a version 32. The live credential comes first. */
const maxRemembered = 3;

/** Returns the record that binds the state to the value and the credentials as they are now. */
export function stateBindingOf({ installation, target, secret, inspection }: Omit<Situation, 'request'>): StateBinding {
  const credentials = inspection.credentials
    .slice(0, maxRemembered)
    .map(({ id, fingerprint }) => ({ id, fingerprint }));
  return { installation, resource: resourceHash(target.resource), value: secret.value.fingerprint, credentials };
}

interface NewRotation {
  readonly cause: Cause;
  readonly phase: Phase;
  /** Absent = every credential that the state knows: the standby, then the live one. */
  readonly toRevoke?: readonly Fingerprint[] | undefined;
}

/** Returns the state of a rotation that begins now. */
export function newRotation(s: Situation, { cause, phase, toRevoke }: NewRotation): State {
  const stateBinding = s.binding === 'bound' && s.state.stateBinding ? s.state.stateBinding : stateBindingOf(s);
  const rotation: Rotation = {
    phase,
    cause,
    start: wholeSecond(s.now),
    mode: 'graceful',
    toRevoke: toRevoke ?? stateBinding.credentials.map(({ fingerprint }) => fingerprint),
    tookOver: s.inspection.live && s.inspection.next ? true : undefined,
  };
  const history = isRepair(rotation) ? historyOf(s.state) : {};
  return { refusals: 0, stateBinding, rotation, guard: s.state.guard, ...history };
}

/** Returns the part of the state that outlives a rotation. */
export function historyOf({ lastRotation, lastRequest }: State): Pick<State, 'lastRotation' | 'lastRequest'> {
  return { lastRotation, lastRequest };
}

export function withoutWait({ wait: _, ...state }: State): State {
  return state;
}

/** A rotation under way runs its next step, or waits for a reason. */
export function continueRotation(s: Situation): Decision | undefined {
  const { rotation } = s.state;
  switch (rotation?.phase) {
    case undefined:
      return undefined;
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
  if (isWithdrawn(s, rotation)) {
    const { stateBinding, guard } = s.state;
    return { do: 'setState', reason: 'withdrawn', state: { refusals: 0, stateBinding, guard, ...historyOf(s.state) } };
  }
  if (next) {
    const isProved = s.proved?.fingerprint === next.fingerprint;
    if (!isProved) return { do: 'run', reason: 'going-on', phase: 'generate' };
    return adoptionAwaited(s, rotation) ?? { do: 'run', reason: 'going-on', phase: 'publish' };
  }
  // A notice is in the state at once, so that it is not lost. It waits here for its start window.
  const opensAt = rotation.cause === 'notice' ? startsAt(s, s.now, rotation.deadline) : s.now;
  if (opensAt > s.now) return { do: 'wait', reason: 'outside-window', until: opensAt };
  const run: Decision = { do: 'run', reason: 'going-on', phase: 'generate' };
  return regenerationBlocker(s, rotation, 'generate') ?? acceptedWithoutEffect(rotation) ?? run;
}

/** A request to adopt the next credential was accepted, and the resource does not use that one yet. */
function adoptionAwaited(s: Situation, rotation: Rotation): Decision | undefined {
  if (rotation.phase !== 'publish' || !rotation.accepted) return undefined;
  return requestAwaited(s) ?? acceptedWithoutEffect(rotation);
}

/** The version that the rotation was to take over is gone, or no credential can be made any more. */
function isWithdrawn({ inspection }: Situation, { tookOver, cause }: Rotation): boolean {
  const { next, live, standby, nothingToRotate } = inspection;
  if (next || !live || standby) return false;
  return nothingToRotate?.firm === true || (tookOver === true && cause === 'new-version');
}

/**
 * The live credential is never revoked, whatever the state says (promise 1, live credential protected).
 *
 * Its fingerprint stands on the list only if the state contradicts the resource: somewhere a write was lost, or a
 * person edited tags. No inspection can tell which of the two is right, so the target is held.
 */
function continueToIdle(s: Situation, rotation: Rotation): Decision {
  const { live, credentials } = s.inspection;
  if (credentials.some(({ id, fingerprint }) => id === live?.id && rotation.toRevoke.includes(fingerprint))) {
    return { do: 'hold', reason: 'live-would-die' };
  }
  const delay =
    nextToRevoke(s.inspection, rotation) &&
    (regenerationBlocker(s, rotation, 'revoke') ?? acceptedWithoutEffect(rotation) ?? consumersBehind(s, rotation));
  return delay ?? { do: 'run', reason: 'going-on', phase: 'revoke' };
}

/** Returns a credential that must not exist any more, and still does. */
export function nextToRevoke(
  inspection: Inspection,
  { toRevoke }: Pick<Rotation, 'toRevoke'>,
): CredentialRef | undefined {
  return inspection.credentials.find(({ fingerprint }) => toRevoke.includes(fingerprint));
}

/**
 * The parts of a rotation that may shorten the overlap or end a quiet period. A rotation that would begin has no start.
 */
export type Urgency = Pick<Rotation, 'mode' | 'deadline' | 'endsFormer'> & Partial<Pick<Rotation, 'start'>>;

/**
 * Returns the quiet period that forbids to regenerate now.
 *
 * An immediate emergency passes every quiet period, and so does a notice whose deadline would leave less than an
 * overlap after it. Neither passes the one after a corrected tag: consumers may still use the credential that the tag
 * named, so it counts as live until then (promise 1, live credential protected).
 */
export function standingGuard({ guard }: State, urgency: Urgency, overlapMs: number, now: Date): Guard | undefined {
  if (!guard || guard.until <= now) return undefined;
  const { mode, deadline } = urgency;
  const isTooLate = deadline !== undefined && later(guard.until, overlapMs) > deadline;
  return (mode === 'graceful' && !isTooLate) || guard.reason === 'tag-corrected' ? guard : undefined;
}

/**
 * Returns why no credential may be regenerated now. Every regenerate, in `generate` as in `revoke`, passes here.
 *
 * Three things must be over: the quiet period; the overlap, counted from the current version no matter who wrote it,
 * because consumers may still use the value before it (promise 2, overlap kept); and the time of an earlier request,
 * which may still take effect and would replace the credential that a second one makes. An inspection that does not
 * find the fingerprint which that request was to replace shows that it took effect (R4, request in flight).
 */
export function regenerationBlocker(s: Situation, urgency: Urgency, phase: 'generate' | 'revoke'): Delay | undefined {
  const { now, target } = s;
  const guard = standingGuard(s.state, urgency, target.options.overlapMs, now);
  if (guard) return { do: 'leave', reason: guard.reason, until: guard.until };
  const endsAt = overlapEndsAt(s, urgency, phase);
  return endsAt > now ? waitForOverlap(s, urgency, endsAt) : requestAwaited(s);
}

function requestAwaited({ requestInFlight, target, inspection, now, state }: Situation): Delay | undefined {
  if (!requestInFlight || requestInFlight.until <= now) return undefined;
  const { until } = requestInFlight;
  if (hasTakenEffect(requestInFlight, target, inspection)) return undefined;
  return {
    do: 'wait',
    reason: isToBeAnnounced(state) ? 'accepted-without-effect' : inFlightReason(requestInFlight),
    until,
  };
}

/**
 * Whether the accepted requests without effect are announced as failed: at the first one in an emergency, else at the
 * last one before a person is asked (R32, only its own answer).
 */
function isToBeAnnounced({ rotation }: State): boolean {
  const { cause, accepted = 0 } = rotation ?? {};
  return accepted >= (cause === 'emergency' ? 1 : maxAccepted);
}

/** Azure accepts request after request and does none: only a person can find out why (R32, only its own answer). */
function acceptedWithoutEffect({ accepted = 0 }: Rotation): Decision | undefined {
  return accepted >= maxAccepted ? { do: 'hold', reason: 'accepted-without-effect' } : undefined;
}

export function inFlightReason({ isAssumed }: RequestInFlight): 'storage-new' | 'request-in-flight' {
  return isAssumed ? 'storage-new' : 'request-in-flight';
}

/** In an immediate emergency consumers are inspected every few seconds: they were refreshed and move soon. */
function waitForOverlap({ consumers, now }: Situation, { mode }: Urgency, until: Date): Delay {
  const areMoving = mode === 'immediate' && consumers !== undefined && consumers.behind.length > 0;
  if (areMoving) return { do: 'wait', reason: 'consumers-moving', until: earliest(until, later(now, 3 * second)) };
  return { do: 'wait', reason: 'overlap', until };
}

/**
 * Returns when the overlap of the current version ends.
 *
 * Only two things shorten it. In an immediate emergency the credential before the live one, whose place the new one
 * takes, and after publish the leaked one end as soon as every known consumer is on the newer version, after five
 * minutes at the latest (R21, emergency during rotation; R49, former credential kept). The deadline of a notice is
 * shared: half of the time since the current version goes to the consumers of the version before it, and the rotation
 * ends half an hour before the deadline. At least five minutes are left (R23, regeneration notice).
 */
export function overlapEndsAt(
  s: Pick<Situation, 'secret' | 'target' | 'consumers' | 'now' | 'inspection'>,
  urgency: Urgency,
  phase: 'generate' | 'revoke',
): Date {
  const { secret, target, consumers, now } = s;
  const { mode, deadline } = urgency;
  const { createdOn } = secret;
  const whole = overlapEnd({ target, secret });
  const shortest = later(createdOn, shortestOverlapMs);
  if (mode === 'immediate') {
    if (consumers && haveAllMoved(consumers)) return now;
    return phase === 'generate' ? (formerEndsAt(s, urgency) ?? now) : earliest(whole, shortest);
  }
  if (!deadline || shortest > deadline) return whole; // missed anyway (R28, who may shorten)
  const halfMs = (deadline.getTime() - createdOn.getTime()) / 2;
  const by = phase === 'generate' ? later(createdOn, halfMs) : later(deadline, -deadlineMarginMs);
  return earliest(whole, latest(shortest, by));
}

/**
 * Returns until when an immediate emergency leaves the credential before the live one to its consumers: five minutes
 * from its start, or the rest of the overlap if that is less. Returns nothing where the overlap is over, or where the
 * emergency names that credential too (R49, former credential kept).
 */
export function formerEndsAt(
  { secret, target, now, inspection }: Pick<Situation, 'secret' | 'target' | 'now' | 'inspection'>,
  { start = now, endsFormer }: Pick<Urgency, 'start' | 'endsFormer'>,
): Date | undefined {
  if (!inspection.standby) return undefined; // a new version takes no place
  const endsAt = earliest(overlapEnd({ target, secret }), later(latest(start, secret.createdOn), shortestOverlapMs));
  return endsFormer || endsAt <= now ? undefined : endsAt;
}

/**
 * Whether an inspection shows the effect of a request: what it replaced is not listed any more. Only the kind that sent
 * the request can tell, because another kind of the same resource lists other credentials (R4, request in flight).
 */
export function hasTakenEffect(
  { replaces, kind }: RequestInFlight,
  target: Pick<Target, 'kind'>,
  { credentials }: Inspection,
): boolean {
  const isOurs = replaces !== undefined && kind === target.kind && credentials.length > 0;
  return isOurs && !credentials.some(({ fingerprint }) => fingerprint === replaces);
}
