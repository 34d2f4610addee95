import type { Reason } from '../model/reason.ts';
import { fingerprintOf } from '../model/sealed.ts';
import type { State } from '../model/state.ts';
import { secretUrl, type Target } from '../model/target.ts';

export type AnnouncementType =
  | 'Keyturn.Target.Adopted'
  | 'Keyturn.Target.Lost'
  | 'Keyturn.Target.NothingToRotate'
  | 'Keyturn.Target.ResourceWell'
  | 'Keyturn.Rotation.Started'
  | 'Keyturn.Rotation.CredentialPublished'
  | 'Keyturn.Rotation.Unproved'
  | 'Keyturn.Rotation.Completed'
  | 'Keyturn.Rotation.Failed'
  | 'Keyturn.Rotation.Held'
  | 'Keyturn.Rotation.Stuck';

/** One announcement. It holds ids, phases, reasons and times only. */
export interface Announcement {
  readonly type: AnnouncementType;
  /** The same for the same thing said twice. */
  readonly id: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface AnnouncementWords {
  readonly reason: Reason;
  readonly advice: string;
  readonly until?: Date;
  readonly code?: string;
  readonly credentialId?: string;
  /** ARM ids of consumers that were not seen on the new version, separated by blanks. */
  readonly behind?: string;
  /** A reason: what it rests on that the new credential is in use. */
  readonly evidence?: string;
  /** Of whom the reason, or the evidence, speaks. */
  readonly detail?: string;
  /** Reasons that are no hindrance, separated by blanks; what one is about follows a colon. */
  readonly notes?: string;
}

export function announcement(
  type: AnnouncementType,
  target: Target,
  state: State,
  version: string,
  said: AnnouncementWords,
): Announcement {
  const { rotation } = state;
  const phase = rotation?.phase ?? 'idle';
  const subject = secretUrl(target.secret);
  const { reason, advice, until, ...words } = said;
  const parts = [subject, rotation?.start.toISOString() ?? version, type, phase, reason];
  const data = {
    kind: target.kind,
    resource: target.resource,
    phase,
    reason,
    advice,
    ...(rotation && { cause: rotation.cause, start: rotation.start.toISOString(), mode: rotation.mode }),
    ...(until && { until: until.toISOString() }),
    ...words,
  };
  return { type, id: fingerprintOf(parts.join('\n')), subject, data };
}
