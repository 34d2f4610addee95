import { adviceFor, hasClass, type Reason } from '../model/reason.ts';
import type { Evidence } from '../model/check.ts';
import { overlapEnd } from '../decide/due.ts';
import type { Consumers, Snapshot } from '../model/snapshot.ts';
import { isBeforePublish, isOrWasDown, isUnnamed, type State } from '../model/state.ts';
import { announcement, type Announcement, type AnnouncementType, type AnnouncementWords } from './announcement.ts';

/** These announce the former rotation where the state has none any more, or another one. */
const ofFormerRotation: ReadonlySet<AnnouncementType> = new Set([
  'Keyturn.Rotation.CredentialPublished',
  'Keyturn.Rotation.Completed',
]);

type Transition = {
  readonly type: AnnouncementType;
  readonly reason: Reason;
  readonly more?: Partial<AnnouncementWords>;
};

/** Returns what to announce about a state that is about to be written. */
export function announcementsFor(change: Snapshot): readonly Announcement[] {
  const { savedState, state, target, secret } = change;
  return transitions.flatMap((transitionIn) => {
    const transition = transitionIn(change);
    if (!transition) return [];
    const { type, reason, more } = transition;
    const words = { reason, advice: adviceFor(reason), ...more };
    const isOver = !state.rotation || isNewRotation(savedState, state);
    const about = ofFormerRotation.has(type) && isOver ? savedState : state;
    return [announcement(type, target, about, secret.version, words)];
  });
}

const transitions = [
  resourceWell,
  adopted,
  guardAdded,
  rotationStarted,
  credentialPublished,
  rotationCompleted,
  targetHeld,
  waitBegun,
  newlyStuck,
] as const;

/** Announces which credential will be regenerated first, and when. */
function adopted(change: Snapshot): Transition | undefined {
  const { stateBinding, guard } = change.state;
  if (change.savedState.stateBinding || !stateBinding || change.claim) return undefined;
  const { standby } = change.inspection;
  const first = { ...(standby && { credentialId: standby.id }), ...(guard && { until: guard.until }) };
  return { type: 'Keyturn.Target.Adopted', reason: 'adopted', more: { ...first, ...notesIn(change) } };
}

/** An announcement lists at most this many notes or consumers. */
const maxListed = 20;

/** Returns the findings of inspection and check that hinder nothing. */
function notesIn({ inspection, evidence }: Snapshot): Pick<AnnouncementWords, 'notes'> {
  const all = [...(inspection.notes ?? []), ...(evidence?.notes ?? [])];
  const words = all.map(({ reason, about }) => (about ? `${reason}:${about}` : reason));
  const notes = [...new Set(words)].slice(0, maxListed);
  return notes.length > 0 ? { notes: notes.join(' ') } : {};
}

/** Returns the evidence that the new credential is in use. */
function evidenceIn({ evidence }: Snapshot): Pick<AnnouncementWords, 'evidence' | 'detail'> {
  return evidence ? { evidence: evidence.reason, ...detailOf(evidence) } : {};
}

function detailOf({ detail }: Pick<Evidence, 'detail'>): Pick<AnnouncementWords, 'detail'> {
  return detail ? { detail } : {};
}

/** A quiet period began, because of something that a person did. */
function guardAdded({ savedState, state: { guard, wait } }: Snapshot): Transition | undefined {
  if (guard && isUnnamed(savedState.wait) && !isUnnamed(wait)) {
    return { type: 'Keyturn.Rotation.Held', reason: 'newly-named', more: { until: guard.until } };
  }
  if (!guard || guard.reason === 'adoption-grace' || guard.reason === savedState.guard?.reason) return undefined;
  return { type: 'Keyturn.Rotation.Held', reason: guard.reason, more: { until: guard.until } };
}

function rotationStarted({ savedState, state, inspection }: Snapshot): Transition | undefined {
  if (!state.rotation || !isNewRotation(savedState, state)) return undefined;
  const more = inspection.standby && { credentialId: inspection.standby.id };
  return { type: 'Keyturn.Rotation.Started', reason: 'begun', ...(more && { more }) };
}

function isNewRotation(savedState: State, state: State): boolean {
  return state.rotation?.start.getTime() !== savedState.rotation?.start.getTime();
}

function credentialPublished(change: Snapshot): Transition | undefined {
  const { savedState, state, taggedId, inspection } = change;
  const hasLeftVerify =
    savedState.rotation?.phase === 'verify' && (state.rotation?.phase !== 'verify' || isNewRotation(savedState, state));
  if (!hasLeftVerify || !inspection.live) return undefined; // a dead value is not announced as published
  return {
    type: 'Keyturn.Rotation.CredentialPublished',
    reason: isShortened(change) ? 'overlap-shortened' : 'published',
    more: { ...(taggedId !== undefined && { credentialId: taggedId }), ...overlapUntil(state), ...evidenceIn(change) },
  };
}

function overlapUntil({ wait }: State): { until?: Date } {
  return wait?.reason === 'overlap' ? { until: wait.until } : {};
}

/** Only the deadline of a notice shortens the overlap in a way that is announced. */
function isShortened(change: Snapshot): boolean {
  const { state } = change;
  const { until } = overlapUntil(state);
  return state.rotation?.deadline !== undefined && until !== undefined && until < overlapEnd(change);
}

function rotationCompleted(change: Snapshot): Transition | undefined {
  const { savedState, state, consumers, target } = change;
  if (!savedState.rotation || state.rotation) return undefined;
  if (isBeforePublish(savedState.rotation)) return { type: 'Keyturn.Rotation.Completed', reason: 'withdrawn' };
  const more = { ...behindIn(consumers), ...evidenceIn(change), ...notesIn(change) };
  const isGivenUp = target.options.consumers === 'wait' && more.behind !== undefined;
  return { type: 'Keyturn.Rotation.Completed', reason: isGivenUp ? 'consumers-left-behind' : 'completed', more };
}

function targetHeld({ savedState, state }: Snapshot): Transition | undefined {
  if (!state.held || state.held === savedState.held) return undefined;
  return { type: 'Keyturn.Rotation.Held', reason: state.held, more: codeOf(state) };
}

function waitBegun({ savedState, state, consumers, inspection, waitingFor }: Snapshot): Transition | undefined {
  const { wait } = state;
  if (!wait || wait.reason === savedState.wait?.reason || isOrdinaryWait(wait.reason)) return undefined;
  if (wait.reason === inspection.nothingToRotate?.reason)
    return { type: 'Keyturn.Target.NothingToRotate', reason: wait.reason };
  const type = mayPass(wait.reason) ? 'Keyturn.Rotation.Failed' : 'Keyturn.Rotation.Held';
  const grounds = [waitingFor, inspection.readiness].find(
    (each) => each && 'reason' in each && each.reason === wait.reason,
  );
  const detail = grounds && 'detail' in grounds ? detailOf(grounds) : {};
  return {
    type,
    reason: wait.reason,
    more: { until: wait.until, ...codeOf(state), ...behindIn(consumers), ...detail },
  };
}

/** Waits of an ordinary rotation, and of a resource that comes back by itself, are not announced. */
function isOrdinaryWait(reason: Reason): boolean {
  return hasClass(reason, 'scheduled', 'brief') || reason === 'nodes-returning';
}

/** A refused live key counts as held: consumers may fail already. */
function mayPass(reason: Reason): boolean {
  return hasClass(reason, 'transient', 'uncertain') && reason !== 'live-refused';
}

/** A resource that was down is announced to be well again. */
function resourceWell({ savedState, state, inspection }: Snapshot): Transition | undefined {
  if (!isOrWasDown(savedState.wait) || isOrWasDown(state.wait) || inspection.readiness.is !== 'valid') return undefined;
  return { type: 'Keyturn.Target.ResourceWell', reason: 'well-again' };
}

/** Lists some of the consumers that are not on the new version: a few names help, a thousand do not. */
function behindIn(consumers: Consumers | undefined): { behind?: string } {
  const { behind: moving = [], withoutReference = [] } = consumers ?? {};
  const behind = [...moving, ...withoutReference].slice(0, maxListed);
  return behind.length > 0 ? { behind: behind.join(' ') } : {};
}

function newlyStuck({ savedState, state: { wait } }: Snapshot): Transition | undefined {
  if (wait?.announcedStuck && !savedState.wait?.announcedStuck)
    return { type: 'Keyturn.Rotation.Stuck', reason: wait.reason };
}

function codeOf({ wait }: State): { code?: string } {
  return wait?.code ? { code: wait.code } : {};
}
