import { decide } from '../../../lib/decide/rules.ts';
import { day, hour, later } from '../../../lib/model/clock.ts';
import type { State } from '../../../lib/model/state.ts';
import type { Situation } from '../../../lib/decide/decision.ts';
import {
  inspectionOf,
  newBinding,
  onDay,
  keyFingerprint,
  window,
  rotation,
  situation,
  summaryOf,
  type Overrides,
} from './situation.ts';

const now = onDay(60);
const nearExpiry = { cause: 'near-expiry' } as const;

function guarded(until: Date): { readonly state: Partial<State> } {
  return { state: { guard: { reason: 'adoption-grace', until } } };
}

function inFlight(until: Date, of?: string, kind = 'batch-key'): Pick<Situation, 'requestInFlight'> {
  return { requestInFlight: { until, kind, ...(of && { replaces: keyFingerprint(of) }) } };
}

const rows: [sentence: string, different: Overrides, decision: string][] = [
  ['a target that is due begins', {}, 'setState begun'],
  ['a target that is not due rests', { now: onDay(59) }, 'leave not-due'],
  ['by jitter it is due a day earlier', { now: onDay(59), jitter: 1 }, 'setState begun'],
  ['R14: an event does not start what is not due', { now: onDay(59), request: nearExpiry }, 'leave not-due'],
  ['R14: an event starts what is due in an hour', { now: onDay(59, 23), request: nearExpiry }, 'setState begun'],
  ['R14: an event knows no jitter', { now: onDay(59), jitter: 1, request: nearExpiry }, 'leave not-due'],
  ['outside of its window it waits', { options: { window } }, 'wait outside-window'],
  [
    'a validity too short for the overlap begins nothing',
    { options: { overlapMs: 60 * day } },
    'wait validity-too-short',
  ],
  ['the grace of adoption is waited for', guarded(onDay(61)), 'leave adoption-grace'],
  ['a guard that is over is not', guarded(now), 'setState begun'],
  [
    'promise 2: a version younger than the overlap is not replaced, no matter who wrote it',
    { secret: { createdOn: later(now, -hour), expiresOn: onDay(61) } },
    'wait overlap',
  ],
  ['R4: a request under way is waited for', inFlight(onDay(61), 's0'), 'wait request-in-flight'],
  ['R4: of an unknown past any may be under way', inFlight(onDay(61)), 'wait request-in-flight'],
  ['R4: one whose effect is seen is not', inFlight(onDay(61), 'replaced'), 'setState begun'],
  [
    'R4: one of another kind shows no effect here',
    inFlight(onDay(61), 'replaced', 'batch-cmk'),
    'wait request-in-flight',
  ],
  ['R4: one that cannot land any more is not', inFlight(now, 's0'), 'setState begun'],
  [
    'R16: a refused live key is a wait of its own',
    { request: { cause: 'schedule', liveRefused: 'surely' } },
    'wait live-refused',
  ],
];

test.each(rows)('%s', (_sentence, different, decision) => {
  expect(summaryOf(decide(situation(different)))).toBe(decision);
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

test('R18: a rotation remembers the keys of its last inspection that was published, not those of today', () => {
  const inspection = inspectionOf({ secondary: 's9' });
  expect(decide(situation({ inspection }))).toMatchObject({ state: { stateBinding: newBinding() } });
});

test('a rotation that finds its new credential made already takes it over, and keeps the history for that', () => {
  const state = { lastRotation: onDay(3) };
  const made = decide(situation({ state, inspection: inspectionOf({ secondary: 's1', next: 's1' }) }));
  expect(made).toMatchObject({ state: { ...state, rotation: { tookOver: true } } });
  const regenerated = decide(situation({ state }));
  expect(regenerated).not.toHaveProperty('state.rotation.tookOver', expect.anything());
  expect(regenerated).not.toHaveProperty('state.lastRotation', expect.anything());
});

const offered = { ...inspectionOf(), startCause: 'new-version' } as const;
const pinned = { ...inspectionOf(), nothingToRotate: { reason: 'key-pinned', firm: false } } as const;

test.each<[sentence: string, different: Overrides, decision: string]>([
  ['is taken over, due or not', { now: onDay(10), inspection: offered }, 'setState begun'],
  ['waits for a guard', { now: onDay(10), inspection: offered, ...guarded(onDay(61)) }, 'leave adoption-grace'],
  ['waits for the start window', { now: onDay(10), inspection: offered, options: { window } }, 'wait outside-window'],
  [
    'is not taken over while no key of the resource is known',
    { now: onDay(10), inspection: { ...offered, live: undefined, credentials: [] } },
    'leave not-due',
  ],
])('a version that a person made %s', (_sentence, different, decision) => {
  expect(summaryOf(decide(situation(different)))).toBe(decision);
});

test('a version that a person made gives the rotation its cause', () => {
  expect(decide(situation({ now: onDay(10), inspection: offered }))).toMatchObject({
    state: { rotation: { phase: 'generate', cause: 'new-version' } },
  });
});

test('a guard is waited for until it ends', () => {
  const decision = decide(situation(guarded(onDay(61))));
  expect(decision).toMatchObject({ until: onDay(61) });
  expect(decide(situation({ inspection: offered, ...guarded(onDay(61)) }))).toMatchObject({ until: onDay(61) });
});

test('a target with nothing to rotate is inspected again in a day', () => {
  expect(decide(situation({ inspection: pinned }))).toEqual({ do: 'wait', reason: 'key-pinned', until: onDay(61) });
});
