import { dueSince, isTurnForDriftCheck, jitterOf, isSelected } from '../../../lib/decide/sweepSelection.ts';
import { hour, later, minute } from '../../../lib/model/clock.ts';
import type { ListedTarget } from '../../../lib/model/snapshot.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { phases, type Phase, type State, type Wait } from '../../../lib/model/state.ts';
import type { TargetOptions } from '../../../lib/model/target.ts';
import { onDay, newBinding, firstDay, rotation, target, options } from './situation.ts';

const now = onDay(60);
const none: ReadonlySet<Phase> = new Set();
const idle = { refusals: 0, stateBinding: newBinding() };

function sighting(state: Partial<State> = {}, wished: Partial<TargetOptions> = {}): ListedTarget {
  return {
    target: { ...target, options: { ...options, ...wished } },
    state: { ...idle, ...state },
    createdOn: firstDay,
  };
}

function waits(until: Date): Partial<State> {
  return { rotation: rotation({ phase: 'revoke' }), wait: { reason: 'overlap', since: onDay(59), until } };
}

function waitUntil(until: Date, reason: Reason): Wait {
  return { reason, since: onDay(9), until };
}

const rows: [sentence: string, ListedTarget, at: Date, Phase[]][] = [
  ['at rest and not due wants nothing', sighting(), onDay(59), []],
  ['at rest and due wants generate', sighting(), now, ['generate']],
  ['that nobody has taken up yet wants generate', { ...sighting(), state: { refusals: 0 } }, firstDay, ['generate']],
  ['in a phase wants that phase', sighting({ rotation: rotation({ phase: 'publish' }) }), now, ['publish']],
  ['that waits wants nothing', sighting(waits(onDay(61))), now, []],
  ['whose wait is over wants its phase', sighting(waits(now)), now, ['revoke']],
  ['whose progress a person deleted wants generate', { ...sighting(), resumed: true }, firstDay, ['generate']],
  ['that is held wants nothing', sighting({ held: 'contended', rotation: rotation() }), now, []],
  ['that is paused wants nothing', sighting({ rotation: rotation() }, { paused: true }), now, []],
  [
    'R22: paused in an emergency wants its phase',
    sighting({ rotation: rotation({ cause: 'emergency' }) }, { paused: true }),
    now,
    ['generate'],
  ],
  ['at rest and paused wants nothing', sighting({}, { paused: true }), now, []],
  [
    'at rest whose wait is over wants generate',
    sighting({ wait: waitUntil(onDay(10), 'outage') }),
    onDay(11),
    ['generate'],
  ],
  ['that is down wants verify', sighting({ wait: waitUntil(onDay(10), 'key-access-lost') }), onDay(11), ['verify']],
  [
    'that is guarded in revoke wants nothing',
    sighting({ rotation: rotation({ phase: 'revoke' }), guard: { reason: 'restored', until: onDay(61) } }),
    now,
    [],
  ],
  [
    'that is guarded in generate wants generate',
    sighting({ rotation: rotation(), guard: { reason: 'restored', until: onDay(61) } }),
    now,
    ['generate'],
  ],
  ['that is guarded wants nothing', sighting({ guard: { reason: 'adoption-grace', until: onDay(61) } }), now, []],
];

test.each(rows)('a target %s', (_sentence, seen, at, expected) => {
  expect(phases.filter((phase) => isSelected(phase, seen, at, none, 0))).toEqual(expected);
});

test('a frozen phase is wanted by nobody', () => {
  expect(isSelected('generate', sighting(), now, new Set(['generate']), 0)).toBe(false);
});

function turnsIn(hours: number, seen = sighting()): number {
  const sweeps = Array.from({ length: (hours * hour) / (5 * minute) }, (_, i) => later(firstDay, i * 5 * minute));
  return sweeps.filter((at) => isTurnForDriftCheck(seen, at)).length;
}

test.each([
  ['at rest', {}, 4],
  ['that settles', { rotation: rotation({ phase: 'revoke' }) }, 4],
  ['in another phase', { rotation: rotation({ phase: 'verify' }) }, 0],
  ['that is held', { held: 'contended' }, 0],
] as const)('drift: a target %s, %j, has %i turns in a day', (_sentence, state, turns) => {
  expect(turnsIn(24, sighting(state))).toBe(turns);
});

test('drift: paused and new targets have no turn', () => {
  expect(turnsIn(24, sighting({}, { paused: true }))).toBe(0);
  expect(turnsIn(24, { ...sighting(), state: { refusals: 0 } })).toBe(0);
});

test('drift: a sweep’s share of 7,200 targets is about a hundred', () => {
  const all = Array.from({ length: 7_200 }, (_, i) => ({
    ...sighting(),
    target: { ...target, secret: { ...target.secret, name: `s${i}` } },
  }));
  const share = all.filter((seen) => isTurnForDriftCheck(seen, firstDay)).length;
  expect(share).toBeGreaterThan(60);
  expect(share).toBeLessThan(140);
});

test('jitter is the same for a target every time, and spreads what was created together', () => {
  const named = (name: string) => jitterOf({ ...target, secret: { ...target.secret, name } });
  const all = Array.from({ length: 1_000 }, (_, i) => named(`s${i}`));
  expect(named('s0')).toBe(all[0]);
  expect(all.every((jitter) => jitter >= 0 && jitter <= 1)).toBe(true);
  const tenths = all.map((jitter) => Math.min(9, Math.floor(jitter * 10)));
  for (const tenth of Array(10).keys()) expect(tenths.filter((each) => each === tenth).length).toBeGreaterThan(60);
});

const overlapWait = waits(onDay(61));
const guard = { reason: 'restored', until: onDay(62) } as const;
const running = { rotation: rotation({ phase: 'revoke' }) };
const urgent = { ...overlapWait, rotation: rotation({ phase: 'revoke', cause: 'emergency', mode: 'immediate' }) };
const retried: Partial<State> = { wait: { reason: 'outage', since: onDay(59), until: onDay(61) } };

const dates: [sentence: string, ListedTarget, Date | undefined][] = [
  ['at rest is due by its date', sighting(), now],
  ['at rest under a guard is due when that is over', sighting({ guard }), onDay(62)],
  ['at rest under a guard that is over is due by its date', sighting({ guard: { ...guard, until: firstDay } }), now],
  ['that failed before it began is due when its wait is over', sighting(retried), onDay(61)],
  [
    'that failed before it was due keeps the date of its wait',
    sighting({ wait: waitUntil(onDay(55), 'outage') }),
    onDay(55),
  ],
  ['in a rotation keeps the date of its wait', sighting(waits(onDay(55))), onDay(55)],
  ['that settles is due when settle is over', sighting(overlapWait), onDay(61)],
  ['that settles under a guard is due when both are over', sighting({ ...overlapWait, guard }), onDay(62)],
  ['that is guarded in a rotation is due when that is over', sighting({ ...running, guard }), onDay(62)],
  ['that waits for nothing was interrupted, nobody knows when', sighting(running), undefined],
  ['in an immediate emergency has no date: whoever sees it takes it', sighting(urgent), undefined],
  ['that nobody has taken up yet has no date', { ...sighting(), state: { refusals: 0 } }, undefined],
];

test.each(dates)('a target %s', (_sentence, seen, since) => {
  expect(dueSince(seen, 0)).toEqual(since);
});

test('what is due by its date is due earlier by its jitter', () => {
  expect(dueSince(sighting(), 1)).toEqual(onDay(59));
});
