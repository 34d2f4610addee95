import type { Decision } from '../decide/decision.ts';
import type { Clock } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import { hasClass, type Reason } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { secretUrl } from '../model/target.ts';
import type { Announcement, AnnouncementType } from './announcement.ts';
import { source, type Outgoing, type Topic } from './topic.ts';

/** `debug` is not kept unless a person asks for it (host.json). */
type Level = 'debug' | 'information' | 'warning' | 'error';

/** Writes one JSON object as a line of the log. Assume that every line will be published. */
export type WriteLine = (text: string, level: Level) => void;

/** Reports what one invocation does. */
export interface Reporter {
  /** Announces to the log, and to the topic where there is one. */
  announce(announcement: Announcement): Promise<void>;
  /** Logs one decision of a visit. */
  logDecision(snapshot: Pick<Snapshot, 'target' | 'state'>, decision: Decision): void;
  /** Logs what concerns no single target. */
  note(reason: Reason, detail: Readonly<Record<string, string>>): void;
}

interface ReporterDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly settings: Pick<Settings, 'mode'>;
  readonly topic?: Topic | undefined;
}

export function reporter(write: WriteLine, { clock, settings, topic }: ReporterDeps): Reporter {
  return { announce, logDecision, note };

  async function announce({ data, ...rest }: Announcement): Promise<void> {
    const observed = settings.mode === 'observe' ? { observed: 'true' } : {}; // nothing was changed
    const announcement = { ...rest, time: clock.now(), data: { ...data, ...observed } };
    write(JSON.stringify(announcement), levelOf[announcement.type] ?? 'information');
    const sent = await topic?.send([cloudEvent(announcement)]);
    if (!(sent instanceof OperationError)) return;
    const { code } = sent.detail;
    note(sent.reason, { topic: 'announcements are in the log only', ...(code && { code }) });
  }

  function logDecision({ target, state }: Pick<Snapshot, 'target' | 'state'>, decision: Decision): void {
    const until = 'until' in decision ? decision.until : undefined;
    const data = { phase: state.rotation?.phase ?? 'idle', do: decision.do, reason: decision.reason, until };
    const line = { type: 'Keyturn.Log.Decision', time: clock.now(), subject: secretUrl(target.secret), data };
    write(JSON.stringify(line), endsVisit(decision) ? 'information' : 'debug');
  }

  function note(reason: Reason, detail: Readonly<Record<string, string>>): void {
    writeNote(write, clock.now(), reason, detail);
  }
}

/** Logs a note where there may be no reporter. */
export function writeNote(
  write: WriteLine,
  time: Date,
  reason: Reason,
  detail: Readonly<Record<string, string>>,
): void {
  write(JSON.stringify({ type: 'Keyturn.Log.Note', time, data: { reason, ...detail } }), levelOfNote(reason));
}

/** Alerts read lines above Information only: any view of the log shows them, and filters keep them. */
const levelOf: Partial<Record<AnnouncementType, Level>> = {
  'Keyturn.Rotation.Failed': 'error',
  'Keyturn.Rotation.Stuck': 'error',
  'Keyturn.Rotation.Held': 'warning',
  'Keyturn.Rotation.Unproved': 'warning',
  'Keyturn.Target.Lost': 'warning',
};

/** A visit that ends otherwise has announced why. It sleeps through a brief wait. */
function endsVisit({ do: act, reason }: Decision): boolean {
  return (act === 'wait' || act === 'hold' || act === 'leave') && !hasClass(reason, 'brief');
}

/** A lease that is taken is ordinary among several workers. */
function levelOfNote(reason: Reason): Level {
  if (reason === 'internal' || reason === 'bad-settings') return 'error';
  const isOrdinary = hasClass(reason, 'info', 'scheduled', 'brief', 'nothing-to-rotate') || reason === 'busy';
  return isOrdinary ? 'information' : 'warning';
}

/** `dataschema` carries the version: a change that receivers must know of needs another one. */
function cloudEvent(announcement: Announcement & { time: Date }): Outgoing {
  return {
    ...announcement,
    source,
    dataschema: `${source}:${announcement.type}:1`,
    datacontenttype: 'application/json',
  };
}
