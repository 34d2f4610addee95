import { adviceFor, type Reason } from '../model/reason.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import { announcement, type Announcement, type AnnouncementType, type Said } from './announce.ts';

/** Failures that time cures are one thing to say; what needs a grant or a person is another. */
const passing: ReadonlySet<Reason> = new Set(['throttled', 'outage', 'refused', 'proof-unknown', 'service-working']);
const unremarkable: ReadonlySet<Reason> = new Set([
  ...(['settling', 'outside-window', 'adoption-grace', 'restored', 'tag-corrected', 'request-in-flight'] as const),
  ...(['key-not-yet-accepted', 'stale-read', 'drift-confirming', 'service-working'] as const),
]);

/** Pure: what is to be said about a state that is about to be written. */
export function changes({ saved, state, target, secret, look, tagged }: Omit<Snapshot, 'claim'>): readonly Announcement[] {
  const say = (type: AnnouncementType, of: State, reason: Reason, more: Partial<Said> = {}) =>
    announcement(type, target, of, secret.version, { reason, advice: adviceFor(reason), ...more });
  const { rotation, wait, held, guard } = state;
  const began = rotation && rotation.start.getTime() !== saved.rotation?.start.getTime();
  const left = saved.rotation?.phase === 'verify' && rotation?.phase === 'revoke' && !began;
  const over = saved.rotation && !rotation;
  const first = look.standby && { credentialId: look.standby.id };
  return [
    !saved.bond && state.bond && say('Keyturn.Target.Adopted', state, 'adopted', { ...first, ...(guard && { until: guard.until }) }),
    began && say('Keyturn.Rotation.Started', state, 'begun', { ...first }),
    left && say('Keyturn.Rotation.CredentialPublished', state, 'going-on', { ...(tagged && { credentialId: tagged }) }),
    over && say('Keyturn.Rotation.Completed', saved, 'completed'),
    held && held !== saved.held && say('Keyturn.Rotation.Held', state, held, codeOf(wait ?? saved.wait)),
    newWait(saved, state) && wait && say(typeOf(wait.reason), state, wait.reason, { until: wait.until, ...codeOf(wait) }),
    wait?.stuck && !saved.wait?.stuck && say('Keyturn.Rotation.Stuck', state, wait.reason, codeOf(wait)),
  ].filter((said) => typeof said === 'object');
}

function newWait({ wait: before }: State, { wait }: State): boolean {
  return wait !== undefined && wait.reason !== before?.reason && !unremarkable.has(wait.reason);
}

function typeOf(reason: Reason): AnnouncementType {
  return passing.has(reason) ? 'Keyturn.Rotation.Failed' : 'Keyturn.Rotation.Held';
}

function codeOf(wait: { code?: string } | undefined): { code?: string } {
  return wait?.code ? { code: wait.code } : {};
}
