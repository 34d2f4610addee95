import type { Decision } from '../decide/decision.ts';
import type { Clock } from '../model/clock.ts';
import type { Settings } from '../model/settings.ts';
import { secretUrl } from '../model/target.ts';
import type { Core } from '../visit.ts';
import type { Announcer } from './announce.ts';

/** One JSON object a line: assume that every one will be published. */
export type Line = (text: string) => void;

export function announcer(write: Line, clock: Clock, mode: Settings['mode']): Announcer {
  return {
    announce: ({ type, id, subject, data }) => {
      const observed = mode === 'observe' ? { observed: 'true' } : {}; // nothing was changed
      write(JSON.stringify({ type, id, time: clock.now(), subject, data: { ...data, ...observed } }));
      return Promise.resolve();
    },
  };
}

export function decisionLog(write: Line, clock: Clock): Core['log'] {
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

export function noteLog(write: Line, clock: Clock): Core['note'] {
  return (reason, detail) => {
    write(JSON.stringify({ type: 'Keyturn.Log.Note', time: clock.now(), data: { reason, ...detail } }));
  };
}
