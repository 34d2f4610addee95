import { adviceFor, type Reason } from '../model/reason.ts';
import type { Evidence } from '../model/check.ts';
import { later } from '../model/clock.ts';
import type { Consumers, Snapshot } from '../model/snapshot.ts';
import { isOrWasDown, type Rotation, type State } from '../model/state.ts';
import { announcement, type Announcement, type AnnouncementType, type AnnouncementWords } from './announcement.ts';

/** Waits of an ordinary rotation: nothing to tell the world. */
const unremarkable: ReadonlySet<Reason> = new Set([
  ...(['overlap', 'outside-window', 'request-in-flight'] as const),
  ...(['key-not-yet-accepted', 'stale-read', 'drift-confirming', 'service-working'] as const),
  ...(['consumers-moving', 'nodes-polling', 'nodes-returning'] as const),
]);

/** Told of the rotation that was, where the state has none any more, or another one. */
const ofTheRotation: ReadonlySet<AnnouncementType> = new Set([
  'Keyturn.Rotation.CredentialPublished',
  'Keyturn.Rotation.Completed',
]);

/** What time cures is a failure; what needs a grant or a person holds the target. */
const passing: ReadonlySet<Reason> = new Set(['throttled', 'outage', 'refused', 'proof-unknown']);

type Transition = {
  readonly type: AnnouncementType;
  readonly reason: Reason;
  readonly more?: Partial<AnnouncementWords>;
};

/** Pure: what is to be said about a state that is about to be written. */
export function announcementsFor(change: Snapshot): readonly Announcement[] {
  const { savedState, state, target, secret } = change;
  return [well, adopted, guarded, started, credentialPublished, completed, held, waits, stuck].flatMap((tell) => {
    const told = tell(change);
    if (!told) return [];
    const said = { reason: told.reason, advice: adviceFor(told.reason), ...told.more };
    const isOver = !state.rotation || began(savedState, state);
    const about = ofTheRotation.has(told.type) && isOver ? savedState : state;
    return [announcement(told.type, target, about, secret.version, said)];
  });
}

/** Which credential will be regenerated first, and when. */
function adopted(change: Snapshot): Transition | undefined {
  const { stateBinding, guard } = change.state;
  if (change.savedState.stateBinding || !stateBinding || change.claim) return undefined;
  const { standby } = change.inspection;
  const first = { ...(standby && { credentialId: standby.id }), ...(guard && { until: guard.until }) };
  return { type: 'Keyturn.Target.Adopted', reason: 'adopted', more: { ...first, ...notedIn(change) } };
}

/** At most so much of a list is told. */
const mostTold = 20;

/** What the look and the check say that is no hindrance. */
function notedIn({ inspection, evidence }: Snapshot): Pick<AnnouncementWords, 'notes'> {
  const words = [...(inspection.notes ?? []), ...(evidence?.notes ?? [])].map(({ reason, about: of }) => [
    reason,
    ...(of ? [of] : []),
  ]);
  const notes = [...new Set(words.map((each) => each.join(':')))].slice(0, mostTold);
  return notes.length > 0 ? { notes: notes.join(' ') } : {};
}

/** What it rests on that the new credential is in use. */
function evidenceIn({ evidence }: Snapshot): Pick<AnnouncementWords, 'evidence' | 'detail'> {
  return evidence ? { evidence: evidence.reason, ...detailOf(evidence) } : {};
}

function detailOf({ detail }: Evidence): Pick<AnnouncementWords, 'detail'> {
  return detail ? { detail } : {};
}

/** What a person did is answered with more time for consumers. */
function guarded({ savedState, state: { guard } }: Snapshot): Transition | undefined {
  if (!guard || guard.reason === 'adoption-grace' || guard.reason === savedState.guard?.reason) return undefined;
  return { type: 'Keyturn.Rotation.Held', reason: guard.reason, more: { until: guard.until } };
}

function started({ savedState, state, inspection }: Snapshot): Transition | undefined {
  if (!state.rotation || !began(savedState, state)) return undefined;
  const more = inspection.standby && { credentialId: inspection.standby.id };
  return { type: 'Keyturn.Rotation.Started', reason: 'begun', ...(more && { more }) };
}

function began(savedState: State, state: State): boolean {
  return state.rotation?.start.getTime() !== savedState.rotation?.start.getTime();
}

function credentialPublished(change: Snapshot): Transition | undefined {
  const { savedState, state, taggedId, inspection } = change;
  const left =
    savedState.rotation?.phase === 'verify' && (state.rotation?.phase !== 'verify' || began(savedState, state));
  if (!left || !inspection.live) return undefined; // nothing that works was published
  return {
    type: 'Keyturn.Rotation.CredentialPublished',
    reason: isShortened(change) ? 'overlap-shortened' : 'published',
    more: { ...(taggedId !== undefined && { credentialId: taggedId }), ...overlapUntil(state), ...evidenceIn(change) },
  };
}

function overlapUntil({ wait }: State): { until?: Date } {
  return wait?.reason === 'overlap' ? { until: wait.until } : {};
}

/** By the deadline of a notice, and nothing else. */
function isShortened({ state, target, secret }: Snapshot): boolean {
  const { until } = overlapUntil(state);
  const overlapEnd = later(secret.createdOn, target.options.overlapMs);
  return state.rotation?.deadline !== undefined && until !== undefined && until < overlapEnd;
}

function completed(change: Snapshot): Transition | undefined {
  const { savedState, state, consumers } = change;
  if (!savedState.rotation || state.rotation) return undefined;
  if (isInMaking(savedState.rotation)) return { type: 'Keyturn.Rotation.Completed', reason: 'withdrawn' };
  const more = { ...behindIn(consumers), ...evidenceIn(change), ...notedIn(change) };
  return { type: 'Keyturn.Rotation.Completed', reason: 'completed', more };
}

/** It was withdrawn: nothing was published. */
function isInMaking({ phase }: Rotation): boolean {
  return phase === 'generate' || phase === 'publish';
}

function held({ savedState, state }: Snapshot): Transition | undefined {
  if (!state.held || state.held === savedState.held) return undefined;
  return { type: 'Keyturn.Rotation.Held', reason: state.held, more: codeOf(state) };
}

function waits({ savedState, state, consumers, inspection, waitingFor: awaited }: Snapshot): Transition | undefined {
  const { wait } = state;
  if (!wait || wait.reason === savedState.wait?.reason || unremarkable.has(wait.reason)) return undefined;
  if (wait.reason === inspection.nothingToRotate?.reason)
    return { type: 'Keyturn.Target.NothingToRotate', reason: wait.reason };
  const type = passing.has(wait.reason) ? 'Keyturn.Rotation.Failed' : 'Keyturn.Rotation.Held';
  const detail = awaited?.reason === wait.reason ? detailOf(awaited) : {};
  return {
    type,
    reason: wait.reason,
    more: { until: wait.until, ...codeOf(state), ...behindIn(consumers), ...detail },
  };
}

/** What was down is awaited by everybody who was told so. */
function well({ savedState, state, inspection }: Snapshot): Transition | undefined {
  if (!isOrWasDown(savedState.wait) || isOrWasDown(state.wait) || inspection.readiness.is !== 'valid') return undefined;
  return { type: 'Keyturn.Target.ResourceWell', reason: 'well-again' };
}

/** Some of the consumers that were not seen on the new version: a tag's worth of names helps, a thousand do not. */
function behindIn(consumers: Consumers | undefined): { behind?: string } {
  const behind = consumers?.behind.slice(0, mostTold) ?? [];
  return behind.length > 0 ? { behind: behind.join(' ') } : {};
}

function stuck({ savedState, state: { wait } }: Snapshot): Transition | undefined {
  if (wait?.announcedStuck && !savedState.wait?.announcedStuck)
    return { type: 'Keyturn.Rotation.Stuck', reason: wait.reason };
}

function codeOf({ wait }: State): { code?: string } {
  return wait?.code ? { code: wait.code } : {};
}
