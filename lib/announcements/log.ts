import type { Decision } from '../decide/decision.ts';
import type { Clock } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { secretUrl } from '../model/target.ts';
import type { Announcement } from './announcement.ts';
import { source, type Outgoing, type Topic } from './topic.ts';

/** Writes one JSON object as a line of the log. Assume that every line will be published. */
export type WriteLine = (text: string) => void;

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
    write(JSON.stringify(announcement));
    const sent = await topic?.send([cloudEvent(announcement)]);
    if (!(sent instanceof OperationError)) return;
    const { code } = sent.detail;
    note(sent.reason, { topic: 'announcements are in the log only', ...(code && { code }) });
  }

  function logDecision({ target, state }: Pick<Snapshot, 'target' | 'state'>, decision: Decision): void {
    const until = 'until' in decision ? decision.until : undefined;
    const data = { phase: state.rotation?.phase ?? 'idle', do: decision.do, reason: decision.reason, until };
    write(JSON.stringify({ type: 'Keyturn.Log.Decision', time: clock.now(), subject: secretUrl(target.secret), data }));
  }

  function note(reason: Reason, detail: Readonly<Record<string, string>>): void {
    write(JSON.stringify({ type: 'Keyturn.Log.Note', time: clock.now(), data: { reason, ...detail } }));
  }
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
