import { Cron } from 'croner';
import type { Env } from './app.ts';

/** Parses six-field NCRONTAB, in which day and weekday must both match. Five fields have no seconds. */
export function parseSchedule(schedule = '', env: Env = {}): Cron {
  const mode = schedule.trim().split(/\s+/).length === 5 ? '5-part' : '6-part';
  return new Cron(schedule, { paused: true, mode, domAndDow: true, timezone: env.WEBSITE_TIME_ZONE ?? 'Etc/UTC' });
}
