import type { SendCloudEventInput } from '@azure/eventgrid';
import { later, minute, type Clock } from '../model/clock.ts';
import { OperationError, undefinedIf } from '../model/operationError.ts';

export type Outgoing = SendCloudEventInput<Readonly<Record<string, string>>>;

/** `quiet`: it failed a moment ago, so this was not even tried. */
type Sent = 'sent' | 'quiet' | OperationError;

/** The custom topic. Nothing depends on it but speed: what it does not take is in the log, and timers do the work. */
export interface Topic {
  send(events: readonly Outgoing[]): Promise<Sent>;
}

/** Every event comes from here; `type` and `subject` tell the rest. */
export const source = 'urn:keyturn';

/** A request has a megabyte; an event of ours about half a kilobyte. */
const mostAtOnce = 500;

/**
 * A topic that fails twice in a row is left alone for a minute, so that it slows no visit down. One failure is nothing:
 * a receiver knows an event that comes twice by its id (R50, what is due is done).
 */
export function topic(publish: (events: Outgoing[]) => Promise<unknown>, clock: Pick<Clock, 'now'>): Topic {
  let quietUntil = new Date(0);
  const sendOrRepeat = async (some: Outgoing[]) => {
    const sent = publish(some).then(() => true);
    if (!(await undefinedIf('any failure', sent))) await publish(some);
  };
  return {
    send: async (events) => {
      if (clock.now() < quietUntil) return 'quiet';
      try {
        for (let at = 0; at < events.length; at += mostAtOnce) {
          await sendOrRepeat(events.slice(at, at + mostAtOnce));
        }
        return 'sent';
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
        quietUntil = later(clock.now(), minute);
        return error;
      }
    },
  };
}
