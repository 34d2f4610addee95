import { Duration, IANAZone } from 'luxon';
import { day } from '../model/clock.ts';
import { kindOptions, type Window, type TargetOptions } from '../model/target.ts';

export type Tags = Readonly<Record<string, string>>;

/** An option that cannot be read: its tag, and the text that is expected there. */
export interface UnreadableTag {
  readonly tag: string;
  readonly expected: string;
}

const longestDays = 3650;

/** Reads the options of a target. The settings have the defaults. */
export function optionsFromTags(tags: Tags, defaults: TargetOptions): TargetOptions | UnreadableTag {
  for (const [tag, newName] of Object.entries(renamed)) {
    if (tags[tag] !== undefined) return { tag, expected: `written as ${newName}` };
  }
  let options = defaults;
  for (const [tag, { expected, read }] of Object.entries(readers)) {
    const text = tags[tag]?.trim();
    if (text === undefined || text === '') continue;
    const option = read(text);
    if (!option) return { tag, expected };
    options = { ...options, ...option };
  }
  return options;
}

/** Old names are errors that name the new one. Ignored, they would silently have no effect. */
const renamed: Readonly<Record<string, string>> = { RotationSettle: 'RotationOverlap' };

interface Reader {
  readonly expected: string;
  read(text: string): Partial<TargetOptions> | undefined;
}

const readers: Readonly<Record<string, Reader>> = {
  ValidityPeriodDays: { expected: 'a number of days from 1 to 3650', read: as('validityMs', daysFrom) },
  RotationOverlap: { expected: 'an ISO 8601 duration such as PT25H', read: as('overlapMs', durationFrom) },
  RotationLead: { expected: 'an ISO 8601 duration such as P30D', read: as('leadMs', durationFrom) },
  RotationWindow: { expected: 'such as Mon-Fri 01:00-04:00 Europe/Berlin', read: as('window', windowFrom) },
  RotationKey: { expected: 'the URL of a key, or a word that the kind knows', read: as('key', keyFrom) },
  RotationPaused: { expected: 'true or false', read: as('paused', booleanFrom) },
  RotationOptions: { expected: 'words such as proof=best-effort wait-for-consumers', read: optionsFrom },
};

function as<Option extends keyof TargetOptions>(
  option: Option,
  read: (text: string) => TargetOptions[Option] | undefined,
): Reader['read'] {
  return (text) => {
    const value = read(text);
    return value === undefined ? undefined : { [option]: value };
  };
}

function daysFrom(text: string): number | undefined {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return days >= 1 && days <= longestDays ? days * day : undefined;
}

/** Returns the milliseconds of an ISO 8601 duration of ten years at most. Years and months have no fixed length. */
export function durationFrom(text: string): number | undefined {
  const duration = Duration.fromISO(text);
  if (!duration.isValid || duration.years !== 0 || duration.months !== 0) return undefined;
  const ms = duration.toMillis();
  return ms >= 0 && ms <= longestDays * day ? ms : undefined;
}

/** The kind reads the text itself. */
function keyFrom(text: string): string | undefined {
  return /^[A-Za-z][\w.:/-]{2,255}$/.test(text) ? text : undefined;
}

function booleanFrom(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

const optionWords: readonly string[] = ['proof=best-effort', 'wait-for-consumers', ...kindOptions];

function optionsFrom(text: string): Pick<TargetOptions, 'proof' | 'consumers' | 'kindOptions'> | undefined {
  const words = text.toLowerCase().split(/[\s,]+/);
  if (!words.every((word) => optionWords.includes(word))) return undefined;
  return {
    proof: words.includes('proof=best-effort') ? 'best-effort' : 'required',
    consumers: words.includes('wait-for-consumers') ? 'wait' : 'proceed',
    kindOptions: new Set(kindOptions.filter((word) => words.includes(word))),
  };
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Reads `Mon-Fri 01:00-04:00 Europe/Berlin`: days (`Mon-Fri`, `Sat,Sun`), hours that may pass midnight, time zone. */
export function windowFrom(text: string): Window | undefined {
  const [names, hours, timeZone, ...more] = text.split(/\s+/);
  if (!names || !hours || !timeZone || more.length > 0 || !IANAZone.isValidZone(timeZone)) return undefined;
  const days = daysOfWeek(names);
  const open = hoursFrom(hours);
  return days && open && { days, ...open, timeZone };
}

function hoursFrom(text: string): Pick<Window, 'opensAtMinute' | 'lengthMinutes'> | undefined {
  const [opens, closes] = text.split('-').map((time) => (time === '24:00' ? 1440 : minuteFrom(time)));
  if (opens === undefined || closes === undefined || opens === closes) return undefined;
  return { opensAtMinute: opens, lengthMinutes: closes > opens ? closes - opens : closes - opens + 1440 };
}

function daysOfWeek(names: string): readonly number[] | undefined {
  const ranges = names.toLowerCase().split(',').map(weekdaysFrom);
  return ranges.every((range) => range.length > 0) ? [...new Set(ranges.flat())] : undefined;
}

function minuteFrom(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hours && minutes ? Number(hours) * 60 + Number(minutes) : undefined;
}

function weekdaysFrom(range: string): readonly number[] {
  const [first, last = first, ...more] = range.split('-').map((name) => weekdays.indexOf(name));
  if (first === undefined || last === undefined || first < 0 || last < 0 || more.length > 0) return [];
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, i) => ((first + i) % 7) + 1);
}
