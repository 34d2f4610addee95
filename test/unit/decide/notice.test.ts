import { isAnswered, needsAction, type CurrentVersion } from '../../../lib/decide/notice.ts';
import { decide } from '../../../lib/decide/rules.ts';
import { later, minute, second } from '../../../lib/model/clock.ts';
import { phases, type RegenerationNotice, type Rotation, type State } from '../../../lib/model/state.ts';
import {
  onDay,
  newBinding,
  firstDay,
  inspectionOf,
  keyFingerprint,
  rotation,
  situation,
  summaryOf,
  type Overrides,
} from './situation.ts';

const now = onDay(10); // not due by itself
const tooSoon = later(now, 5 * minute - second);
const notice: RegenerationNotice = { id: 'aaaaaaaaaaaa', start: onDay(9) };
const since = later(notice.start, minute);
const idle: State = { refusals: 0, stateBinding: newBinding() };

const emergency = { cause: 'emergency', phase: 'revoke' } as const;

function underWay(more: Partial<Rotation> = {}): State {
  return { ...idle, rotation: rotation({ start: onDay(8), ...more }) };
}

function decisionFor(different: Overrides = {}, by = notice) {
  return decide(situation({ now, request: { cause: 'notice', notice: by }, ...different }));
}

/** The state that a notice makes of one. */
function stateBegunBy(different: Overrides = {}, by = notice): State {
  const decision = decisionFor(different, by);
  if (decision.do !== 'setState') throw new Error(`Not begun: ${summaryOf(decision)}`);
  return decision.state;
}

const answered: [sentence: string, state: State, notice: RegenerationNotice, expected: boolean][] = [
  ['at rest, never rotated', idle, notice, false],
  ['at rest, rotated before it', { ...idle, lastRotation: onDay(8) }, notice, false],
  ['at rest, rotated since', { ...idle, lastRotation: since }, notice, true],
  ['at rest, rotated just when it began', { ...idle, lastRotation: notice.start }, notice, true],
  [
    'at rest, rotated for it, and it was updated since',
    { ...idle, lastRotation: since, lastRequest: notice.id },
    { ...notice, start: now },
    true,
  ],
  ['at rest, rotated for another', { ...idle, lastRotation: onDay(8), lastRequest: 'bbbbbbbbbbbb' }, notice, false],
  ['in a rotation that began before it', underWay(), notice, false],
  ['in a rotation that began in the same second', underWay({ start: notice.start }), notice, true],
  ['in a rotation for something else, after one for it', { ...underWay(), lastRequest: notice.id }, notice, false],
  [
    'in a rotation for another notice',
    { ...underWay({ cause: 'notice' }), lastRequest: 'bbbbbbbbbbbb' },
    notice,
    false,
  ],
  ['in a rotation that began since', underWay({ start: since }), notice, true],
  ['in its rotation', { ...underWay({ cause: 'notice', start: since }), lastRequest: notice.id }, notice, true],
  ['in a repair, which regenerates nothing', underWay({ start: since, cause: 'drift' }), notice, false],
  ['in what was recovered, which publishes nothing', underWay({ start: since, cause: 'onboard' }), notice, false],
  ['in an emergency since, of the live key', underWay({ start: since, ...emergency, oldVersion: 'v0' }), notice, true],
  ['in an emergency since, of the standby alone', underWay({ start: since, ...emergency }), notice, false],
  [
    'in its rotation, and it was updated since',
    { ...underWay({ cause: 'notice', start: since }), lastRequest: notice.id },
    { ...notice, start: now },
    true,
  ],
];

/** A rotation that is over wrote the current version, unless it is said that it is older. */
function standing(state: State, createdOn = state.lastRotation ?? firstDay): CurrentVersion {
  return { state, createdOn };
}

test.each(answered)('R23: a notice and a target %s: is it answered?', (_sentence, state, notice, expected) => {
  expect(isAnswered(standing(state), notice)).toBe(expected);
  expect(needsAction(standing(state), notice, now)).toBe(!expected);
});

test('R23: a rotation that wrote no new version has answered nothing', () => {
  const state = { ...idle, lastRotation: since };
  expect(isAnswered(standing(state, since), notice)).toBe(true);
  expect(isAnswered(standing(state, firstDay), notice)).toBe(false);
});

const rows: [sentence: string, different: Overrides, decision: string][] = [
  ['at rest begins, due or not', {}, 'setState begun'],
  ['at rest that answered it rests', { state: { lastRotation: since }, secret: { createdOn: since } }, 'leave not-due'],
  ['at rest whose rotation since wrote nothing begins', { state: { lastRotation: since } }, 'setState begun'],
  [
    'at rest that answered it and is due begins for that',
    { now: onDay(70), state: { lastRotation: since }, secret: { createdOn: since } },
    'setState begun',
  ],
  ['in a rotation that answers it goes on', { state: underWay({ start: since }) }, 'run generate going-on'],
  ['in an emergency goes on with that', { state: underWay({ cause: 'emergency' }) }, 'run generate going-on'],
  ['that is paused is left to who paused it', { options: { paused: true } }, 'leave paused'],
  ['that is held is left to who resumes it', { state: { held: 'contended' } }, 'leave contended'],
  ['whose phase is frozen rests', { settings: { frozenPhases: new Set(['generate'] as const) } }, 'leave frozen'],
  [
    'that backs off does so',
    { state: { wait: { reason: 'throttled', since: onDay(9), until: onDay(11) } } },
    'leave throttled',
  ],
  ['whose value is dead is repaired first', { inspection: inspectionOf({ primary: 'p1' }) }, 'setState repairing'],
  ['of which another secret is the target waits', { claim: 'of-another' }, 'wait claimed-twice'],
];

test.each(rows)('a notice to a target %s', (_sentence, different, decision) => {
  expect(summaryOf(decisionFor(different))).toBe(decision);
});

test('R18: every key that exists now has to go, and only keys made from now on are published', () => {
  const inspection = inspectionOf({ secondary: 's1', next: 's1' });
  const state = stateBegunBy({ inspection, state: { lastRotation: onDay(1), refusals: 3 } });
  const toRevoke = [keyFingerprint('p0'), keyFingerprint('s1')];
  const anew = { phase: 'generate', cause: 'notice', start: now, mode: 'graceful', toRevoke } as const;
  expect(state).toEqual({
    refusals: 0,
    stateBinding: newBinding('p0', 'p0', 's1'),
    rotation: anew,
    lastRequest: notice.id,
    lastRotation: onDay(1),
  });
});

test.each(phases)('in %s a rotation that began before is replaced, and what it had to end still goes', (phase) => {
  const published = phase === 'verify' || phase === 'revoke';
  const inspection = published ? inspectionOf({ secondary: 's1', inSecret: 's1' }) : inspectionOf();
  const wait = { reason: 'overlap', since: onDay(9), until: onDay(11) } as const;
  const state = stateBegunBy({
    inspection,
    taggedId: inspection.live?.id ?? '',
    state: { ...underWay({ phase, oldVersion: 'v0' }), wait },
  });
  const toRevoke = published
    ? [keyFingerprint('p0'), keyFingerprint('s1'), keyFingerprint('s0')]
    : [keyFingerprint('p0'), keyFingerprint('s0')];
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
  const guard = { reason: 'restored', until: onDay(11) } as const;
  expect(stateBegunBy({ state: { guard } })).toMatchObject({ guard });
});

test('ten times the same notice begin one rotation', () => {
  let state = idle;
  const starts = new Set<number>();
  for (let times = 0; times < 10; times += 1) {
    const decision = decisionFor({ now: later(now, times * minute), state });
    if (decision.do === 'setState') state = decision.state;
    starts.add(state.rotation?.start.getTime() ?? 0);
  }
  expect([...starts]).toEqual([now.getTime()]);
});

const deadline = onDay(20);
const soon: RegenerationNotice = { ...notice, deadline };

test('a notice to a target at rest leaves its deadline to the rotation', () => {
  expect(stateBegunBy({}, soon).rotation?.deadline).toEqual(deadline);
});

test('a deadline that has passed is none', () => {
  expect(stateBegunBy({}, { ...notice, deadline: onDay(9) }).rotation?.deadline).toBeUndefined();
});

test('of two deadlines the one of the rotation before is kept where the notice has none', () => {
  expect(stateBegunBy({ state: underWay({ deadline }) }).rotation?.deadline).toEqual(deadline);
});

const halfDayLater = onDay(10, 12);

const hurried: [sentence: string, state: State, notice: RegenerationNotice, expected: Date | undefined][] = [
  ['a rotation that answers it gets the whole deadline', underWay({ start: since }), soon, deadline],
  ['one that has an earlier deadline keeps it', underWay({ start: since, deadline: halfDayLater }), soon, undefined],
  ['one that has a later deadline gets the earlier', underWay({ start: since, deadline: onDay(30) }), soon, deadline],
  ['an emergency that began before leaves half of the time', underWay({ cause: 'emergency' }), soon, onDay(14)],
  [
    'an emergency that began since gets the whole deadline',
    underWay({ cause: 'emergency', start: since }),
    soon,
    deadline,
  ],
  [
    'a deadline before the rotation began',
    underWay({ start: since }),
    { ...notice, deadline: notice.start },
    undefined,
  ],
  ['a deadline that is now', underWay({ start: since }), { ...notice, deadline: now }, undefined],
  ['a deadline in less than five minutes', underWay({ start: since }), { ...notice, deadline: tooSoon }, undefined],
  ['the deadline that it has already', underWay({ start: since, deadline }), soon, undefined],
  ['a deadline that has passed', underWay({ start: since }), { ...notice, deadline: later(now, -minute) }, undefined],
  ['no deadline', underWay({ start: since }), notice, undefined],
];

test.each(hurried)('R23: %s', (_sentence, state, notice, expected) => {
  const decision = decisionFor({ state }, notice);
  if (!expected) expect(summaryOf(decision)).toBe('run generate going-on');
  else
    expect(decision).toMatchObject({ do: 'setState', reason: 'hurried', state: { rotation: { deadline: expected } } });
});

test('what hurries it ends its wait, and keeps everything else', () => {
  const wait = { reason: 'overlap', since: onDay(9), until: onDay(11) } as const;
  const state = { ...underWay({ start: since }), lastRequest: notice.id };
  const changed = stateBegunBy({ state: { ...state, wait } }, soon);
  expect(changed).toEqual({ ...state, rotation: { ...state.rotation, deadline } });
});

test('a version has whole seconds: one of the second in which the notice began is one since', () => {
  const precise = { ...notice, start: later(notice.start, 900) };
  expect(isAnswered(standing({ ...idle, lastRotation: later(notice.start, 1_000) }, notice.start), precise)).toBe(true);
});

test('a notice is answered by what began within its own second', () => {
  const [half, whole] = [later(now, 500), later(now, 1_000)];
  const state = stateBegunBy({ now: half }, { ...notice, start: half });
  expect(state.rotation?.start).toEqual(whole);
  expect(isAnswered(standing(state), { ...notice, start: half })).toBe(true);
});

test('R23: a version of the second before the notice is one since, an older one is not', () => {
  const state = { ...idle, lastRotation: since };
  expect(isAnswered(standing(state, later(notice.start, -1_000)), notice)).toBe(true);
  expect(isAnswered(standing(state, later(notice.start, -1_001)), notice)).toBe(false);
});

test('R23: a version that a person wrote since answers no notice', () => {
  expect(isAnswered(standing(idle, since), notice)).toBe(false);
  expect(isAnswered(standing({ ...idle, lastRotation: onDay(8) }, since), notice)).toBe(false);
});

test('R23: a rotation that answers a notice and is to be hurried needs action', () => {
  expect(needsAction(standing(underWay({ start: since })), soon, now)).toBe(true);
  expect(needsAction(standing(underWay({ start: since, deadline })), soon, now)).toBe(false);
});

test('R28: a deadline that leaves less than five minutes is none', () => {
  expect(stateBegunBy({}, { ...notice, deadline: tooSoon }).rotation?.deadline).toBeUndefined();
  expect(stateBegunBy({}, { ...notice, deadline: later(now, 5 * minute) }).rotation?.deadline).toBeDefined();
});
