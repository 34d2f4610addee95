import { DateTime } from 'luxon';
import { day, earliest, hour, later, latest } from '../model/clock.ts';
import type { Target, Window, TargetOptions } from '../model/target.ts';

/** What the date of a rotation depends on. */
export interface DatedSecret {
  readonly target: Pick<Target, 'options'>;
  readonly secret: { readonly createdOn: Date; readonly expiresOn?: Date | undefined };
}

/** The earlier of the tag's validity and the secret's own expiry; never `updated` (design: Due). */
export function expiryOf({ target, secret }: DatedSecret): Date {
  const byValidity = later(secret.createdOn, target.options.validityMs);
  return secret.expiresOn ? earliest(secret.expiresOn, byValidity) : byValidity;
}

/** 30 days before expiry for a validity of 60 days or more, else a third of it. */
function leadMsOf({ validityMs, leadMs }: TargetOptions): number {
  return leadMs ?? (validityMs >= 60 * day ? 30 * day : validityMs / 3);
}

/** `jitter` is 0 to 1, the same for a target every time: it spreads what was created together. */
export function dueAt(dated: DatedSecret, jitter: number): Date {
  const { options } = dated.target;
  const spreadMs = jitter * Math.min(day, options.validityMs / 20);
  return later(expiryOf(dated), -leadMsOf(options) - spreadMs);
}

/** Key Vault tells of near expiry 30 days before, which for a short validity is at birth (R14, only what is due). */
export function isDueForEvent(dated: DatedSecret, now: Date): boolean {
  return later(dueAt(dated, 0), -hour) <= now;
}

export function isValidityTooShort(options: TargetOptions): boolean {
  return options.validityMs - leadMsOf(options) < options.overlapMs + day;
}

/** Until when current consumers may still hold what the version before this one held (promise 2, overlap kept). */
export function overlapEnd({ target, secret }: DatedSecret): Date {
  return later(secret.createdOn, target.options.overlapMs);
}

/**
 * When the start window opens; `now` if it is open. A window that does not open in time is ignored: late is worse.
 */
export function startsAt(dated: DatedSecret, now: Date, deadline?: Date): Date {
  const { window, overlapMs } = dated.target.options;
  if (!window) return now;
  const opens = nextOpening(window, now);
  const by = deadline ? earliest(deadline, expiryOf(dated)) : expiryOf(dated);
  return opens > latest(now, later(by, -overlapMs)) ? now : opens;
}

/** Wall-clock hours of the window's time zone, daylight saving included. */
function nextOpening({ days, opensAtMinute, lengthMinutes, timeZone }: Window, now: Date): Date {
  const today = DateTime.fromJSDate(now, { zone: timeZone }).startOf('day');
  const opening = Array.from({ length: 9 }, (_, i) => today.plus({ days: i - 1 }))
    .filter(({ weekday }) => days.includes(weekday))
    .map((date) => ({ from: atMinute(date, opensAtMinute), to: atMinute(date, opensAtMinute + lengthMinutes) }))
    .find(({ to }) => to > now);
  return opening && opening.from > now ? opening.from : now;
}

function atMinute(date: DateTime, minute: number): Date {
  const on = date.plus({ days: Math.floor(minute / 1440) });
  return on.set({ hour: Math.floor((minute % 1440) / 60), minute: minute % 60 }).toJSDate();
}
