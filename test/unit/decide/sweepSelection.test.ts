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

function listedTarget(state: Partial<State> = {}, ownOptions: Partial<TargetOptions> = {}): ListedTarget {
  return {
    target: { ...target, options: { ...options, ...ownOptions } },
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
  ['at rest and not due wants nothing', listedTarget(), onDay(59), []],
  ['at rest and due wants generate', listedTarget(), now, ['generate']],
  ['that is not adopted yet wants generate', { ...listedTarget(), state: { refusals: 0 } }, firstDay, ['generate']],
  ['in a phase wants that phase', listedTarget({ rotation: rotation({ phase: 'publish' }) }), now, ['publish']],
  ['that waits wants nothing', listedTarget(waits(onDay(61))), now, []],
  ['whose wait is over wants its phase', listedTarget(waits(now)), now, ['revoke']],
  ['whose progress a person deleted wants generate', { ...listedTarget(), resumed: true }, firstDay, ['generate']],
  [
    'R48: whose live credential may be dead is taken up by every phase, whatever it waits for',
    listedTarget({ ...waits(onDay(61)), isSuspect: true }),
    now,
    [...phases],
  ],
  ['R47: that may be dead and is held wants nothing', listedTarget({ held: 'contended', isSuspect: true }), now, []],
  [
    'R49: in an immediate emergency that waits for consumers wants the timer that runs more often',
    listedTarget({ rotation: rotation({ cause: 'emergency', mode: 'immediate' }) }),
    now,
    ['publish'],
  ],
  ['that is held wants nothing', listedTarget({ held: 'contended', rotation: rotation() }), now, []],
  ['that is paused wants nothing', listedTarget({ rotation: rotation() }, { paused: true }), now, []],
  [
    'R22: paused in an emergency wants its phase',
    listedTarget({ rotation: rotation({ cause: 'emergency' }) }, { paused: true }),
    now,
    ['generate'],
  ],
  ['at rest and paused wants nothing', listedTarget({}, { paused: true }), now, []],
  [
    'at rest whose wait is over wants generate',
    listedTarget({ wait: waitUntil(onDay(10), 'outage') }),
    onDay(11),
    ['generate'],
  ],
  ['that is down wants verify', listedTarget({ wait: waitUntil(onDay(10), 'key-access-lost') }), onDay(11), ['verify']],
  [
    'that is guarded in revoke wants nothing',
    listedTarget({ rotation: rotation({ phase: 'revoke' }), guard: { reason: 'restored', until: onDay(61) } }),
    now,
    [],
  ],
  [
    'that is guarded in generate wants generate',
    listedTarget({ rotation: rotation(), guard: { reason: 'restored', until: onDay(61) } }),
    now,
    ['generate'],
  ],
  ['that is guarded wants nothing', listedTarget({ guard: { reason: 'adoption-grace', until: onDay(61) } }), now, []],
];

test.each(rows)('a target %s', (_sentence, listed, at, expected) => {
  expect(phases.filter((phase) => isSelected(phase, listed, at, none, 0))).toEqual(expected);
});

test('a frozen phase is never selected', () => {
  expect(isSelected('generate', listedTarget(), now, new Set(['generate']), 0)).toBe(false);
});

function turnsIn(hours: number, listed = listedTarget()): number {
  const sweeps = Array.from({ length: (hours * hour) / (5 * minute) }, (_, i) => later(firstDay, i * 5 * minute));
  return sweeps.filter((at) => isTurnForDriftCheck(listed, at)).length;
}

test.each([
  ['at rest', {}, 4],
  ['in its overlap', { rotation: rotation({ phase: 'revoke' }) }, 4],
  ['in another phase', { rotation: rotation({ phase: 'verify' }) }, 0],
  ['that is held', { held: 'contended' }, 4],
  ['that is held and known to be dead', { held: 'contended', wait: waitUntil(onDay(10), 'live-dead') }, 0],
] as const)('drift: a target %s, %j, has %i turns in a day', (_sentence, state, turns) => {
  expect(turnsIn(24, listedTarget(state))).toBe(turns);
});

test('R48, drift: a turn that was missed is taken up by the next sweep, and none is taken twice', () => {
  const sweeps = Array.from({ length: 72 }, (_, i) => later(firstDay, i * 5 * minute));
  const [turn = firstDay] = sweeps.filter((at) => isTurnForDriftCheck(listedTarget(), at));
  const next = (minutes: number) => later(turn, minutes * minute);
  expect(isTurnForDriftCheck(listedTarget(), next(5))).toBe(false);
  expect(isTurnForDriftCheck(listedTarget(), next(5), next(-5))).toBe(true);
  expect(isTurnForDriftCheck(listedTarget(), next(5), next(0))).toBe(false);
  expect(isTurnForDriftCheck(listedTarget(), next(350), next(5))).toBe(false);
  expect(isTurnForDriftCheck(listedTarget(), next(360), next(5))).toBe(true);
});

test('drift: paused and new targets have no turn', () => {
  expect(turnsIn(24, listedTarget({}, { paused: true }))).toBe(0);
  expect(turnsIn(24, { ...listedTarget(), state: { refusals: 0 } })).toBe(0);
});

test('drift: a sweep’s share of 7,200 targets is about a hundred', () => {
  const all = Array.from({ length: 7_200 }, (_, i) => ({
    ...listedTarget(),
    target: { ...target, secret: { ...target.secret, name: `s${i}` } },
  }));
  const share = all.filter((listed) => isTurnForDriftCheck(listed, firstDay)).length;
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
  ['at rest is due by its date', listedTarget(), now],
  ['at rest under a guard is due when that is over', listedTarget({ guard }), onDay(62)],
  [
    'at rest under a guard that is over is due by its date',
    listedTarget({ guard: { ...guard, until: firstDay } }),
    now,
  ],
  ['that failed before it began is due when its wait is over', listedTarget(retried), onDay(61)],
  [
    'that failed before it was due keeps the date of its wait',
    listedTarget({ wait: waitUntil(onDay(55), 'outage') }),
    onDay(55),
  ],
  ['in a rotation keeps the date of its wait', listedTarget(waits(onDay(55))), onDay(55)],
  ['in its overlap is due when that is over', listedTarget(overlapWait), onDay(61)],
  ['in its overlap under a guard is due when both are over', listedTarget({ ...overlapWait, guard }), onDay(62)],
  ['that is guarded in a rotation is due when that is over', listedTarget({ ...running, guard }), onDay(62)],
  ['that waits for nothing was interrupted at an unknown time', listedTarget(running), undefined],
  ['in an immediate emergency has no date: each sweep takes it', listedTarget(urgent), undefined],
  ['that is not adopted yet has no date', { ...listedTarget(), state: { refusals: 0 } }, undefined],
];

test.each(dates)('a target %s', (_sentence, listed, since) => {
  expect(dueSince(listed, 0)).toEqual(since);
});

test('a date comes earlier by the jitter', () => {
  expect(dueSince(listedTarget(), 1)).toEqual(onDay(59));
});
