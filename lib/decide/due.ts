import { DateTime } from 'luxon';
import { day, earliest, hour, later, latest } from '../model/clock.ts';
import { usualLeadMs } from '../model/lead.ts';
import type { Target, Window, TargetOptions } from '../model/target.ts';

/** The facts that decide when a rotation is due. */
export interface DatedSecret {
  readonly target: Pick<Target, 'options'>;
  readonly secret: { readonly createdOn: Date; readonly expiresOn?: Date | undefined };
}

/**
 * Returns the earlier of the secret's own expiry and the end of its validity. The date of the last update does not
 * count, because every write of a tag changes it (design: Due).
 */
export function expiryOf({ target, secret }: DatedSecret): Date {
  const byValidity = later(secret.createdOn, target.options.validityMs);
  return secret.expiresOn ? earliest(secret.expiresOn, byValidity) : byValidity;
}

function leadMsOf({ validityMs, leadMs }: TargetOptions): number {
  return leadMs ?? usualLeadMs(validityMs);
}

/** `jitter` is 0 to 1, the same for a target every time. It spreads targets that were created together. */
export function dueAt(dated: DatedSecret, jitter: number): Date {
  const { options } = dated.target;
  const spreadMs = jitter * Math.min(day, options.validityMs / 20);
  return later(expiryOf(dated), -leadMsOf(options) - spreadMs);
}

/**
 * Whether an event may start a rotation. Key Vault raises near-expiry 30 days before the end, which for a short
 * validity is when the version is created; such an event starts nothing (R14, only what is due).
 */
export function isDueForEvent(dated: DatedSecret, now: Date): boolean {
  return later(dueAt(dated, 0), -hour) <= now;
}

export function isValidityTooShort(options: TargetOptions): boolean {
  return options.validityMs - leadMsOf(options) < options.overlapMs + day;
}

/** Returns until when consumers may still use the value of the version before (promise 2, overlap kept). */
export function overlapEnd({ target, secret }: DatedSecret): Date {
  return later(secret.createdOn, target.options.overlapMs);
}

/** Returns when the start window opens, or `now` if it is open or would open too late for the expiry or deadline. */
export function startsAt(dated: DatedSecret, now: Date, deadline?: Date): Date {
  const { window, overlapMs } = dated.target.options;
  if (!window) return now;
  const opensAt = nextOpening(window, now);
  const by = deadline ? earliest(deadline, expiryOf(dated)) : expiryOf(dated);
  return opensAt > latest(now, later(by, -overlapMs)) ? now : opensAt;
}

/** Counts in the wall clock of the window's time zone, so that daylight saving does not move the window. */
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
