import { isAnswered, needsAction, type CurrentVersion } from '../../../lib/decide/notice.ts';
import { decide } from '../../../lib/decide/rules.ts';
import { later, minute } from '../../../lib/model/clock.ts';
import { phases, type RegenerationNotice, type Rotation, type State } from '../../../lib/model/state.ts';
import { after, bond, born, looked, print, rotation, situation, words, type Different } from './situation.ts';

const now = after(10); // not due by itself
const told: RegenerationNotice = { id: 'aaaaaaaaaaaa', start: after(9) };
const since = later(told.start, minute);
const idle: State = { refusals: 0, stateBinding: bond() };

const emergency = { cause: 'emergency', phase: 'revoke' } as const;

function underWay(more: Partial<Rotation> = {}): State {
  return { ...idle, rotation: rotation({ start: after(8), ...more }) };
}

function asked(different: Different = {}, notice = told) {
  return decide(situation({ now, request: { cause: 'notice', notice }, ...different }));
}

/** The state that a notice makes of one. */
function begunBy(different: Different = {}, notice = told): State {
  const decision = asked(different, notice);
  if (decision.do !== 'setState') throw new Error(`Not begun: ${words(decision)}`);
  return decision.state;
}

const answered: [sentence: string, state: State, notice: RegenerationNotice, expected: boolean][] = [
  ['at rest, never rotated', idle, told, false],
  ['at rest, rotated before it', { ...idle, lastRotation: after(8) }, told, false],
  ['at rest, rotated since', { ...idle, lastRotation: since }, told, true],
  ['at rest, rotated just when it began', { ...idle, lastRotation: told.start }, told, true],
  [
    'at rest, rotated for it, and it was updated since',
    { ...idle, lastRotation: since, lastRequest: told.id },
    { ...told, start: now },
    true,
  ],
  ['at rest, rotated for another', { ...idle, lastRotation: after(8), lastRequest: 'bbbbbbbbbbbb' }, told, false],
  ['in a rotation that began before it', underWay(), told, false],
  ['in a rotation that began since', underWay({ start: since }), told, true],
  ['in its rotation', { ...underWay({ cause: 'notice', start: since }), lastRequest: told.id }, told, true],
  ['in a repair, which regenerates nothing', underWay({ start: since, cause: 'drift' }), told, false],
  ['in what was recovered, which publishes nothing', underWay({ start: since, cause: 'onboard' }), told, false],
  ['in an emergency since, of the live key', underWay({ start: since, ...emergency, oldVersion: 'v0' }), told, true],
  ['in an emergency since, of the standby alone', underWay({ start: since, ...emergency }), told, false],
  [
    'in its rotation, and it was updated since',
    { ...underWay({ cause: 'notice', start: since }), lastRequest: told.id },
    { ...told, start: now },
    true,
  ],
];

/** A rotation that is over wrote the current version, unless it is said that it is older. */
function standing(state: State, createdOn = state.lastRotation ?? born): CurrentVersion {
  return { state, createdOn };
}

test.each(answered)('R23: a notice and a target %s: is it answered?', (_sentence, state, notice, expected) => {
  expect(isAnswered(standing(state), notice)).toBe(expected);
  expect(needsAction(standing(state), notice, now)).toBe(!expected);
});

test('R23: a rotation that wrote no new version has answered nothing', () => {
  const state = { ...idle, lastRotation: since };
  expect(isAnswered(standing(state, since), told)).toBe(true);
  expect(isAnswered(standing(state, born), told)).toBe(false);
});

const rows: [sentence: string, different: Different, decision: string][] = [
  ['at rest begins, due or not', {}, 'setState begun'],
  ['at rest that answered it rests', { state: { lastRotation: since }, secret: { createdOn: since } }, 'leave not-due'],
  ['at rest whose rotation since wrote nothing begins', { state: { lastRotation: since } }, 'setState begun'],
  [
    'at rest that answered it and is due begins for that',
    { now: after(70), state: { lastRotation: since }, secret: { createdOn: since } },
    'setState begun',
  ],
  ['in a rotation that answers it goes on', { state: underWay({ start: since }) }, 'run generate going-on'],
  ['in an emergency goes on with that', { state: underWay({ cause: 'emergency' }) }, 'run generate going-on'],
  ['that is paused is left to who paused it', { options: { paused: true } }, 'leave paused'],
  ['that is held is left to who resumes it', { state: { held: 'contended' } }, 'leave contended'],
  ['whose phase is frozen rests', { settings: { frozenPhases: new Set(['generate'] as const) } }, 'leave frozen'],
  [
    'that backs off does so',
    { state: { wait: { reason: 'throttled', since: after(9), until: after(11) } } },
    'leave throttled',
  ],
  ['whose value is dead is repaired first', { inspection: looked({ primary: 'p1' }) }, 'setState repairing'],
  ['of which another secret is the target waits', { claim: 'of-another' }, 'wait claimed-twice'],
];

test.each(rows)('a notice to a target %s', (_sentence, different, decision) => {
  expect(words(asked(different))).toBe(decision);
});

test('R18: every key that exists now has to go, and only keys made from now on are published', () => {
  const inspection = looked({ secondary: 's1', next: 's1' });
  const state = begunBy({ inspection, state: { lastRotation: after(1), refusals: 3 } });
  const toRevoke = [print('p0'), print('s1')];
  const anew = { phase: 'generate', cause: 'notice', start: now, mode: 'graceful', toRevoke } as const;
  expect(state).toEqual({
    refusals: 0,
    stateBinding: bond('p0', 'p0', 's1'),
    rotation: anew,
    lastRequest: told.id,
    lastRotation: after(1),
  });
});

test.each(phases)('in %s a rotation that began before is replaced, and what it had to end still goes', (phase) => {
  const published = phase === 'verify' || phase === 'revoke';
  const inspection = published ? looked({ secondary: 's1', held: 's1' }) : looked();
  const wait = { reason: 'overlap', since: after(9), until: after(11) } as const;
  const state = begunBy({
    inspection,
    taggedId: inspection.live?.id ?? '',
    state: { ...underWay({ phase, oldVersion: 'v0' }), wait },
  });
  const toRevoke = published ? [print('p0'), print('s1'), print('s0')] : [print('p0'), print('s0')];
  expect(state.rotation).toMatchObject({
    phase: 'generate',
    cause: 'notice',
    start: now,
    toRevoke,
    oldVersion: 'v0',
  });
  expect(state).not.toHaveProperty('wait');
});

test('what guards the target outlives the beginning', () => {
  const guard = { reason: 'restored', until: after(11) } as const;
  expect(begunBy({ state: { guard } })).toMatchObject({ guard });
});

test('ten times the same notice begin one rotation', () => {
  let state = idle;
  const starts = new Set<number>();
  for (let times = 0; times < 10; times += 1) {
    const decision = asked({ now: later(now, times * minute), state });
    if (decision.do === 'setState') state = decision.state;
    starts.add(state.rotation?.start.getTime() ?? 0);
  }
  expect([...starts]).toEqual([now.getTime()]);
});

const deadline = after(20);
const soon: RegenerationNotice = { ...told, deadline };

test('a notice to a target at rest leaves its deadline to the rotation', () => {
  expect(begunBy({}, soon).rotation?.deadline).toEqual(deadline);
});

test('a deadline that has passed is none', () => {
  expect(begunBy({}, { ...told, deadline: after(9) }).rotation?.deadline).toBeUndefined();
});

test('of two deadlines the one of the rotation before is kept where the notice has none', () => {
  expect(begunBy({ state: underWay({ deadline }) }).rotation?.deadline).toEqual(deadline);
});

const later10 = after(10, 12);

const hurried: [sentence: string, state: State, notice: RegenerationNotice, expected: Date | undefined][] = [
  ['a rotation that answers it gets the whole deadline', underWay({ start: since }), soon, deadline],
  ['one that has an earlier deadline keeps it', underWay({ start: since, deadline: later10 }), soon, undefined],
  ['one that has a later deadline gets the earlier', underWay({ start: since, deadline: after(30) }), soon, deadline],
  ['an emergency that began before leaves half of the time', underWay({ cause: 'emergency' }), soon, after(14)],
  [
    'an emergency that began since gets the whole deadline',
    underWay({ cause: 'emergency', start: since }),
    soon,
    deadline,
  ],
  ['a deadline before the rotation began', underWay({ start: since }), { ...told, deadline: told.start }, undefined],
  ['a deadline that has passed', underWay({ start: since }), { ...told, deadline: later(now, -minute) }, undefined],
  ['no deadline', underWay({ start: since }), told, undefined],
];

test.each(hurried)('R23: %s', (_sentence, state, notice, expected) => {
  const decision = asked({ state }, notice);
  if (!expected) expect(words(decision)).toBe('run generate going-on');
  else
    expect(decision).toMatchObject({ do: 'setState', reason: 'hurried', state: { rotation: { deadline: expected } } });
});

test('what hurries it ends its wait, and keeps everything else', () => {
  const wait = { reason: 'overlap', since: after(9), until: after(11) } as const;
  const state = { ...underWay({ start: since }), request: told.id };
  const changed = begunBy({ state: { ...state, wait } }, soon);
  expect(changed).toEqual({ ...state, rotation: { ...state.rotation, deadline } });
});

test('a version has whole seconds: one of the second in which the notice began is one since', () => {
  const notice = { ...told, start: later(told.start, 900) };
  expect(isAnswered(standing({ ...idle, lastRotation: later(told.start, 1_000) }, told.start), notice)).toBe(true);
});

test('a notice is answered by what began within its own second', () => {
  const [half, whole] = [later(now, 500), later(now, 1_000)];
  const state = begunBy({ now: half }, { ...told, start: half });
  expect(state.rotation?.start).toEqual(whole);
  expect(isAnswered(standing(state), { ...told, start: half })).toBe(true);
});
