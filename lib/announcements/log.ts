import type { Decision } from '../decide/decision.ts';
import type { Clock } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import { secretUrl } from '../model/target.ts';
import type { Services } from '../reconcile/visit.ts';
import type { Announcement, Announcer } from './announcement.ts';
import { source, type Outgoing } from './topic.ts';

/** One JSON object a line: assume that every one will be published. */
export type WriteLine = (text: string) => void;

/** To the log always, and to the topic where there is one. */
export function announcer(
  write: WriteLine,
  { clock, settings, topic }: Pick<Services, 'clock' | 'settings' | 'topic'>,
): Announcer {
  return {
    announce: async ({ data, ...said }) => {
      const observed = settings.mode === 'observe' ? { observed: 'true' } : {}; // nothing was changed
      const whole = { ...said, time: clock.now(), data: { ...data, ...observed } };
      write(JSON.stringify(whole));
      const sent = await topic?.send([cloudEvent(whole)]);
      if (sent instanceof OperationError)
        noteLog(write, clock)(sent.reason, { topic: 'announcements are in the log only', ...codeOf(sent) });
    },
  };
}

function codeOf({ detail: { code } }: OperationError): { code?: string } {
  return code ? { code } : {};
}

/** `dataschema` has the version: a change that a receiver has to know of makes it another one. */
function cloudEvent(said: Announcement & { time: Date }): Outgoing {
  return { ...said, source, dataschema: `${source}:${said.type}:1`, datacontenttype: 'application/json' };
}

export function decisionLog(write: WriteLine, clock: Clock): Services['log'] {
  return ({ target, state }, decision) => {
    const phase = state.rotation?.phase ?? 'idle';
    const data = { phase, do: decision.do, reason: decision.reason, ...untilOf(decision) };
    write(JSON.stringify({ type: 'Keyturn.Log.Decision', time: clock.now(), subject: secretUrl(target.secret), data }));
  };
}

function untilOf(decision: Decision): { until?: Date } {
  const until = 'until' in decision ? decision.until : undefined;
  return until ? { until } : {};
}

export function noteLog(write: WriteLine, clock: Clock): Services['note'] {
  return (reason, detail) => {
    write(JSON.stringify({ type: 'Keyturn.Log.Note', time: clock.now(), data: { reason, ...detail } }));
  };
}
