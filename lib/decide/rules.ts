import { day, hour, later, latest, minute, wholeSecond } from '../model/clock.ts';
import type { Reason } from '../model/reason.ts';
import type { Claim } from '../model/snapshot.ts';
import {
  isBeforePublish,
  isUnnamed,
  type Guard,
  type CredentialRef,
  type Rotation,
  type State,
} from '../model/state.ts';
import { startEmergency, mergeToRevoke } from './emergency.ts';
import type { Decision, Rule, Situation } from './decision.ts';
import { isLiveDead, liveCredentialReplaced } from './drift.ts';
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

/** Returns the answer of the first rule that applies. */
export function decide(situation: Situation): Decision {
  for (const rule of rules) {
    const decision = rule(situation);
    if (decision) return decision;
  }
  return { do: 'leave', reason: 'not-due' };
}

const rules: readonly Rule[] = [
  ...[resourceUnfit, newlyNamed, claimedTwice, endedValue, valueNotOfResource, notAdopted, stateLost], // may the target be touched?
  ...[tagCorrected, restored, startEmergency, paused, held], // what do people want?
  // A rotation under way.
  ...[liveCredentialReplaced, backingOff, liveRefused, frozen, regenerationNotice, continueRotation],
  ...[
    liveRefusedForGood,
    nothingToRotate,
    takeoverRequested,
    validityTooShort,
    notDue,
    quietPeriod,
    outsideWindow,
    due,
  ], // does one begin?
];

const graceful = { mode: 'graceful' } as const;

/** Each visit finds these reasons anew. */
function inAnHour({ now }: Situation): Date {
  return later(now, hour);
}

/** A resource that does not fit waits until a person has corrected it. */
function resourceUnfit(s: Situation): Decision | undefined {
  const { readiness } = s.inspection;
  if (readiness.is === 'pending') return { do: 'wait', reason: readiness.reason, until: readiness.until };
  if (readiness.is === 'valid') return undefined;
  const detail = readiness.is === 'invalid' ? readiness.detail : undefined;
  return { do: 'wait', reason: readiness.reason, until: inAnHour(s), code: readiness.code, detail };
}

/**
 * The resource names the secret since a moment ago. As after an adoption, its owner has a quiet period to object, and
 * what was not published begins anew after it (R25, named by the resource).
 */
function newlyNamed(s: Situation): Decision | undefined {
  const { wait, rotation } = s.state;
  if (!isUnnamed(wait)) return undefined;
  const guard = newQuietPeriod(s, 'adoption-grace', s.settings.adoptionGraceMs);
  const isKept = rotation?.cause === 'emergency' || !isBeforePublish(rotation);
  const state = { ...withoutWait(s.state), guard, rotation: isKept ? rotation : undefined };
  return { do: 'setState', reason: 'newly-named', state };
}

/** One secret is the target of a resource and kind (R9, claimed twice). */
function claimedTwice(s: Situation): Decision | undefined {
  if (s.claim === 'of-another') return { do: 'wait', reason: 'claimed-twice', until: inAnHour(s) };
}

/**
 * A tool wrote a credential that we ended over ours, with the tags of its own configuration or of an older version. Such
 * a value is of the resource, and proves that its author had it from this secret. It is replaced once, unless a person
 * stopped the target (R47, dead live credential first); the second time a person has to have the tool ignore the value
 * (R41, ended credentials remembered).
 */
function endedValue(s: Situation): Decision | undefined {
  const { claim, inspection } = s;
  if (!claim || claim === 'of-another' || !isWrittenOver(s, claim)) return undefined;
  const { fingerprint } = inspection.secretCredential;
  if (claim.replaced?.includes(fingerprint)) return { do: 'wait', reason: 'contended', until: inAnHour(s) };
  const repair = { cause: 'drift', phase: 'generate', toRevoke: [fingerprint] } as const;
  const republish = { do: 'republish', reason: 'repairing', state: newRotation(s, repair) } as const;
  return paused(s) ?? held(s) ?? publishFrozen(s) ?? republish;
}

/**
 * A state that is bound to the value came with it, unless we wrote that version, or began a rotation since (R17, live
 * credential replaced).
 */
function isWrittenOver({ binding, secret, inspection, state: { rotation } }: Situation, claim: Claim): boolean {
  if (inspection.live || !claim.ended?.includes(inspection.secretCredential.fingerprint)) return false;
  const hasBegunSince = rotation !== undefined && rotation.start >= secret.createdOn;
  return binding !== 'bound' || (secret.version !== claim.version && !hasBegunSince);
}

function publishFrozen({ settings }: Situation): Decision | undefined {
  if (settings.frozenPhases.has('publish')) return { do: 'leave', reason: 'frozen' };
}

/**
 * A key is published only into a secret that held a key of the resource already.
 *
 * Else a person who may tag one secret could name any account in `ProviderAddress` and read that account's key. A
 * target that is claimed and bound has shown such a value before; its dead value is repaired (R12, value not of
 * resource).
 */
function valueNotOfResource(s: Situation): Decision | undefined {
  const hasShownValue = s.binding === 'bound' && s.claim !== undefined;
  if (!hasShownValue && !s.inspection.live) {
    return { do: 'wait', reason: 'value-not-of-resource', until: inAnHour(s) };
  }
}

/** A target without a claim is adopted, with a quiet period in which its owner can object (design: Adoption). */
function notAdopted(s: Situation): Decision | undefined {
  if (s.claim) return undefined;
  // The claim may have been lost: the target that had it takes it back in the next verify sweep (R9, claimed twice). A
  // copy of that target waits too, although its state is bound.
  if (s.state.wait?.reason === 'claimed-twice' && !s.isClaimReleased) {
    return { do: 'wait', reason: 'claim-gone', until: later(s.now, 15 * minute) };
  }
  if (s.binding === 'bound') return { do: 'adopt', reason: 'going-on', state: s.state };
  const { adoptionGraceMs } = s.settings;
  const guard = { reason: 'adoption-grace', until: wholeSecond(later(s.now, adoptionGraceMs)) } as const;
  const state = { refusals: 0, stateBinding: stateBindingOf(s), guard: adoptionGraceMs > 0 ? guard : undefined };
  return { do: 'adopt', reason: 'adopted', state };
}

/**
 * Lost state is no reset: the target may have been in the middle of an overlap. Credentials that are not live may still
 * be in use, so they are revoked after a quiet period (R24, state lost).
 */
function stateLost(s: Situation): Decision | undefined {
  if (s.binding === 'bound') return undefined;
  const { credentials, live } = s.inspection;
  const toRevoke = credentials.filter(({ id }) => id !== live?.id).map(({ fingerprint }) => fingerprint);
  const rotation = newRotation(s, { cause: 'onboard', phase: 'revoke', toRevoke });
  return { do: 'setState', reason: 'recovered', state: { ...rotation, guard: newQuietPeriod(s, 'recovered') } };
}

/**
 * The value shows which credential is live, and the tag is corrected by it. Consumers may have followed the tag, so the
 * credential that it named is protected for one more overlap (R12, value not of resource).
 */
function tagCorrected(s: Situation): Decision | undefined {
  const { live } = s.inspection;
  if (!live || s.taggedId === live.id) return undefined;
  const state =
    s.taggedId === undefined ? s.state : { ...withoutWait(s.state), guard: newQuietPeriod(s, 'tag-corrected') };
  return { do: 'fixTag', reason: 'tag-corrected', credentialId: live.id, state };
}

/** A secret that was missing is back: consumers may have read nothing meanwhile (R11, restored secret). */
function restored(s: Situation): Decision | undefined {
  if (!s.claim || s.claim === 'of-another' || !s.claim.missingSince) return undefined;
  const state = { ...withoutWait(s.state), guard: newQuietPeriod(s, 'restored') };
  return { do: 'adopt', reason: 'restored', state };
}

/**
 * Returns a quiet period from now, of one overlap if no length is given. It never shortens the one that stands, and
 * never turns it into one that an emergency may pass (R11, restored secret).
 */
function newQuietPeriod(
  { now, target, state }: Situation,
  reason: Guard['reason'],
  ms = target.options.overlapMs,
): Guard {
  const until = wholeSecond(later(now, ms));
  const standing = state.guard && state.guard.until > now ? state.guard : undefined;
  if (!standing) return { reason, until };
  const kept = standing.reason === 'tag-corrected' || reason === 'adoption-grace' ? standing.reason : reason;
  return { reason: kept, until: latest(until, standing.until) };
}

/** A paused target is left alone, except by an emergency (R22, emergency overrides waits). */
function paused(s: Situation): Decision | undefined {
  const isEmergency = s.request.emergency !== undefined || s.state.rotation?.cause === 'emergency';
  if (s.target.options.paused && !isEmergency) return stoppedByPerson(s, 'paused');
}

/** A held target waits for a person, and an emergency is one (R22, emergency overrides waits). */
function held(s: Situation): Decision | undefined {
  if (s.state.held && !s.request.emergency) return stoppedByPerson(s, s.state.held);
}

/**
 * Nothing happens until a person acts. A dead live credential is announced: consumers fail until then (R47, dead live
 * credential first).
 */
function stoppedByPerson(s: Situation, reason: Reason): Decision {
  return isLiveDead(s.inspection) ? { do: 'wait', reason: 'live-dead', until: inAnHour(s) } : { do: 'leave', reason };
}

/** An inspection cannot show that these are over, so they are waited for. The rules below find all other waits anew. */
const backOffs: ReadonlySet<Reason> = new Set(['throttled', 'outage', 'refused', 'proof-unknown', 'live-refused']);

/**
 * A back-off stops all but an emergency (R22, emergency overrides waits) and a dead live credential: consumers fail
 * until a working one is published, whichever step of whichever rotation backed off (R47, dead live credential first).
 */
function backingOff({ state: { wait }, inspection, request, now }: Situation): Decision | undefined {
  if (request.emergency || isLiveDead(inspection)) return undefined;
  if (wait && wait.until > now && backOffs.has(wait.reason)) {
    return { do: 'leave', reason: wait.reason, until: wait.until };
  }
}

function frozen({ state: { rotation }, settings }: Situation): Decision | undefined {
  if (settings.frozenPhases.has(rotation?.phase ?? 'generate')) return { do: 'leave', reason: 'frozen' };
}

/**
 * The service refuses a live credential that the resource lists. Nothing is made of it until a second inspection
 * agrees, at least a minute later, and the service accepts another credential of the resource: a service that refuses
 * all of them proves nothing about one (R16, live credential proved first).
 *
 * At rest, a rotation begins then (`liveRefusedForGood`). After publish the old credential is made anew, as soon as
 * no consumer may use it any more. Before publish, the rotation under way replaces the live credential anyway.
 */
function liveRefused(s: Situation): Decision | undefined {
  const { live } = s.inspection;
  const { rotation, wait } = s.state;
  if (!s.request.liveRefused || !live || isBeforePublish(rotation)) return undefined;
  const wasRefusedBefore = wait?.reason === 'live-refused' && later(wait.since, minute) <= s.now;
  if (!wasRefusedBefore) return { do: 'wait', reason: 'live-refused', until: later(s.now, minute) };
  if (s.request.liveRefused !== 'surely') return { do: 'wait', reason: 'live-refused', until: inAnHour(s) };
  if (!rotation) return undefined;
  if (regenerationBlocker(s, rotation, 'revoke')) return { do: 'wait', reason: 'live-refused', until: inAnHour(s) };
  return { do: 'setState', reason: 'repairing', state: repairAfterPublish(s, rotation, live) };
}

/** The old credential is regenerated and published in the place of the refused one, instead of being revoked. */
function repairAfterPublish(s: Situation, rotation: Rotation, live: CredentialRef): State {
  const { credentials } = s.inspection;
  const toRevoke = mergeToRevoke(credentials, rotation.toRevoke, [...credentials, live]);
  return {
    ...withoutWait(s.state),
    stateBinding: stateBindingOf(s),
    rotation: { ...rotation, cause: 'drift', phase: 'generate', toRevoke, tookOver: undefined, accepted: undefined },
  };
}

/** A refused live credential is replaced, however far its expiry is: consumers fail. `liveRefused` has confirmed it. */
function liveRefusedForGood(s: Situation): Decision | undefined {
  if (s.request.liveRefused !== 'surely' || !s.inspection.live) return undefined;
  const delay = regenerationBlocker(s, graceful, 'generate');
  if (delay) return { do: 'wait', reason: 'live-refused', until: delay.until };
  return { do: 'setState', reason: 'repairing', state: newRotation(s, { cause: 'drift', phase: 'generate' }) };
}

/** Kept as a wait, so that it is announced once. */
function nothingToRotate({ inspection, now }: Situation): Decision | undefined {
  const { reason } = inspection.nothingToRotate ?? {};
  if (reason) return { do: 'wait', reason, until: later(now, day) };
}

/** A version that a person or a policy made is taken over at once: nothing has to be made for it. */
function takeoverRequested(s: Situation): Decision | undefined {
  const { startCause, live } = s.inspection;
  if (!startCause || !live) return undefined;
  const delay = quietPeriod(s) ?? outsideWindow(s);
  return delay ?? { do: 'setState', reason: 'begun', state: newRotation(s, { cause: startCause, phase: 'generate' }) };
}

function validityTooShort(s: Situation): Decision | undefined {
  if (isValidityTooShort(s.target.options)) return { do: 'wait', reason: 'validity-too-short', until: inAnHour(s) };
}

/**
 * An event begins a rotation only if it is due by its own dates (R14, only what is due). Any other visit begins what is due
 * (R50, what is due is done).
 */
function notDue(s: Situation): Decision | undefined {
  const isDue = isForSecret(s.request) ? isDueForEvent(s, s.now) : dueAt(s, s.jitter) <= s.now;
  if (!isDue) return { do: 'leave', reason: 'not-due', until: dueAt(s, s.jitter) };
}

function quietPeriod({ state, target, now }: Situation): Decision | undefined {
  const guard = standingGuard(state, graceful, target.options.overlapMs, now);
  if (guard) return { do: 'leave', reason: guard.reason, until: guard.until };
}

function outsideWindow(s: Situation): Decision | undefined {
  const opensAt = startsAt(s, s.now);
  if (opensAt > s.now) return { do: 'wait', reason: 'outside-window', until: opensAt };
}

/** Whether the visit is for an event of the secret, or of the key or certificate that it follows. */
function isForSecret({ cause }: Situation['request']): boolean {
  return cause !== 'schedule' && cause !== 'drift';
}

function due(s: Situation): Decision {
  const cause = isForSecret(s.request) ? s.request.cause : 'schedule'; // a visit for drift found none
  const state = newRotation(s, { cause, phase: 'generate' });
  return regenerationBlocker(s, graceful, 'generate') ?? { do: 'setState', reason: 'begun', state };
}
