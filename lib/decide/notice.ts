import { earliest, later, second, wholeSecond } from '../model/clock.ts';
import { isRepair, type Noticed, type Rotation, type State } from '../model/state.ts';
import { outliving, together } from './emergency.ts';
import type { Decision, Situation } from './decision.ts';
import { bondOf, withoutWait } from './rotation.ts';

/** What is known of a target's last rotation: its state, and since when its current version is there. */
export interface Standing {
  readonly state: State;
  readonly createdOn: Date;
}

/** A rotation that began since, or the one it started, has answered a notice that may be active for months (R23). */
export function answers({ state, createdOn }: Standing, { id, start }: Noticed): boolean {
  const { rotation, last, request } = state;
  if (rotation && !isRepair(rotation)) {
    return (rotation.cause === 'notice' && request === id) || (rotation.start >= start && replaces(rotation));
  }
  // Key Vault tells whole seconds; an emergency that ended the standby alone has published nothing.
  return request === id || (last !== undefined && last >= start && later(createdOn, second) >= start);
}

/** An emergency of the standby alone leaves a key of before. */
function replaces({ phase, oldVersion }: Rotation): boolean {
  return phase !== 'revoke' || oldVersion !== undefined;
}

/** Is there anything for this target to do? */
export function concerns(standing: Standing, notice: Noticed, now: Date): boolean {
  return !answers(standing, notice) || hurried(standing, notice, now) !== undefined;
}

/** Every key that exists now has to go: only keys seen to change from now on are published (R18). */
export function noticed(s: Situation): Decision | undefined {
  const { notice } = s.ask;
  if (!notice) return undefined;
  const { rotation } = s.state;
  const standing = { state: s.state, createdOn: s.secret.createdOn };
  if (rotation?.cause === 'emergency' || answers(standing, notice)) return hurry(standing, notice, s.now);
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
    ...earlierOf(rotation?.deadline, deadline && deadline > now ? deadline : undefined),
  };
  const kept = { ...(guard && { guard }), ...(last && { last }) };
  return { refusals: 0, bond: bondOf(s), rotation: anew, request: id, ...kept };
}

function earlierOf(...deadlines: readonly (Date | undefined)[]): Pick<Rotation, 'deadline'> {
  const known = deadlines.filter((date) => date !== undefined);
  return known.length > 0 ? { deadline: earliest(...known) } : {};
}

function hurry(standing: Standing, notice: Noticed, now: Date): Decision | undefined {
  const rotation = hurried(standing, notice, now);
  return rotation && { do: 'enter', reason: 'hurried', state: { ...withoutWait(standing.state), rotation } };
}

/** What is under way leaves half of the time to the rotation that the notice asks for, unless it answers it. */
function hurried(standing: Standing, notice: Noticed, now: Date): Rotation | undefined {
  const { rotation } = standing.state;
  const { deadline } = notice;
  if (!rotation || !deadline || deadline <= now) return undefined;
  const halfMs = (deadline.getTime() - rotation.start.getTime()) / 2;
  const by = answers(standing, notice) ? deadline : wholeSecond(later(rotation.start, halfMs));
  return rotation.deadline && rotation.deadline <= by ? undefined : { ...rotation, deadline: by };
}
