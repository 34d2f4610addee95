import { earliest, later, second, wholeSecond } from '../model/clock.ts';
import { isRepair, type RegenerationNotice, type Rotation, type State } from '../model/state.ts';
import { inheritedFrom, mergeToRevoke } from './emergency.ts';
import type { Decision, Situation } from './decision.ts';
import { stateBindingOf, withoutWait } from './rotation.ts';

/** What is known of a target's last rotation: its state, and since when its current version is there. */
export interface LastRotation {
  readonly state: State;
  readonly createdOn: Date;
}

/**
 * A rotation that began since, or the one it started, has answered a notice that may be active for months (R23,
 * regeneration notice).
 */
export function isAnswered({ state, createdOn }: LastRotation, { id, start }: RegenerationNotice): boolean {
  const { rotation, lastRotation: last, lastRequest: request } = state;
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
export function needsAction(standing: LastRotation, notice: RegenerationNotice, now: Date): boolean {
  return !isAnswered(standing, notice) || hurriedRotation(standing, notice, now) !== undefined;
}

/** Every key that exists now has to go: only keys seen to change from now on are published (R18, changed standby). */
export function regenerationNotice(s: Situation): Decision | undefined {
  const { notice } = s.request;
  if (!notice) return undefined;
  const { rotation } = s.state;
  const standing = { state: s.state, createdOn: s.secret.createdOn };
  if (rotation?.cause === 'emergency' || isAnswered(standing, notice)) return hurried(standing, notice, s.now);
  return s.inspection.live && { do: 'setState', reason: 'begun', state: rotationForNotice(s, notice) };
}

function rotationForNotice(s: Situation, { id, deadline }: RegenerationNotice): State {
  const { rotation, guard, lastRotation } = s.state;
  const { now, inspection } = s;
  const anew: Rotation = {
    phase: 'generate',
    cause: 'notice',
    start: wholeSecond(now),
    mode: 'graceful',
    toRevoke: mergeToRevoke(inspection.credentials, rotation?.toRevoke ?? [], inspection.credentials),
    ...inheritedFrom(rotation),
    deadline: earlierDeadline(rotation?.deadline, deadline && deadline > now ? deadline : undefined),
  };
  return { refusals: 0, stateBinding: stateBindingOf(s), rotation: anew, guard, lastRotation, lastRequest: id };
}

function earlierDeadline(...deadlines: readonly (Date | undefined)[]): Date | undefined {
  const known = deadlines.filter((date) => date !== undefined);
  return known.length > 0 ? earliest(...known) : undefined;
}

function hurried(standing: LastRotation, notice: RegenerationNotice, now: Date): Decision | undefined {
  const rotation = hurriedRotation(standing, notice, now);
  return rotation && { do: 'setState', reason: 'hurried', state: { ...withoutWait(standing.state), rotation } };
}

/** What is under way leaves half of the time to the rotation that the notice asks for, unless it answers it. */
function hurriedRotation(standing: LastRotation, notice: RegenerationNotice, now: Date): Rotation | undefined {
  const { rotation } = standing.state;
  const { deadline } = notice;
  if (!rotation || !deadline || deadline <= now) return undefined;
  const halfMs = (deadline.getTime() - rotation.start.getTime()) / 2;
  const by = isAnswered(standing, notice) ? deadline : wholeSecond(later(rotation.start, halfMs));
  return rotation.deadline && rotation.deadline <= by ? undefined : { ...rotation, deadline: by };
}
