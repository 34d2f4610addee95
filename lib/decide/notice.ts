import { earliest, later, minute, second, wholeSecond } from '../model/clock.ts';
import type { ListedTarget } from '../model/snapshot.ts';
import { isRepair, type RegenerationNotice, type Rotation, type State } from '../model/state.ts';
import { mergeToRevoke } from './emergency.ts';
import type { Decision, Situation } from './decision.ts';
import { stateBindingOf, withoutWait } from './rotation.ts';

/** The state of a target, and when its current version was created. */
export type CurrentVersion = Pick<ListedTarget, 'state' | 'createdOn'>;

/**
 * Whether a notice, which may be active for months, has its answer (R23, regeneration notice).
 *
 * The answer is the rotation that the notice started, or any rotation that began after the notice did and replaces
 * every key. A repair is no answer, because it publishes no key made since. Neither is an emergency that ended the
 * standby alone: the live key is older than the notice.
 */
export function isAnswered({ state, createdOn }: CurrentVersion, { id, start }: RegenerationNotice): boolean {
  const { rotation, lastRotation, lastRequest } = state;
  if (rotation && !isRepair(rotation)) {
    const replacesAll = rotation.phase !== 'revoke' || rotation.oldVersion !== undefined;
    return (rotation.cause === 'notice' && lastRequest === id) || (rotation.start >= start && replacesAll);
  }
  // Key Vault cuts dates to whole seconds.
  return (
    lastRequest === id || (lastRotation !== undefined && lastRotation >= start && later(createdOn, second) >= start)
  );
}

/** Whether a notice changes anything for a target. */
export function needsAction(version: CurrentVersion, notice: RegenerationNotice, now: Date): boolean {
  return !isAnswered(version, notice) || hurriedRotation(version, notice, now) !== undefined;
}

/**
 * A notice starts a rotation that replaces every key that exists now.
 *
 * It is written into the state at once, in the place of a rotation under way, so that neither an overlap nor a start
 * window can lose it. All credentials are recorded as they are: only a key that changes afterwards is published (R18,
 * changed standby). An emergency is left alone, and so is a rotation that answers the notice; its deadline may hurry
 * both (R23, regeneration notice).
 */
export function regenerationNotice(s: Situation): Decision | undefined {
  const { notice } = s.request;
  if (!notice) return undefined;
  const version = { state: s.state, createdOn: s.secret.createdOn };
  if (s.state.rotation?.cause === 'emergency' || isAnswered(version, notice)) return hurried(version, notice, s.now);
  return s.inspection.live && { do: 'setState', reason: 'begun', state: rotationForNotice(s, notice) };
}

function rotationForNotice(s: Situation, { id, deadline }: RegenerationNotice): State {
  const { rotation: before, guard, lastRotation } = s.state;
  const { credentials } = s.inspection;
  const upcoming = deadline && canBeMet(deadline, s.now) ? deadline : undefined;
  const deadlines = [before?.deadline, upcoming].filter((date) => date !== undefined);
  const rotation: Rotation = {
    phase: 'generate',
    cause: 'notice',
    start: wholeSecond(s.now),
    mode: 'graceful',
    toRevoke: mergeToRevoke(credentials, before?.toRevoke ?? [], credentials),
    oldVersion: before?.oldVersion,
    deadline: deadlines.length > 0 ? earliest(...deadlines) : undefined,
  };
  return { refusals: 0, stateBinding: stateBindingOf(s), rotation, guard, lastRotation, lastRequest: id };
}

/** A deadline that leaves consumers less than five minutes shortens nothing: it is missed anyway (R28, who may shorten). */
function canBeMet(deadline: Date, now: Date): boolean {
  return later(now, 5 * minute) <= deadline;
}

function hurried(version: CurrentVersion, notice: RegenerationNotice, now: Date): Decision | undefined {
  const rotation = hurriedRotation(version, notice, now);
  return rotation && { do: 'setState', reason: 'hurried', state: { ...withoutWait(version.state), rotation } };
}

/**
 * Gives the rotation under way the deadline of a notice. A rotation that does not answer the notice gets half of the
 * time; the other half is left to the rotation that will.
 */
function hurriedRotation(version: CurrentVersion, notice: RegenerationNotice, now: Date): Rotation | undefined {
  const { rotation } = version.state;
  const { deadline } = notice;
  if (!rotation || !deadline || !canBeMet(deadline, now)) return undefined;
  const halfMs = (deadline.getTime() - rotation.start.getTime()) / 2;
  const by = isAnswered(version, notice) ? deadline : wholeSecond(later(rotation.start, halfMs));
  return rotation.deadline && rotation.deadline <= by ? undefined : { ...rotation, deadline: by };
}
