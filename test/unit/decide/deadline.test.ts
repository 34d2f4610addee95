import { decide } from '../../../lib/decide/rules.ts';
import { overlapEndsAt, standingGuard } from '../../../lib/decide/rotation.ts';
import { hour, later, minute } from '../../../lib/model/clock.ts';
import type { Guard, Rotation } from '../../../lib/model/state.ts';
import { onDay, inspectionOf, rotation, situation, summaryOf, window, type Overrides } from './situation.ts';

const now = onDay(60);
const overlapMs = 25 * hour;

/** Returns when the overlap of a version that is a minute old ends, in hours from its creation. */
function overlapEndAfter(phase: 'generate' | 'revoke', deadlineHours: number | undefined): number {
  const createdOn = later(now, -minute);
  const { secret, target, inspection } = situation({ secret: { createdOn } });
  const deadline = deadlineHours === undefined ? {} : { deadline: later(createdOn, deadlineHours * hour) };
  const from = overlapEndsAt({ secret, target, inspection, now }, { mode: 'graceful', ...deadline }, phase);
  return (from.getTime() - createdOn.getTime()) / hour;
}

test.each([
  ['generate', 'no deadline: a whole overlap', undefined, 25],
  ['generate', 'a deadline far away: a whole overlap', 51, 25],
  ['generate', 'twice the overlap: a whole overlap', 50, 25],
  ['generate', 'less than two overlaps: half of the time', 40, 20],
  ['generate', 'an hour: half of it', 1, 0.5],
  ['generate', 'eight minutes: the floor of five', 8 / 60, 5 / 60],
  ['revoke', 'no deadline: a whole overlap', undefined, 25],
  ['revoke', 'an overlap and half an hour: a whole overlap', 25.5, 25],
  ['revoke', 'less: half an hour before the deadline', 20, 19.5],
  ['revoke', 'half an hour: the floor of five minutes', 0.5, 5 / 60],
] as const)('R23: before %s, with %s', (phase, _sentence, deadlineHours, hours) => {
  expect(overlapEndAfter(phase, deadlineHours)).toBeCloseTo(hours, 9);
});

test.each([
  ['generate', 'four minutes', 4 / 60, 25],
  ['generate', 'five minutes', 5 / 60, 5 / 60],
  ['generate', 'a deadline that has passed', -1, 25],
  ['revoke', 'four minutes', 4 / 60, 25],
  ['revoke', 'five minutes', 5 / 60, 5 / 60],
  ['revoke', 'a deadline that has passed', -1, 25],
] as const)('R28: before %s, %s after the current version leaves five minutes, or else the whole', (...row) => {
  const [phase, , deadlineHours, hours] = row;
  expect(overlapEndAfter(phase, deadlineHours)).toBeCloseTo(hours, 9);
});

test('R23: the consumers of both versions get the same where there is not enough for both', () => {
  const first = overlapEndAfter('generate', 21);
  const second = overlapEndAfter('revoke', 21 - first);
  expect(first).toBeCloseTo(second + 0.5, 9);
});

function guarded(reason: Guard['reason'], untilHours: number, deadlineHours?: number): Guard | undefined {
  const guard: Guard = { reason, until: later(now, untilHours * hour) };
  const deadline = deadlineHours === undefined ? {} : { deadline: later(now, deadlineHours * hour) };
  return standingGuard({ refusals: 0, guard }, { mode: 'graceful', ...deadline }, overlapMs, now);
}

test.each([
  ['a guard that ends an overlap before the deadline', 'restored', 5, 30, true],
  ['a guard that ends later yields', 'restored', 6, 30, false],
  ['the grace of adoption yields', 'adoption-grace', 24, 30, false],
  ['what was recovered yields', 'recovered', 25, 30, false],
  ['a corrected tag does not', 'tag-corrected', 25, 30, true],
  ['no deadline', 'restored', 25, undefined, true],
  ['a guard that is over', 'tag-corrected', 0, 30, false],
] as const)('R23: %s: does it stand?', (_sentence, reason, untilHours, deadlineHours, stands) => {
  expect(guarded(reason, untilHours, deadlineHours) !== undefined).toBe(stands);
});

const published = { taggedId: 'Secondary', inspection: inspectionOf({ secondary: 's1', inSecret: 's1' }) };

function noticed(agedMs: number, more: Partial<Rotation>, different: Overrides = {}): Overrides {
  const secret = { createdOn: later(now, -agedMs) };
  return { secret, state: { rotation: rotation({ cause: 'notice', start: now, ...more }) }, ...different };
}

const soon = { deadline: later(now, 10 * hour) };
const behind = { consumers: { known: 1, behind: ['/apps/a'], withoutReference: [] } };

const rows: [sentence: string, different: Overrides, decision: string][] = [
  ['promise 2: without a deadline it waits for the overlap', noticed(hour, {}), 'wait overlap'],
  ['R23: with one it waits for half of the time', noticed(hour, soon), 'wait overlap'],
  ['R23: with one it waits no longer than that', noticed(10 * hour, soon), 'run generate going-on'],
  [
    'R23: revoke waits for half an hour before it',
    { ...noticed(hour, { phase: 'revoke', ...soon }), ...published },
    'wait overlap',
  ],
  [
    'R23: revoke runs then',
    { ...noticed(9 * hour, { phase: 'revoke', deadline: later(now, 30 * minute) }), ...published },
    'run revoke going-on',
  ],
  [
    'R23: consumers=wait yields to the deadline',
    { ...noticed(26 * hour, { phase: 'revoke', ...soon }, behind), ...published, options: { consumers: 'wait' } },
    'run revoke going-on',
  ],
  ['its start window is waited for', { ...noticed(26 * hour, {}), options: { window } }, 'wait outside-window'],
  [
    'its start window is waited for where the deadline allows',
    { ...noticed(26 * hour, { deadline: later(now, 130 * hour) }), options: { window } },
    'wait outside-window',
  ],
  [
    'R23: its start window yields to the deadline',
    { ...noticed(26 * hour, soon), options: { window } },
    'run generate going-on',
  ],
  [
    'the window of another cause was waited for before',
    { ...noticed(26 * hour, { cause: 'schedule' }), options: { window } },
    'run generate going-on',
  ],
];

test.each(rows)('of a notice: %s', (_sentence, different, decision) => {
  expect(summaryOf(decide(situation(different)))).toBe(decision);
});
