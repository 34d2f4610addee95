import { day, hour, later, latest, minute, wholeSecond } from '../model/clock.ts';
import type { Reason } from '../model/reason.ts';
import type { Guard, Known, Rotation, State } from '../model/state.ts';
import { accept, together } from './emergency.ts';
import type { Decision, Rule, Situation } from './decision.ts';
import { drifted } from './drift.ts';
import { dueAt, dueForAnEvent, startsAt, tooShort } from './due.ts';
import { noticed } from './notice.ts';
import { begun, bondOf, goOn, mayRegenerateFrom, standingGuard, withoutWait } from './rotation.ts';

/** First answer wins: may we at all, is an emergency to be accepted, what is under way, shall something begin. */
export function decide(situation: Situation): Decision {
  for (const rule of rules) {
    const decision = rule(situation);
    if (decision) return decision;
  }
  return { do: 'rest', reason: 'not-due' };
}

const rules: readonly Rule[] = [
  ...[unfit, claimedTwice, foreignValue, onboard, stateLost], // may we?
  ...[tagContradicts, restored, accept, paused, staysHeld], // what people want
  ...[drifted, backsOff, liveRefused, frozen, noticed, goOn], // a rotation under way
  ...[refusedForGood, seenTo, asked, tooShortAValidity, notDue, guarded, outsideWindow, due], // shall one begin?
];

const graceful = { mode: 'graceful' } as const;

/** Each look finds these anew; tried once an hour. */
function anHour({ now }: Situation): Date {
  return later(now, hour);
}

function unfit(s: Situation): Decision | undefined {
  const { fit } = s.look;
  if (fit.is === 'pending') return { do: 'wait', reason: fit.reason, until: fit.until };
  if (fit.is === 'good') return undefined;
  return { do: 'wait', reason: fit.reason, until: anHour(s), ...(fit.code && { code: fit.code }) };
}

function claimedTwice(s: Situation): Decision | undefined {
  if (s.claim === 'of-another') return { do: 'wait', reason: 'claimed-twice', until: anHour(s) };
}

/** Whoever may tag a secret must not get any account's key published into it (R12). */
function foreignValue(s: Situation): Decision | undefined {
  const known = s.binding === 'bound' && s.claim !== undefined;
  if (!known && !s.look.live) return { do: 'wait', reason: 'value-not-of-resource', until: anHour(s) };
}

function onboard(s: Situation): Decision | undefined {
  if (s.claim) return undefined;
  if (s.binding === 'bound') return { do: 'adopt', reason: 'going-on', state: s.state };
  const { adoptionGraceMs } = s.settings;
  const guard = { reason: 'adoption-grace', until: wholeSecond(later(s.now, adoptionGraceMs)) } as const;
  return {
    do: 'adopt',
    reason: 'adopted',
    state: { refusals: 0, bond: bondOf(s), ...(adoptionGraceMs > 0 && { guard }) },
  };
}

/** Lost state is no reset: what is not live may still be in use, so it settles and ends (R24). */
function stateLost(s: Situation): Decision | undefined {
  if (s.binding === 'bound') return undefined;
  const gone = s.look.all.filter(({ id }) => id !== s.look.live?.id).map(({ fingerprint }) => fingerprint);
  const state = { ...begun(s, { cause: 'onboard', phase: 'revoke', gone }), guard: guard(s, 'recovered') };
  return { do: 'enter', reason: 'recovered', state };
}

/** The value tells which is live; what the tag named keeps its protection for one settle. */
function tagContradicts(s: Situation): Decision | undefined {
  const { live } = s.look;
  if (!live || s.tagged === live.id) return undefined;
  const state = s.tagged === undefined ? s.state : { ...withoutWait(s.state), guard: guard(s, 'tag-corrected') };
  return { do: 'correct', reason: 'tag-corrected', credentialId: live.id, state };
}

/** Consumers may have read nothing while it was gone (R11). */
function restored(s: Situation): Decision | undefined {
  if (!s.claim || s.claim === 'of-another' || !s.claim.missingSince) return undefined;
  return { do: 'adopt', reason: 'restored', state: { ...withoutWait(s.state), guard: guard(s, 'restored') } };
}

/** A guard that stands is never shortened, and one that no emergency may end stays one. */
function guard({ now, target, state }: Situation, reason: Guard['reason']): Guard {
  const settled = wholeSecond(later(now, target.wishes.settleMs));
  const standing = state.guard && state.guard.until > now ? state.guard : undefined;
  if (!standing) return { reason, until: settled };
  return {
    reason: standing.reason === 'tag-corrected' ? standing.reason : reason,
    until: latest(settled, standing.until),
  };
}

/** Neither pause nor hold nor back-off stops an emergency, also where a dead value must be repaired first (R22). */
function paused({ target, state, ask }: Situation): Decision | undefined {
  if (target.wishes.paused && !ask.accept && state.rotation?.cause !== 'emergency')
    return { do: 'rest', reason: 'paused' };
}

function staysHeld({ state, ask }: Situation): Decision | undefined {
  if (state.held && !ask.accept) return { do: 'rest', reason: state.held };
}

/** What a look cannot tell to be over is waited for; the other waits are found anew by the rules below. */
const backOffs: ReadonlySet<Reason> = new Set(['throttled', 'outage', 'refused', 'proof-unknown', 'live-refused']);

function backsOff({ state: { wait }, ask, now }: Situation): Decision | undefined {
  if (wait && wait.until > now && !ask.accept && backOffs.has(wait.reason)) {
    return { do: 'rest', reason: wait.reason, until: wait.until };
  }
}

function frozen({ state: { rotation }, settings }: Situation): Decision | undefined {
  if (settings.frozen.has(rotation?.phase ?? 'generate')) return { do: 'rest', reason: 'frozen' };
}

/** The resource lists the key as current and refuses it: a second look agrees before anything is made of it. */
function liveRefused(s: Situation): Decision | undefined {
  const { live } = s.look;
  const { rotation, wait } = s.state;
  if (!s.ask.refused || !live || isReplacing(s.state)) return undefined;
  if (agreed(s)) return rotation ? refusedInRevoke(s, rotation, live) : undefined;
  const isFirst = wait?.reason !== 'live-refused' || later(wait.since, minute) > s.now;
  return { do: 'wait', reason: 'live-refused', until: isFirst ? later(s.now, minute) : anHour(s) };
}

function refusedInRevoke(s: Situation, rotation: Rotation, live: Known): Decision {
  const isSettled = mayRegenerateFrom(s, rotation, 'revoke') === undefined;
  if (isSettled) return { do: 'enter', reason: 'repairing', state: replacedAnew(s, rotation, live) };
  return { do: 'wait', reason: 'live-refused', until: anHour(s) };
}

/** Nobody uses the old credential any more: instead of ending it is made anew, in place of the refused one. */
function replacedAnew(s: Situation, { adopted: _, ...rotation }: Rotation, live: Known): State {
  const gone = together(s.look.all, rotation.gone, [...s.look.all, live]);
  return {
    ...withoutWait(s.state),
    bond: bondOf(s),
    rotation: { ...rotation, cause: 'drift', phase: 'generate', gone },
  };
}

function isReplacing({ rotation }: State): boolean {
  return rotation?.phase === 'generate' || rotation?.phase === 'publish';
}

function agreed({ ask, state: { wait }, now }: Situation): boolean {
  return ask.refused === 'surely' && wait?.reason === 'live-refused' && later(wait.since, minute) <= now;
}

/** Consumers fail, whatever is due: the other key is regenerated, and published if it is accepted. */
function refusedForGood(s: Situation): Decision | undefined {
  if (s.ask.refused !== 'surely' || !s.look.live) return undefined;
  const wait = mayRegenerateFrom(s, graceful, 'generate');
  if (wait) return { do: 'wait', reason: 'live-refused', until: ('until' in wait && wait.until) || anHour(s) };
  return { do: 'enter', reason: 'repairing', state: begun(s, { cause: 'drift', phase: 'generate' }) };
}

/** Remembered, so that it is said once. */
function seenTo({ look: { rests }, now }: Situation): Decision | undefined {
  if (rests) return { do: 'wait', reason: rests.reason, until: later(now, day) };
}

/** A version that somebody else made is taken over, whatever is due: nothing has to be made for it. */
function asked(s: Situation): Decision | undefined {
  const { asks, live } = s.look;
  if (!asks || !live) return undefined;
  const wait = guarded(s) ?? outsideWindow(s);
  return wait ?? { do: 'enter', reason: 'begun', state: begun(s, { cause: asks, phase: 'generate' }) };
}

function tooShortAValidity(s: Situation): Decision | undefined {
  if (tooShort(s.target.wishes)) return { do: 'wait', reason: 'validity-too-short', until: anHour(s) };
}

function notDue(s: Situation): Decision | undefined {
  if (!isDue(s)) return { do: 'rest', reason: 'not-due', until: dueAt(s, s.jitter) };
}

/** Who comes to look for drift begins nothing else. */
function isDue(s: Situation): boolean {
  if (s.ask.cause === 'drift') return false;
  return s.ask.cause === 'schedule' ? dueAt(s, s.jitter) <= s.now : dueForAnEvent(s, s.now);
}

function guarded({ state, target, now }: Situation): Decision | undefined {
  const guard = standingGuard(state, graceful, target.wishes.settleMs, now);
  if (guard) return { do: 'rest', reason: guard.reason, until: guard.until };
}

function outsideWindow(s: Situation): Decision | undefined {
  const opens = startsAt(s, s.now);
  if (opens > s.now) return { do: 'wait', reason: 'outside-window', until: opens };
}

function due(s: Situation): Decision {
  const wait = mayRegenerateFrom(s, graceful, 'generate');
  if (wait) return wait;
  return { do: 'enter', reason: 'begun', state: begun(s, { cause: s.ask.cause, phase: 'generate' }) };
}
