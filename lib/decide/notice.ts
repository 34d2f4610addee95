import { later, wholeSecond } from '../model/clock.ts';
import type { Noticed, Rotation, State } from '../model/state.ts';
import { outliving, together } from './accept.ts';
import type { Decision, Situation } from './decision.ts';
import { bondOf, withoutWait } from './rotation.ts';

/** A rotation that began since, or the one it started, has answered a notice that may be active for months (R23). */
export function answers({ rotation, last, request }: State, { id, start }: Noticed): boolean {
  if (rotation?.cause === 'notice' && request === id) return true;
  if (rotation) return rotation.start >= start && replacesAll(rotation);
  return request === id || (last !== undefined && last >= start);
}

/** A repair leaves a key of before: nothing is regenerated for it. */
export function replacesAll({ cause }: Rotation): boolean {
  return cause !== 'drift' && cause !== 'onboard';
}

/** Is there anything for this target to do? */
export function concerns(state: State, notice: Noticed, now: Date): boolean {
  return !answers(state, notice) || hurried(state, notice, now) !== undefined;
}

/** Every key that exists now has to go: only keys seen to change from now on are published (R18). */
export function noticed(s: Situation): Decision | undefined {
  const { notice } = s.ask;
  if (!notice) return undefined;
  const { rotation } = s.state;
  if (rotation?.cause === 'emergency' || answers(s.state, notice)) return hurry(s, notice);
  return s.look.live && { do: 'enter', reason: 'begun', state: begunAnew(s, notice) };
}

function begunAnew(s: Situation, { id, deadline }: Noticed): State {
  const { rotation, guard, last } = s.state;
  const { now, look } = s;
  const anew: Rotation = {
    phase: 'generate',
    cause: 'notice',
    start: wholeSecond(now),
    mode: 'graceful',
    gone: together(look.all, rotation?.gone ?? [], look.all),
    ...outliving(rotation),
    ...(deadline && deadline > now && { deadline }),
  };
  const kept = { ...(guard && { guard }), ...(last && { last }) };
  return { refusals: 0, bond: bondOf(s), rotation: anew, request: id, ...kept };
}

function hurry({ state, now }: Situation, notice: Noticed): Decision | undefined {
  const rotation = hurried(state, notice, now);
  return rotation && { do: 'enter', reason: 'hurried', state: { ...withoutWait(state), rotation } };
}

/** What is under way leaves half of the time to the rotation that the notice asks for, unless it answers it. */
function hurried(state: State, notice: Noticed, now: Date): Rotation | undefined {
  const { rotation } = state;
  const { deadline } = notice;
  if (!rotation || !deadline || deadline <= now) return undefined;
  const halfMs = (deadline.getTime() - rotation.start.getTime()) / 2;
  const by = answers(state, notice) ? deadline : wholeSecond(later(rotation.start, halfMs));
  return rotation.deadline && rotation.deadline <= by ? undefined : { ...rotation, deadline: by };
}
