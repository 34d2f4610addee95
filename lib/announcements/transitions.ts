import { adviceFor, type Reason } from '../model/reason.ts';
import type { Evidence } from '../model/check.ts';
import { later } from '../model/clock.ts';
import type { Consumers, Snapshot } from '../model/snapshot.ts';
import { wasDown, type Rotation, type State } from '../model/state.ts';
import { announcement, type Announcement, type AnnouncementType, type Said } from './announcement.ts';

/** Waits of an ordinary rotation: nothing to tell the world. */
const unremarkable: ReadonlySet<Reason> = new Set([
  ...(['settling', 'outside-window', 'request-in-flight'] as const),
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

type Telling = { readonly type: AnnouncementType; readonly reason: Reason; readonly more?: Partial<Said> };

/** Pure: what is to be said about a state that is about to be written. */
export function changes(change: Snapshot): readonly Announcement[] {
  const { saved, state, target, secret } = change;
  return [well, adopted, guarded, started, credentialPublished, completed, held, waits, stuck].flatMap((tell) => {
    const told = tell(change);
    if (!told) return [];
    const said = { reason: told.reason, advice: adviceFor(told.reason), ...told.more };
    const isOver = !state.rotation || began(saved, state);
    const about = ofTheRotation.has(told.type) && isOver ? saved : state;
    return [announcement(told.type, target, about, secret.version, said)];
  });
}

/** Which credential will be regenerated first, and when. */
function adopted(change: Snapshot): Telling | undefined {
  const { bond, guard } = change.state;
  if (change.saved.bond || !bond || change.claim) return undefined;
  const { standby } = change.look;
  const first = { ...(standby && { credentialId: standby.id }), ...(guard && { until: guard.until }) };
  return { type: 'Keyturn.Target.Adopted', reason: 'adopted', more: { ...first, ...notedIn(change) } };
}

/** At most so much of a list is told. */
const mostTold = 20;

/** What the look and the check say that is no hindrance. */
function notedIn({ look, evidence }: Snapshot): Pick<Said, 'notes'> {
  const words = [...(look.notes ?? []), ...(evidence?.notes ?? [])].map(({ reason, of }) => [
    reason,
    ...(of ? [of] : []),
  ]);
  const notes = [...new Set(words.map((each) => each.join(':')))].slice(0, mostTold);
  return notes.length > 0 ? { notes: notes.join(' ') } : {};
}

/** What it rests on that the new credential is in use. */
function evidenceIn({ evidence }: Snapshot): Pick<Said, 'evidence' | 'detail'> {
  return evidence ? { evidence: evidence.reason, ...detailOf(evidence) } : {};
}

function detailOf({ detail }: Evidence): Pick<Said, 'detail'> {
  return detail ? { detail } : {};
}

/** What a person did is answered with more time for consumers. */
function guarded({ saved, state: { guard } }: Snapshot): Telling | undefined {
  if (!guard || guard.reason === 'adoption-grace' || guard.reason === saved.guard?.reason) return undefined;
  return { type: 'Keyturn.Rotation.Held', reason: guard.reason, more: { until: guard.until } };
}

function started({ saved, state, look }: Snapshot): Telling | undefined {
  if (!state.rotation || !began(saved, state)) return undefined;
  const more = look.standby && { credentialId: look.standby.id };
  return { type: 'Keyturn.Rotation.Started', reason: 'begun', ...(more && { more }) };
}

function began(saved: State, state: State): boolean {
  return state.rotation?.start.getTime() !== saved.rotation?.start.getTime();
}

function credentialPublished(change: Snapshot): Telling | undefined {
  const { saved, state, tagged, look } = change;
  const left = saved.rotation?.phase === 'verify' && (state.rotation?.phase !== 'verify' || began(saved, state));
  if (!left || !look.live) return undefined; // nothing that works was published
  return {
    type: 'Keyturn.Rotation.CredentialPublished',
    reason: isShortened(change) ? 'settle-shortened' : 'published',
    more: { ...(tagged !== undefined && { credentialId: tagged }), ...settlingUntil(state), ...evidenceIn(change) },
  };
}

function settlingUntil({ wait }: State): { until?: Date } {
  return wait?.reason === 'settling' ? { until: wait.until } : {};
}

/** By the deadline of a notice, and nothing else. */
function isShortened({ state, target, secret }: Snapshot): boolean {
  const { until } = settlingUntil(state);
  const settled = later(secret.createdOn, target.wishes.settleMs);
  return state.rotation?.deadline !== undefined && until !== undefined && until < settled;
}

function completed(change: Snapshot): Telling | undefined {
  const { saved, state, consumers } = change;
  if (!saved.rotation || state.rotation) return undefined;
  if (isInMaking(saved.rotation)) return { type: 'Keyturn.Rotation.Completed', reason: 'withdrawn' };
  const more = { ...behindIn(consumers), ...evidenceIn(change), ...notedIn(change) };
  return { type: 'Keyturn.Rotation.Completed', reason: 'completed', more };
}

/** It was withdrawn: nothing was published. */
function isInMaking({ phase }: Rotation): boolean {
  return phase === 'generate' || phase === 'publish';
}

function held({ saved, state }: Snapshot): Telling | undefined {
  if (!state.held || state.held === saved.held) return undefined;
  return { type: 'Keyturn.Rotation.Held', reason: state.held, more: codeOf(state) };
}

function waits({ saved, state, consumers, look, awaited }: Snapshot): Telling | undefined {
  const { wait } = state;
  if (!wait || wait.reason === saved.wait?.reason || unremarkable.has(wait.reason)) return undefined;
  if (wait.reason === look.rests?.reason) return { type: 'Keyturn.Target.AtRest', reason: wait.reason };
  const type = passing.has(wait.reason) ? 'Keyturn.Rotation.Failed' : 'Keyturn.Rotation.Held';
  const detail = awaited?.reason === wait.reason ? detailOf(awaited) : {};
  return {
    type,
    reason: wait.reason,
    more: { until: wait.until, ...codeOf(state), ...behindIn(consumers), ...detail },
  };
}

/** What was down is awaited by everybody who was told so. */
function well({ saved, state, look }: Snapshot): Telling | undefined {
  if (!wasDown(saved.wait) || wasDown(state.wait) || look.fit.is !== 'good') return undefined;
  return { type: 'Keyturn.Target.Well', reason: 'well-again' };
}

/** Some of the consumers that were not seen on the new version: a tag's worth of names helps, a thousand do not. */
function behindIn(consumers: Consumers | undefined): { behind?: string } {
  const behind = consumers?.behind.slice(0, mostTold) ?? [];
  return behind.length > 0 ? { behind: behind.join(' ') } : {};
}

function stuck({ saved, state: { wait } }: Snapshot): Telling | undefined {
  if (wait?.stuck && !saved.wait?.stuck) return { type: 'Keyturn.Rotation.Stuck', reason: wait.reason };
}

function codeOf({ wait }: State): { code?: string } {
  return wait?.code ? { code: wait.code } : {};
}
