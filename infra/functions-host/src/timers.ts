import { Cron } from 'croner';
import type { TypedData } from './core.ts';
import type { Env, Indexed } from './indexing.ts';
import type { Runner } from './runner.ts';

export interface ScheduleStatus {
  readonly last: Date | undefined;
  readonly next: Date;
}

/** Where the last run of every timer is remembered; a real host keeps it in its storage account. */
export type ScheduleStatuses = Map<string, ScheduleStatus>;

export interface TimerHost {
  readonly statuses: ScheduleStatuses;
  readonly runner: Runner;
}

export function isTimer({ trigger }: Indexed): boolean {
  return trigger.type === 'timerTrigger';
}

/** Six-field NCRONTAB, where day and weekday must both match; five fields have no seconds. */
export function parseSchedule(schedule = '', env: Env = {}): Cron {
  const mode = schedule.trim().split(/\s+/).length === 5 ? '5-part' : '6-part';
  return new Cron(schedule, { paused: true, mode, domAndDow: true, timezone: env.WEBSITE_TIME_ZONE ?? 'Etc/UTC' });
}

/**
 * Fires a timer as the host's `TimerListener` does (Azure/azure-webjobs-sdk-extensions): one run at a time, at once
 * when runs were missed while the host was down (past due) or while a run was under way, or when `runOnStartup` says so.
 * Answers how to stop it.
 */
export function startTimer(host: TimerHost, target: Indexed, cron: Cron): () => void {
  const { name } = target.metadata;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function plan(next: Date, isPastDue = false): void {
    if (stopped) return;
    // A timeout's longest delay is 24.8 days.
    const delayMs = Math.min(Math.max(0, next.getTime() - Date.now()), 2 ** 31 - 1);
    timer = setTimeout(() => void elapsed(next, isPastDue), delayMs);
  }

  async function elapsed(due: Date, isPastDue: boolean): Promise<void> {
    if (due.getTime() > Date.now() + 1000) {
      plan(due);
      return;
    }
    const at = new Date(Math.max(Date.now(), due.getTime()));
    await host.runner.run(target, timerData(target, host.statuses.get(name), isPastDue)).catch(() => undefined);
    plan(remember(at));
  }

  function remember(last: Date | undefined): Date {
    const next = cron.nextRun(last ?? new Date()) ?? new Date(8.64e15);
    host.statuses.set(name, { last, next });
    return next;
  }

  const missed = host.statuses.get(name);
  if (missed !== undefined && missed.next.getTime() <= Date.now()) plan(new Date(), true);
  else {
    const next = remember(missed?.last);
    plan(target.trigger.runOnStartup === true ? new Date() : next);
  }
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** A timer's payload as it is on the wire; the library gives the handler camelCase. */
export function timerData({ trigger }: Indexed, status: ScheduleStatus | undefined, isPastDue: boolean): TypedData {
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

/** Before the first run the host says the year 1. */
function wireTime(time: Date | undefined): string {
  return time === undefined ? '0001-01-01T00:00:00' : time.toISOString().replace('Z', '0000+00:00');
}
