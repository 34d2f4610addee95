import { earliest, later, latest, minute, second, wholeSecond } from '../model/clock.ts';
import type { Fingerprint } from '../model/sealed.ts';
import type { Look } from '../model/snapshot.ts';
import {
  isRepair,
  type Bond,
  type Cause,
  type Guard,
  type Known,
  type Mode,
  type Phase,
  type Rotation,
  type State,
} from '../model/state.ts';
import { resourceHash } from '../model/target.ts';
import { awaitsConsumers, isBehind } from './consumers.ts';
import type { Decision, Situation } from './decision.ts';
import { startsAt } from './due.ts';

/** An immediate emergency gives consumers this long at most before the leaked credential ends, a deadline at least. */
const shortestSettleMs = 5 * minute;
/** A rotation is complete so long before the deadline of a notice: some sweeps may fail. */
const deadlineMarginMs = 30 * minute;

/** A tag has 256 characters, and a version's id 32: the live one comes first, then what is not to be taken for new. */
const mostKnown = 3;

/** What binds the state to the value and the credentials as they are now. */
export function bondOf({ installation, target, secret, look }: Omit<Situation, 'ask'>): Bond {
  const credentials = look.all.slice(0, mostKnown).map(({ id, fingerprint }) => ({ id, fingerprint }));
  return { installation, resource: resourceHash(target.resource), value: secret.value.fingerprint, credentials };
}

interface Beginning {
  readonly cause: Cause;
  readonly phase: Phase;
  readonly mode?: Mode;
  /** Absent = every credential that the state knows: the standby, then the live one. */
  readonly gone?: readonly Fingerprint[];
}

/** The state of a rotation that begins now. */
export function begun(s: Situation, { cause, phase, mode = 'graceful', gone }: Beginning): State {
  const bond = s.binding === 'bound' && s.state.bond ? s.state.bond : bondOf(s);
  const start = wholeSecond(s.now);
  const adopted = s.look.live && s.look.next ? ({ adopted: true } as const) : {};
  const ending = gone ?? bond.credentials.map(({ fingerprint }) => fingerprint);
  const rotation: Rotation = { phase, cause, start, mode, gone: ending, ...adopted };
  const { guard } = s.state;
  return { refusals: 0, bond, rotation, ...(guard && { guard }), ...(isRepair(rotation) && lastOf(s.state)) };
}

/** What outlives a rotation. */
export function lastOf({ last, request }: State): Pick<State, 'last' | 'request'> {
  return { ...(last && { last }), ...(request && { request }) };
}

export function withoutWait({ wait: _, ...state }: State): State {
  return state;
}

/** The rotation under way: its next step, or what it must wait for. */
export function goOn(s: Situation): Decision | undefined {
  const { rotation } = s.state;
  if (!rotation) return undefined;
  switch (rotation.phase) {
    case 'generate':
    case 'publish':
      return toPublish(s, rotation);
    case 'verify':
      return { do: 'run', reason: 'going-on', phase: 'verify' };
    case 'revoke':
      return toIdle(s, rotation);
  }
}

function toPublish(s: Situation, rotation: Rotation): Decision {
  const { next } = s.look;
  if (isWithdrawn(s, rotation)) return { do: 'enter', reason: 'withdrawn', state: atRestAgain(s.state) };
  if (!next) {
    const wait = windowOfNotice(s, rotation) ?? mayRegenerateFrom(s, rotation, 'generate');
    return wait ?? { do: 'run', reason: 'going-on', phase: 'generate' };
  }
  const phase = s.proved?.fingerprint === next.fingerprint ? 'publish' : 'generate';
  return { do: 'run', reason: 'going-on', phase };
}

/** It was to take over what somebody made or wished for, and that is gone; or nothing may be made any more. */
function isWithdrawn({ look }: Situation, { adopted, cause }: Rotation): boolean {
  const { next, live, standby, rests } = look;
  if (next || !live || standby) return false;
  return rests?.firm === true || (adopted === true && cause === 'new-version');
}

function atRestAgain({ bond, guard, ...state }: State): State {
  return { refusals: 0, ...(bond && { bond }), ...(guard && { guard }), ...lastOf(state) };
}

function toIdle(s: Situation, rotation: Rotation): Decision {
  const { live, all } = s.look;
  if (all.some(({ id, fingerprint }) => id === live?.id && rotation.gone.includes(fingerprint))) {
    return { do: 'hold', reason: 'live-would-die' };
  }
  const wait = retiring(s.look, rotation) && (mayRegenerateFrom(s, rotation, 'revoke') ?? awaitsConsumers(s, rotation));
  return wait ?? { do: 'run', reason: 'going-on', phase: 'revoke' };
}

/** A notice is in the state at once, so that it is not lost; its start window is waited for there. */
function windowOfNotice(s: Situation, { cause, deadline }: Rotation): Decision | undefined {
  const opens = cause === 'notice' ? startsAt(s, s.now, deadline) : s.now;
  if (opens > s.now) return { do: 'wait', reason: 'outside-window', until: opens };
}

/** The credential that must be gone and is still there. */
export function retiring(look: Look, { gone }: Pick<Rotation, 'gone'>): Known | undefined {
  return look.all.find(({ fingerprint }) => gone.includes(fingerprint));
}

/**
 * An immediate emergency passes every guard, and a notice one that leaves it no settle before its deadline; neither
 * passes that of a tag that was corrected (promise 1).
 */
export function standingGuard({ guard }: State, urgency: Urgency, settleMs: number, now: Date): Guard | undefined {
  if (!guard || guard.until <= now) return undefined;
  const { mode, deadline } = urgency;
  const tooLate = deadline !== undefined && later(guard.until, settleMs) > deadline;
  return (mode === 'graceful' && !tooLate) || guard.reason === 'tag-corrected' ? guard : undefined;
}

/** Nothing is regenerated before settle, a guard or an earlier request's time is over: promise 2 and R4. */
export function mayRegenerateFrom(s: Situation, urgency: Urgency, phase: 'generate' | 'revoke'): Decision | undefined {
  const guard = standingGuard(s.state, urgency, s.target.wishes.settleMs, s.now);
  if (guard) return { do: 'rest', reason: guard.reason, until: guard.until };
  const settled = settledFrom(s, urgency, phase);
  if (settled > s.now) return settling(s, urgency, settled);
  const { flight, look } = s;
  const landed = flight?.of !== undefined && !look.all.some(({ fingerprint }) => fingerprint === flight.of);
  if (flight && flight.until > s.now && !landed) {
    return { do: 'wait', reason: 'request-in-flight', until: flight.until };
  }
}

/** Consumers that were refreshed for an emergency show within seconds that they moved. */
function settling({ consumers, now }: Situation, { mode }: Urgency, until: Date): Decision {
  const watched = mode === 'immediate' && consumers !== undefined && consumers.known > 0;
  if (watched) return { do: 'wait', reason: 'consumers-moving', until: earliest(until, later(now, 3 * second)) };
  return { do: 'wait', reason: 'settling', until };
}

/** What may shorten settle. */
export type Urgency = Pick<Rotation, 'mode' | 'deadline'>;

/**
 * An immediate emergency waits not at all before publish, and to a short cap before revoke, or until every known
 * consumer is seen (R21). A deadline leaves the time there is to the consumers of both versions by halves (R23).
 */
export function settledFrom(
  { secret, target, consumers, now }: Pick<Situation, 'secret' | 'target' | 'consumers' | 'now'>,
  { mode, deadline }: Urgency,
  phase: 'generate' | 'revoke',
): Date {
  const { createdOn } = secret;
  const whole = later(createdOn, target.wishes.settleMs);
  if (mode === 'immediate') {
    const over = phase === 'generate' || (consumers !== undefined && consumers.known > 0 && !isBehind(consumers));
    return over ? now : earliest(whole, later(createdOn, shortestSettleMs));
  }
  if (!deadline) return whole;
  const halfMs = (deadline.getTime() - createdOn.getTime()) / 2;
  const by = phase === 'generate' ? later(createdOn, halfMs) : later(deadline, -deadlineMarginMs);
  return earliest(whole, latest(later(createdOn, shortestSettleMs), by));
}
