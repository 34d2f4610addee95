import { day, hour, later, latest, minute, wholeSecond } from '../model/clock.ts';
import type { Reason } from '../model/reason.ts';
import type { Guard, CredentialRef, Rotation, State } from '../model/state.ts';
import { startEmergency, mergeToRevoke } from './emergency.ts';
import type { Decision, Rule, Situation } from './decision.ts';
import { liveCredentialReplaced } from './drift.ts';
import { dueAt, isDueForEvent, startsAt, isValidityTooShort } from './due.ts';
import { regenerationNotice } from './notice.ts';
import {
  newRotation,
  stateBindingOf,
  continueRotation,
  regenerationBlocker,
  standingGuard,
  withoutWait,
} from './rotation.ts';

/** First answer wins: may we at all, is an emergency to be accepted, what is under way, shall something begin. */
export function decide(situation: Situation): Decision {
  for (const rule of rules) {
    const decision = rule(situation);
    if (decision) return decision;
  }
  return { do: 'leave', reason: 'not-due' };
}

const rules: readonly Rule[] = [
  ...[resourceUnfit, claimedTwice, valueNotOfResource, notAdopted, stateLost], // may we?
  ...[tagCorrected, restored, startEmergency, paused, held], // what people want
  ...[liveCredentialReplaced, backingOff, liveRefused, frozen, regenerationNotice, continueRotation], // a rotation under way
  ...[liveRefusedForGood, nothingToRotate, takeoverRequested, validityTooShort, notDue, guarded, outsideWindow, due], // shall one begin?
];

const graceful = { mode: 'graceful' } as const;

/** Each look finds these anew; tried once an hour. */
function inAnHour({ now }: Situation): Date {
  return later(now, hour);
}

function resourceUnfit(s: Situation): Decision | undefined {
  const { readiness } = s.inspection;
  if (readiness.is === 'pending') return { do: 'wait', reason: readiness.reason, until: readiness.until };
  if (readiness.is === 'valid') return undefined;
  return { do: 'wait', reason: readiness.reason, until: inAnHour(s), code: readiness.code };
}

function claimedTwice(s: Situation): Decision | undefined {
  if (s.claim === 'of-another') return { do: 'wait', reason: 'claimed-twice', until: inAnHour(s) };
}

/** Whoever may tag a secret must not get any account's key published into it (R12, value not of resource). */
function valueNotOfResource(s: Situation): Decision | undefined {
  const known = s.binding === 'bound' && s.claim !== undefined;
  if (!known && !s.inspection.live) return { do: 'wait', reason: 'value-not-of-resource', until: inAnHour(s) };
}

function notAdopted(s: Situation): Decision | undefined {
  if (s.claim) return undefined;
  if (s.binding === 'bound') return { do: 'adopt', reason: 'going-on', state: s.state };
  const { adoptionGraceMs } = s.settings;
  const guard = { reason: 'adoption-grace', until: wholeSecond(later(s.now, adoptionGraceMs)) } as const;
  return {
    do: 'adopt',
    reason: 'adopted',
    state: { refusals: 0, stateBinding: stateBindingOf(s), guard: adoptionGraceMs > 0 ? guard : undefined },
  };
}

/** Lost state is no reset: what is not live may still be in use, so it settles and ends (R24, state lost). */
function stateLost(s: Situation): Decision | undefined {
  if (s.binding === 'bound') return undefined;
  const toRevoke = s.inspection.credentials
    .filter(({ id }) => id !== s.inspection.live?.id)
    .map(({ fingerprint }) => fingerprint);
  const state = { ...newRotation(s, { cause: 'onboard', phase: 'revoke', toRevoke }), guard: guard(s, 'recovered') };
  return { do: 'setState', reason: 'recovered', state };
}

/** The value tells which is live; what the tag named keeps its protection for one settle. */
function tagCorrected(s: Situation): Decision | undefined {
  const { live } = s.inspection;
  if (!live || s.taggedId === live.id) return undefined;
  const state = s.taggedId === undefined ? s.state : { ...withoutWait(s.state), guard: guard(s, 'tag-corrected') };
  return { do: 'fixTag', reason: 'tag-corrected', credentialId: live.id, state };
}

/** Consumers may have read nothing while it was gone (R11, restored secret). */
function restored(s: Situation): Decision | undefined {
  if (!s.claim || s.claim === 'of-another' || !s.claim.missingSince) return undefined;
  return { do: 'adopt', reason: 'restored', state: { ...withoutWait(s.state), guard: guard(s, 'restored') } };
}

/** A guard that stands is never shortened, and one that no emergency may end stays one. */
function guard({ now, target, state }: Situation, reason: Guard['reason']): Guard {
  const overlapEnd = wholeSecond(later(now, target.options.overlapMs));
  const standing = state.guard && state.guard.until > now ? state.guard : undefined;
  if (!standing) return { reason, until: overlapEnd };
  return {
    reason: standing.reason === 'tag-corrected' ? standing.reason : reason,
    until: latest(overlapEnd, standing.until),
  };
}

/**
 * Neither pause nor hold nor back-off stops an emergency, also where a dead value must be repaired first (R22,
 * emergency overrides waits).
 */
function paused({ target, state, request }: Situation): Decision | undefined {
  if (target.options.paused && !request.emergency && state.rotation?.cause !== 'emergency')
    return { do: 'leave', reason: 'paused' };
}

function held({ state, request }: Situation): Decision | undefined {
  if (state.held && !request.emergency) return { do: 'leave', reason: state.held };
}

/** An inspection cannot show that these are over, so they are waited for. The rules below find all other waits anew. */
const backOffs: ReadonlySet<Reason> = new Set(['throttled', 'outage', 'refused', 'proof-unknown', 'live-refused']);

function backingOff({ state: { wait }, request, now }: Situation): Decision | undefined {
  if (wait && wait.until > now && !request.emergency && backOffs.has(wait.reason)) {
    return { do: 'leave', reason: wait.reason, until: wait.until };
  }
}

function frozen({ state: { rotation }, settings }: Situation): Decision | undefined {
  if (settings.frozenPhases.has(rotation?.phase ?? 'generate')) return { do: 'leave', reason: 'frozen' };
}

/** The resource lists the key as current and refuses it: a second look agrees before anything is made of it. */
function liveRefused(s: Situation): Decision | undefined {
  const { live } = s.inspection;
  const { rotation, wait } = s.state;
  if (!s.request.liveRefused || !live || isReplacing(s.state)) return undefined;
  if (agreed(s)) return rotation ? refusedInRevoke(s, rotation, live) : undefined;
  const isFirst = wait?.reason !== 'live-refused' || later(wait.since, minute) > s.now;
  return { do: 'wait', reason: 'live-refused', until: isFirst ? later(s.now, minute) : inAnHour(s) };
}

function refusedInRevoke(s: Situation, rotation: Rotation, live: CredentialRef): Decision {
  const isOverlapOver = regenerationBlocker(s, rotation, 'revoke') === undefined;
  if (isOverlapOver) return { do: 'setState', reason: 'repairing', state: replacedAnew(s, rotation, live) };
  return { do: 'wait', reason: 'live-refused', until: inAnHour(s) };
}

/** Nobody uses the old credential any more: instead of ending it is made anew, in place of the refused one. */
function replacedAnew(s: Situation, { tookOver: _, ...rotation }: Rotation, live: CredentialRef): State {
  const toRevoke = mergeToRevoke(s.inspection.credentials, rotation.toRevoke, [...s.inspection.credentials, live]);
  return {
    ...withoutWait(s.state),
    stateBinding: stateBindingOf(s),
    rotation: { ...rotation, cause: 'drift', phase: 'generate', toRevoke },
  };
}

function isReplacing({ rotation }: State): boolean {
  return rotation?.phase === 'generate' || rotation?.phase === 'publish';
}

function agreed({ request, state: { wait }, now }: Situation): boolean {
  return request.liveRefused === 'surely' && wait?.reason === 'live-refused' && later(wait.since, minute) <= now;
}

/** Consumers fail, whatever is due: the other key is regenerated, and published if it is accepted. */
function liveRefusedForGood(s: Situation): Decision | undefined {
  if (s.request.liveRefused !== 'surely' || !s.inspection.live) return undefined;
  const wait = regenerationBlocker(s, graceful, 'generate');
  if (wait) return { do: 'wait', reason: 'live-refused', until: ('until' in wait && wait.until) || inAnHour(s) };
  return { do: 'setState', reason: 'repairing', state: newRotation(s, { cause: 'drift', phase: 'generate' }) };
}

/** Remembered, so that it is said once. */
function nothingToRotate({ inspection: { nothingToRotate: rests }, now }: Situation): Decision | undefined {
  if (rests) return { do: 'wait', reason: rests.reason, until: later(now, day) };
}

/** A version that somebody else made is taken over, whatever is due: nothing has to be made for it. */
function takeoverRequested(s: Situation): Decision | undefined {
  const { startCause: asks, live } = s.inspection;
  if (!asks || !live) return undefined;
  const wait = guarded(s) ?? outsideWindow(s);
  return wait ?? { do: 'setState', reason: 'begun', state: newRotation(s, { cause: asks, phase: 'generate' }) };
}

function validityTooShort(s: Situation): Decision | undefined {
  if (isValidityTooShort(s.target.options)) return { do: 'wait', reason: 'validity-too-short', until: inAnHour(s) };
}

function notDue(s: Situation): Decision | undefined {
  if (!isDue(s)) return { do: 'leave', reason: 'not-due', until: dueAt(s, s.jitter) };
}

/** Who comes to look for drift begins nothing else. */
function isDue(s: Situation): boolean {
  if (s.request.cause === 'drift') return false;
  return s.request.cause === 'schedule' ? dueAt(s, s.jitter) <= s.now : isDueForEvent(s, s.now);
}

function guarded({ state, target, now }: Situation): Decision | undefined {
  const guard = standingGuard(state, graceful, target.options.overlapMs, now);
  if (guard) return { do: 'leave', reason: guard.reason, until: guard.until };
}

function outsideWindow(s: Situation): Decision | undefined {
  const opens = startsAt(s, s.now);
  if (opens > s.now) return { do: 'wait', reason: 'outside-window', until: opens };
}

function due(s: Situation): Decision {
  const wait = regenerationBlocker(s, graceful, 'generate');
  if (wait) return wait;
  return { do: 'setState', reason: 'begun', state: newRotation(s, { cause: s.request.cause, phase: 'generate' }) };
}
