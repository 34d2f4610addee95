import type { Cron } from 'croner';
import type { TypedData } from './functionsCore.ts';
import type { IndexedFunction } from './indexing.ts';
import type { Invoker } from './invocation.ts';

export interface ScheduleStatus {
  readonly last: Date | undefined;
  readonly next: Date;
}

/** The last run of every timer, by function name. A real host keeps it in its storage account. */
export type ScheduleStatuses = Map<string, ScheduleStatus>;

export interface TimerOptions {
  readonly fn: IndexedFunction;
  readonly schedule: Cron;
  readonly statuses: ScheduleStatuses;
  readonly invoker: Invoker;
}

/**
 * Starts a timer that works as the host's `TimerListener` does (Azure/azure-webjobs-sdk-extensions). It runs one
 * invocation at a time. One run makes up for all that were missed while the host was down (past due) or while an
 * invocation ran. `runOnStartup` adds a run at the start. Returns a function that stops the timer.
 */
export function startTimer({ fn, schedule, statuses, invoker }: TimerOptions): () => void {
  const { name } = fn.metadata;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function scheduleRun(next: Date, isPastDue = false): void {
    if (stopped) return;
    // A timeout lasts 24.8 days at most.
    const delayMs = Math.min(Math.max(0, next.getTime() - Date.now()), 2 ** 31 - 1);
    timer = setTimeout(() => void onTimeout(next, isPastDue), delayMs);
  }

  async function onTimeout(due: Date, isPastDue: boolean): Promise<void> {
    if (due.getTime() > Date.now() + 1000) {
      scheduleRun(due);
      return;
    }
    const at = new Date(Math.max(Date.now(), due.getTime()));
    await invoker.invoke(fn, timerData(fn, statuses.get(name), isPastDue)).catch(() => undefined);
    scheduleRun(recordRun(at));
  }

  function recordRun(last: Date | undefined): Date {
    const next = schedule.nextRun(last ?? new Date()) ?? new Date(8.64e15);
    statuses.set(name, { last, next });
    return next;
  }

  const previous = statuses.get(name);
  if (previous !== undefined && previous.next.getTime() <= Date.now()) scheduleRun(new Date(), true);
  else {
    const next = recordRun(previous?.last);
    scheduleRun(fn.trigger.runOnStartup === true ? new Date() : next);
  }
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Returns a timer's payload as the host sends it. The library gives the handler camelCase. */
export function timerData(
  { trigger }: IndexedFunction,
  status: ScheduleStatus | undefined,
  isPastDue = false,
): TypedData {
  const last = wireTime(status?.last);
  const info = {
    Schedule: { AdjustForDST: true },
    ScheduleStatus:
      status === undefined || trigger.useMonitor === false
        ? null
        : { Last: last, LastUpdated: last, Next: wireTime(status.next) },
    IsPastDue: isPastDue,
  };
  return { json: JSON.stringify(info) };
}

/** Before the first run the host sends the year 1. */
function wireTime(time: Date | undefined): string {
  return time === undefined ? '0001-01-01T00:00:00' : time.toISOString().replace('Z', '0000+00:00');
}
