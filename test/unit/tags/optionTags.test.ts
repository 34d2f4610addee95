import { day, hour } from '../../../lib/model/clock.ts';
import type { TargetOptions } from '../../../lib/model/target.ts';
import { windowFrom, optionsFromTags } from '../../../lib/tags/optionTags.ts';

const defaults: TargetOptions = {
  validityMs: 90 * day,
  overlapMs: 25 * hour,
  paused: false,
  proof: 'required',
  consumers: 'proceed',
};

const none: Pick<TargetOptions, 'kindOptions'> = { kindOptions: new Set() };

const understood: [sentence: string, tag: string, text: string, options: Partial<TargetOptions>][] = [
  ['a validity in days', 'ValidityPeriodDays', '60', { validityMs: 60 * day }],
  ['a validity of a day', 'ValidityPeriodDays', '1', { validityMs: day }],
  ['a validity of ten years', 'ValidityPeriodDays', '3650', { validityMs: 3650 * day }],
  ['an overlap of ten years', 'RotationOverlap', 'P3650D', { overlapMs: 3650 * day }],
  ['a validity with blanks around it', 'ValidityPeriodDays', ' 60 ', { validityMs: 60 * day }],
  ['an overlap in hours', 'RotationOverlap', 'PT2H', { overlapMs: 2 * hour }],
  ['an overlap of days and hours', 'RotationOverlap', 'P1DT1H', { overlapMs: 25 * hour }],
  ['an overlap of weeks', 'RotationOverlap', 'P1W', { overlapMs: 7 * day }],
  ['no overlap at all', 'RotationOverlap', 'PT0S', { overlapMs: 0 }],
  ['a lead', 'RotationLead', 'P10D', { leadMs: 10 * day }],
  ['a pause', 'RotationPaused', 'True', { paused: true }],
  ['no pause', 'RotationPaused', 'false', {}],
  ['best effort', 'RotationOptions', 'proof=best-effort', { proof: 'best-effort', ...none }],
  ['waiting for consumers', 'RotationOptions', 'wait-for-consumers', { consumers: 'wait', ...none }],
  [
    'what kinds may be asked for besides',
    'RotationOptions',
    'Auto-Renew, disable-old-version',
    { kindOptions: new Set(['auto-renew', 'disable-old-version']) },
  ],
  [
    'a key of another name',
    'RotationKey',
    ' https://kv.vault.azure.net/keys/other ',
    { key: 'https://kv.vault.azure.net/keys/other' },
  ],
  [
    'both',
    'RotationOptions',
    'wait-for-consumers, Proof=Best-Effort',
    { consumers: 'wait', proof: 'best-effort', ...none },
  ],
  ['an empty tag', 'RotationOverlap', '', {}],
  ['a tag of the owner', 'Owner', 'P1Y', {}],
];

test.each(understood)('%s is understood', (_sentence, tag, text, options) => {
  expect(optionsFromTags({ [tag]: text }, defaults)).toEqual({ ...defaults, ...options });
});

test.each([
  ['a validity of no days', 'ValidityPeriodDays', '0'],
  ['a validity of more than ten years', 'ValidityPeriodDays', '3651'],
  ['a validity in words', 'ValidityPeriodDays', 'ninety'],
  ['a negative validity', 'ValidityPeriodDays', '-1'],
  ['a part of a day', 'ValidityPeriodDays', '1.5'],
  ['a year, which has no fixed length', 'RotationOverlap', 'P1Y'],
  ['a month, which has no fixed length', 'RotationLead', 'P1M'],
  ['a duration of more than ten years', 'RotationOverlap', 'P3651D'],
  ['a duration longer than there are dates', 'RotationOverlap', 'P100000000D'],
  ['a negative duration', 'RotationOverlap', 'PT-1H'],
  ['a key that begins with a sign', 'RotationKey', '/kv.vault.azure.net'],
  ['a key with a blank in it', 'RotationKey', 'https://kv.vault.azure.net/keys/a b'],
  ['a bare number', 'RotationOverlap', '25'],
  ['a duration of .NET', 'RotationOverlap', '1.01:00:00'],
  ['a pause that is neither true nor false', 'RotationPaused', 'yes'],
  ['an unknown option', 'RotationOptions', 'proof=best-effort, hurry'],
  ['a window without a time zone', 'RotationWindow', 'Mon-Fri 01:00-04:00'],
])('%s is refused, and it is said what was expected', (_sentence, tag, text) => {
  expect(optionsFromTags({ [tag]: text }, defaults)).toEqual({ tag, expected: expect.stringMatching(/\w/) as string });
});

const monToFri = [1, 2, 3, 4, 5];

test.each([
  ['weeknights', 'Mon-Fri 01:00-04:00 Europe/Berlin', { days: monToFri, opensAtMinute: 60, lengthMinutes: 180 }],
  ['in any case', 'mon-FRI 01:00-04:00 Europe/Berlin', { days: monToFri }],
  ['a weekend round the week’s end', 'Sat-Mon 00:00-24:00 UTC', { days: [6, 7, 1], lengthMinutes: 1440 }],
  ['every day by its name', 'Mon,Tue,Wed,Thu,Fri,Sat,Sun 10:00-11:00 UTC', { days: [1, 2, 3, 4, 5, 6, 7] }],
  ['with more than one blank', 'Mon  10:00-11:00   UTC', { days: [1], timeZone: 'UTC' }],
  ['single days, each once', 'Mon,Wed,Mon 10:00-11:30 UTC', { days: [1, 3], lengthMinutes: 90 }],
  ['past midnight', 'Fri 22:00-02:00 UTC', { days: [5], opensAtMinute: 1320, lengthMinutes: 240 }],
  ['to midnight', 'Fri 22:00-24:00 UTC', { lengthMinutes: 120 }],
])('a window: %s', (_sentence, text, window) => {
  expect(windowFrom(text)).toMatchObject(window);
});

test.each([
  ['no days', '01:00-04:00 UTC'],
  ['an unknown day', 'Funday 01:00-04:00 UTC'],
  ['a range of three', 'Mon-Wed-Fri 01:00-04:00 UTC'],
  ['an unknown hour', 'Mon 25:00-26:00 UTC'],
  ['an unknown minute', 'Mon 01:60-02:00 UTC'],
  ['more than midnight', 'Mon 23:00-24:30 UTC'],
  ['a word too many', 'Mon 01:00-02:00 UTC daily'],
  ['no hours', 'Mon UTC'],
  ['a day that is known beside one that is not', 'Mon,Funday 01:00-04:00 UTC'],
  ['a range that begins with a word', 'Funday-Mon 01:00-04:00 UTC'],
  ['a range that ends with a word', 'Mon-Funday 01:00-04:00 UTC'],
  ['an empty day', 'Mon, 01:00-04:00 UTC'],
  ['an hour with a sign before it', 'Mon x01:00-02:00 UTC'],
  ['a minute with seconds after it', 'Mon 01:00:00-02:00 UTC'],
  ['no time zone', 'Mon 01:00-02:00'],
  ['only an opening hour', 'Mon 01:00 UTC'],
  ['no length', 'Mon 01:00-01:00 UTC'],
  ['an unknown time zone', 'Mon 01:00-02:00 Middle/Earth'],
  ['a Windows time zone', 'Mon 01:00-02:00 W. Europe Standard Time'],
  ['hours without a zero', 'Mon 1:00-2:00 UTC'],
])('no window: %s', (_sentence, text) => {
  expect(windowFrom(text)).toBeUndefined();
});

test('a tag under an old name is an error that names the new one', () => {
  const answer = optionsFromTags({ RotationSettle: 'PT2H' }, defaults);
  expect(answer).toEqual({ tag: 'RotationSettle', expected: 'written as RotationOverlap' });
});

test.each([
  ['ValidityPeriodDays', '0', 'a number of days from 1 to 3650'],
  ['RotationWindow', 'later', 'such as Mon-Fri 01:00-04:00 Europe/Berlin'],
  ['RotationKey', '?', 'the URL of a key, or a word that the kind knows'],
])('%s says what it expects', (tag, text, expected) => {
  expect(optionsFromTags({ [tag]: text }, defaults)).toEqual({ tag, expected });
});

test('a window is an option like the others', () => {
  const text = 'Mon 10:00-11:00 UTC';
  expect(optionsFromTags({ RotationWindow: text }, defaults)).toEqual({ ...defaults, window: windowFrom(text) });
});
