import { decide } from '../../../lib/decide/rules.ts';
import { day, hour, later } from '../../../lib/model/clock.ts';
import type { State } from '../../../lib/model/state.ts';
import type { Situation } from '../../../lib/decide/decision.ts';
import { windowFrom } from '../../../lib/tags/optionTags.ts';
import { after, print, rotation, situation, words, type Different } from './situation.ts';

const now = after(60);
const nearExpiry = { cause: 'near-expiry' } as const;
const window = windowFrom('Tue 01:00-02:00 UTC');

function guarded(until: Date): { readonly state: Partial<State> } {
  return { state: { guard: { reason: 'adoption-grace', until } } };
}

function flight(until: Date, of?: string): Pick<Situation, 'requestInFlight'> {
  return { requestInFlight: { until, ...(of && { replaces: print(of) }) } };
}

const rows: [sentence: string, different: Different, decision: string][] = [
  ['what is due begins', {}, 'setState begun'],
  ['what is not due rests', { now: after(59) }, 'leave not-due'],
  ['by jitter it is due a day earlier', { now: after(59), jitter: 1 }, 'setState begun'],
  ['R14: an event does not start what is not due', { now: after(59), request: nearExpiry }, 'leave not-due'],
  ['R14: an event starts what is due in an hour', { now: after(59, 23), request: nearExpiry }, 'setState begun'],
  ['R14: an event knows no jitter', { now: after(59), jitter: 1, request: nearExpiry }, 'leave not-due'],
  ['outside of its window it waits', { ...(window && { options: { window } }) }, 'wait outside-window'],
  ['a validity too short for settle begins nothing', { options: { overlapMs: 60 * day } }, 'wait validity-too-short'],
  ['the grace of adoption is waited for', guarded(after(61)), 'leave adoption-grace'],
  ['a guard that is over is not', guarded(now), 'setState begun'],
  [
    'promise 2: a version younger than settle is not replaced, whoever wrote it',
    { secret: { createdOn: later(now, -hour), expiresOn: after(61) } },
    'wait overlap',
  ],
  ['R4: a request under way is waited for', flight(after(61), 's0'), 'wait request-in-flight'],
  ['R4: of an unknown past any may be under way', flight(after(61)), 'wait request-in-flight'],
  ['R4: one whose effect is seen is not', flight(after(61), 'replaced'), 'setState begun'],
  ['R4: one that cannot land any more is not', flight(now, 's0'), 'setState begun'],
  [
    'R16: a refused live key that is current is told',
    { request: { cause: 'schedule', liveRefused: 'surely' } },
    'wait live-refused',
  ],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(words(decide(situation(different)))).toBe(decision);
});

test('a rotation begins in a whole second, with both keys to be gone at its end', () => {
  const start = later(now, 1_000);
  expect(decide(situation({ now: later(now, 300) }))).toMatchObject({ state: { rotation: rotation({ start }) } });
});

test('a rotation keeps the word of what started it', () => {
  expect(decide(situation({ request: nearExpiry }))).toMatchObject({ state: { rotation: { cause: 'near-expiry' } } });
});

test('a guard outlives the beginning, so that nothing begun runs past it', () => {
  const { state } = guarded(now);
  expect(decide(situation({ state }))).toMatchObject({ state });
});
