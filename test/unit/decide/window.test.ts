import fc from 'fast-check';
import { startsAt } from '../../../lib/decide/due.ts';
import { day, later } from '../../../lib/model/clock.ts';
import { windowFrom } from '../../../lib/tags/optionTags.ts';
import { options } from './situation.ts';

function opening(window: string, now: string, createdDaysBefore = 0): string {
  const parsed = windowFrom(window);
  if (!parsed) throw new Error(`${window} is no window.`);
  const secret = { createdOn: later(new Date(now), -createdDaysBefore * day) };
  return startsAt({ target: { options: { ...options, window: parsed } }, secret }, new Date(now))
    .toISOString()
    .slice(0, 16);
}

// 2026-01-05 is a Monday. In Berlin clocks go forward on 2026-03-29 at 02:00 and back on 2026-10-25 at 03:00.
test.each([
  ['is open at its first minute', 'Mon-Fri 01:00-04:00 UTC', '2026-01-05T01:00Z', '2026-01-05T01:00'],
  ['is open inside', 'Mon-Fri 01:00-04:00 UTC', '2026-01-05T03:59Z', '2026-01-05T03:59'],
  ['has closed at its last minute', 'Mon-Fri 01:00-04:00 UTC', '2026-01-05T04:00Z', '2026-01-06T01:00'],
  ['opens later on the same day', 'Mon-Fri 01:00-04:00 UTC', '2026-01-05T00:10Z', '2026-01-05T01:00'],
  ['waits over a weekend', 'Mon-Fri 01:00-04:00 UTC', '2026-01-09T05:00Z', '2026-01-12T01:00'],
  ['waits for its only day', 'Sun 01:00-04:00 UTC', '2026-01-05T02:00Z', '2026-01-11T01:00'],
  ['waits a week where today’s has passed', 'Mon 01:00-04:00 UTC', '2026-01-05T04:00Z', '2026-01-12T01:00'],
  ['knows single days', 'Tue,Sat 01:00-04:00 UTC', '2026-01-07T02:00Z', '2026-01-10T01:00'],
  ['goes round the end of the week', 'Sat-Mon 01:00-04:00 UTC', '2026-01-06T00:00Z', '2026-01-10T01:00'],
  ['passes midnight', 'Fri 22:00-02:00 UTC', '2026-01-10T01:30Z', '2026-01-10T01:30'],
  ['that passed midnight has closed', 'Fri 22:00-02:00 UTC', '2026-01-10T02:00Z', '2026-01-16T22:00'],
  ['ends at midnight', 'Mon 20:00-24:00 UTC', '2026-01-05T23:59Z', '2026-01-05T23:59'],
  ['is the whole day from midnight to midnight', 'Mon-Sun 00:00-24:00 UTC', '2026-01-08T13:00Z', '2026-01-08T13:00'],
  ['follows its time zone in winter', 'Mon-Fri 01:00-04:00 Europe/Berlin', '2026-01-05T00:30Z', '2026-01-05T00:30'],
  ['follows its time zone in summer', 'Mon-Fri 01:00-04:00 Europe/Berlin', '2026-07-06T12:00Z', '2026-07-06T23:00'],
  ['belongs to the day of its time zone', 'Mon 23:00-23:30 America/New_York', '2026-01-06T03:00Z', '2026-01-06T04:00'],
  [
    'is an hour shorter when clocks go forward',
    'Sun 01:00-04:00 Europe/Berlin',
    '2026-03-29T02:00Z',
    '2026-04-04T23:00',
  ],
  ['opens at the next hour there is', 'Sun 02:30-04:00 Europe/Berlin', '2026-03-29T00:45Z', '2026-03-29T01:30'],
  ['is an hour longer when clocks go back', 'Sun 01:00-04:00 Europe/Berlin', '2026-10-25T02:30Z', '2026-10-25T02:30'],
])('a window %s', (_sentence, window, now, opens) => {
  expect(opening(window, now)).toBe(opens);
});

test('a window is ignored where none opens before the last overlap before expiry begins', () => {
  expect(opening('Sun 01:00-04:00 UTC', '2026-01-05T04:00Z', 80)).toBe('2026-01-11T01:00');
  expect(opening('Sun 01:00-04:00 UTC', '2026-01-05T04:00Z', 84)).toBe('2026-01-05T04:00');
});

test('without a window a rotation may start at once', () => {
  const now = new Date('2026-01-05T04:00Z');
  expect(startsAt({ target: { options }, secret: { createdOn: now } }, now)).toEqual(now);
});

test('any window opens within eight days, and once open it stays the answer', () => {
  const days = fc.constantFrom('Mon', 'Sat-Mon', 'Mon-Fri', 'Tue,Thu');
  const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia');
  const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(days, time, time, zone, instant, (weekdays, from, to, timeZone, now) => {
      const clock = (of: readonly number[]) => of.map((part) => String(part).padStart(2, '0')).join(':');
      const window = windowFrom(`${weekdays} ${clock(from)}-${clock(to)} ${timeZone}`);
      fc.pre(window !== undefined);
      const request = (at: Date) =>
        startsAt({ target: { options: { ...options, window } }, secret: { createdOn: at } }, at);
      const opens = request(now);
      expect(opens.getTime()).toBeGreaterThanOrEqual(now.getTime());
      expect(opens.getTime()).toBeLessThanOrEqual(later(now, 8 * day).getTime());
      expect(request(opens)).toEqual(opens);
    }),
    { numRuns: 1_000 },
  );
});

test('a window that opens just when an overlap before expiry begins is waited for', () => {
  const opens = new Date('2026-01-06T01:00Z');
  const createdDaysBefore =
    (options.validityMs - options.overlapMs - (opens.getTime() - Date.parse('2026-01-05T05:00Z'))) / day;
  expect(opening('Tue 01:00-04:00 UTC', '2026-01-05T05:00Z', createdDaysBefore)).toBe('2026-01-06T01:00');
});
