import { later, minute, wholeSecond } from '../model/clock.ts';
import type { Fingerprint } from '../model/sealed.ts';
import type { Look } from '../model/snapshot.ts';
import type { Bond, Cause, Guard, Known, Mode, Phase, Rotation, State } from '../model/state.ts';
import { resourceHash } from '../model/target.ts';
import type { Decision, Situation } from './decision.ts';

/** An immediate emergency gives consumers this long at most before the leaked credential ends. */
const immediateCapMs = 5 * minute;

/** What binds the state to the value and the credentials as they are now. */
export function bondOf({ installation, target, secret, look }: Omit<Situation, 'ask'>): Bond {
  const credentials = look.all.map(({ id, fingerprint }) => ({ id, fingerprint }));
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
  const rotation = { phase, cause, start, mode, gone: gone ?? bond.credentials.map(({ fingerprint }) => fingerprint) };
  const { guard, last } = s.state;
  return { refusals: 0, bond, rotation, ...(guard && { guard }), ...(last && { last }) };
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

function toPublish(s: Situation, { mode }: Rotation): Decision {
  const { next } = s.look;
  if (!next) return mayRegenerateFrom(s, mode, 'generate') ?? { do: 'run', reason: 'going-on', phase: 'generate' };
  const phase = s.proved?.fingerprint === next.fingerprint ? 'publish' : 'generate';
  return { do: 'run', reason: 'going-on', phase };
}

function toIdle(s: Situation, rotation: Rotation): Decision {
  const { live, all } = s.look;
  if (all.some(({ id, fingerprint }) => id === live?.id && rotation.gone.includes(fingerprint))) {
    return { do: 'hold', reason: 'live-would-die' };
  }
  const wait = retiring(s.look, rotation) && mayRegenerateFrom(s, rotation.mode, 'revoke');
  return wait ?? { do: 'run', reason: 'going-on', phase: 'revoke' };
}

/** The credential that must be gone and is still there. */
export function retiring(look: Look, { gone }: Pick<Rotation, 'gone'>): Known | undefined {
  return look.all.find(({ fingerprint }) => gone.includes(fingerprint));
}

/** An immediate emergency passes every guard but that of a tag that was corrected (promise 1). */
export function standingGuard({ guard }: State, mode: Mode, now: Date): Guard | undefined {
  if (!guard || guard.until <= now) return undefined;
  return mode === 'graceful' || guard.reason === 'tag-corrected' ? guard : undefined;
}

/** Nothing is regenerated before settle, a guard or an earlier request's time is over: promise 2 and R4. */
export function mayRegenerateFrom(s: Situation, mode: Mode, phase: 'generate' | 'revoke'): Decision | undefined {
  const guard = standingGuard(s.state, mode, s.now);
  if (guard) return { do: 'rest', reason: guard.reason, until: guard.until };
  const settled = settledFrom(s, mode, phase);
  if (settled > s.now) return { do: 'wait', reason: 'settling', until: settled };
  const { flight, look } = s;
  const landed = flight?.of !== undefined && !look.all.some(({ fingerprint }) => fingerprint === flight.of);
  if (flight && flight.until > s.now && !landed) {
    return { do: 'wait', reason: 'request-in-flight', until: flight.until };
  }
}

/** Only an immediate emergency shortens settle: not at all before publish, to a short cap before revoke (R21). */
export function settledFrom({ secret, target, now }: Situation, mode: Mode, phase: 'generate' | 'revoke'): Date {
  const { settleMs } = target.wishes;
  if (mode === 'graceful') return later(secret.createdOn, settleMs);
  return phase === 'generate' ? now : later(secret.createdOn, Math.min(settleMs, immediateCapMs));
}
