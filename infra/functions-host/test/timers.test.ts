import type { TypedData } from '../src/functionsCore.ts';
import type { IndexedFunction } from '../src/indexing.ts';
import { parseSchedule } from '../src/schedule.ts';
import { startTimer } from '../src/timers.ts';
import type { ScheduleStatuses } from '../src/timers.ts';

const start = new Date('2026-03-01T12:00:00Z');
const minuteMs = 60_000;
let statuses: ScheduleStatuses;
let runs: { at: string; isPastDue: boolean }[];
let release: () => void;
let hold: Promise<void> | undefined;
let stop: (() => void) | undefined;

beforeEach(() => {
  jest.useFakeTimers({ now: start, doNotFake: ['nextTick'] });
  statuses = new Map();
  runs = [];
  hold = undefined;
});

afterEach(() => {
  stop?.();
  jest.useRealTimers();
});

const invoker = {
  async invoke(_fn: IndexedFunction, { json }: TypedData) {
    const { IsPastDue } = JSON.parse(json ?? '{}') as { IsPastDue: boolean };
    runs.push({ at: new Date().toISOString().slice(11, 19), isPastDue: IsPastDue });
    await hold;
    return undefined;
  },
  drain: () => Promise.resolve(),
};

function begin(runOnStartup = false): void {
  const trigger = { type: 'timerTrigger', direction: 'in', schedule: '0 */5 * * * *', runOnStartup } as const;
  const metadata = { name: 'tick', bindings: { timer: trigger } };
  const fn = { metadata, trigger, triggerName: 'timer', handler: () => undefined, disabled: false };
  stop = startTimer({ fn, schedule: parseSchedule(trigger.schedule), statuses, invoker });
}

function times(): string[] {
  return runs.map(({ at }) => at);
}

test('a timer runs at the times of its schedule and not before', async () => {
  begin();
  await jest.advanceTimersByTimeAsync(11 * minuteMs);
  expect(times()).toEqual(['12:05:00', '12:10:00']);
});

test('a run does not start while another one is running; one run makes up for all that were missed', async () => {
  begin();
  hold = new Promise((resolve) => (release = resolve));
  await jest.advanceTimersByTimeAsync(18 * minuteMs);
  expect(times()).toEqual(['12:05:00']);
  hold = undefined;
  release();
  await jest.advanceTimersByTimeAsync(3 * minuteMs);
  expect(times()).toEqual(['12:05:00', '12:18:00', '12:20:00']);
});

test('a run that was missed while the host was down is made up for at the start, marked past due', async () => {
  statuses.set('tick', { last: new Date('2026-03-01T11:50:00Z'), next: new Date('2026-03-01T11:55:00Z') });
  begin();
  await jest.advanceTimersByTimeAsync(6 * minuteMs);
  expect(runs).toEqual([
    { at: '12:00:00', isPastDue: true },
    { at: '12:05:00', isPastDue: false },
  ]);
});

test('runOnStartup runs at once and then on schedule', async () => {
  begin(true);
  await jest.advanceTimersByTimeAsync(6 * minuteMs);
  expect(times()).toEqual(['12:00:00', '12:05:00']);
});

test('a stopped timer does not run', async () => {
  begin();
  stop?.();
  await jest.advanceTimersByTimeAsync(11 * minuteMs);
  expect(runs).toEqual([]);
});

test.each([
  ['six fields begin with seconds', '30 0 13 * * *', {}, '2026-03-01T13:00:30.000Z'],
  ['five fields begin with minutes', '0 13 * * *', {}, '2026-03-01T13:00:00.000Z'],
  ['day and weekday must both match', '0 0 0 13 * 5', {}, '2026-03-13T00:00:00.000Z'],
  ['a time zone is honoured', '0 0 8 * * *', { WEBSITE_TIME_ZONE: 'America/New_York' }, '2026-03-01T13:00:00.000Z'],
])('%s', (_sentence, schedule, env, next) => {
  expect(parseSchedule(schedule, env).nextRun(start)?.toISOString()).toBe(next);
});
