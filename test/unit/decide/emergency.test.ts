import { decide } from '../../../lib/decide/rules.ts';
import type { EmergencyRequest, Rotation, State } from '../../../lib/model/state.ts';
import { after, bond, looked, print, rotation, situation } from './situation.ts';

const published = looked({ secondary: 's1', held: 's1' });
const start = after(60);

/** What is accepted of an emergency, while a rotation is where it is. */
function accepted(accept: EmergencyRequest, state: Partial<State> = {}, inspection = looked()) {
  const taggedId = inspection.live?.id ?? 'Primary';
  const decision = decide(
    situation({ request: { cause: 'emergency', emergency: accept }, state, inspection, taggedId }),
  );
  if (decision.do !== 'startEmergency') throw new Error(`Not accepted: ${decision.reason}`);
  return decision;
}

const prints = (...keys: string[]) => keys.map(print);
const ongoing = (more: Partial<Rotation>) => ({ rotation: rotation({ toRevoke: prints('p0'), ...more }) });
const graceful = (...compromised: string[]): EmergencyRequest => ({ mode: 'graceful', compromised });

interface Expected {
  readonly phase: string;
  readonly toRevoke: readonly string[];
  readonly start: Date;
}

const rows: [string, EmergencyRequest, Partial<State>, ReturnType<typeof looked>, Expected][] = [
  [
    'at rest, the live key: an ordinary rotation',
    { mode: 'graceful' },
    {},
    looked(),
    { phase: 'generate', toRevoke: prints('p0', 's0'), start },
  ],
  [
    'at rest, only the standby: nothing is published',
    graceful('Secondary'),
    {},
    looked(),
    { phase: 'revoke', toRevoke: prints('s0'), start },
  ],
  [
    'at rest, both',
    graceful('Primary', 'Secondary'),
    {},
    looked(),
    { phase: 'generate', toRevoke: prints('p0', 's0'), start },
  ],
  [
    'in generate, the live key: it goes on',
    graceful('Primary'),
    ongoing({}),
    looked(),
    { phase: 'generate', toRevoke: prints('p0'), start: after(59) },
  ],
  [
    'in generate, the standby: that has to go too',
    graceful('Secondary'),
    ongoing({}),
    looked(),
    { phase: 'generate', toRevoke: prints('s0', 'p0'), start: after(59) },
  ],
  [
    'in verify, the old key: it is revoked',
    graceful('Primary'),
    ongoing({ phase: 'verify' }),
    published,
    { phase: 'verify', toRevoke: prints('p0'), start: after(59) },
  ],
  [
    'in verify, the new live key: another is made',
    graceful('Secondary'),
    ongoing({ phase: 'verify' }),
    published,
    { phase: 'generate', toRevoke: prints('p0', 's1'), start },
  ],
  [
    'in revoke, the old key',
    graceful('Primary'),
    ongoing({ phase: 'revoke' }),
    published,
    { phase: 'revoke', toRevoke: prints('p0'), start: after(59) },
  ],
  [
    'in revoke, the new live key: another is made',
    graceful('Secondary'),
    ongoing({ phase: 'revoke' }),
    published,
    { phase: 'generate', toRevoke: prints('p0', 's1'), start },
  ],
];

describe('R20, R21: an emergency', () => {
  test.each(rows)('%s', (_sentence, accept, state, inspection, expected) => {
    const { state: after, start: answered } = accepted(accept, state, inspection);
    expect(after.rotation).toMatchObject({ ...expected, cause: 'emergency', mode: 'graceful' });
    expect(answered).toEqual(expected.start);
  });
});

test('R18: after a leak of the standby only a key seen to change from now on is taken for the new one', () => {
  const inspection = looked({ secondary: 's1', next: 's1' });
  expect(accepted(graceful('Secondary'), ongoing({}), inspection).state.stateBinding).toEqual(bond('p0', 'p0', 's1'));
  expect(accepted(graceful('Primary'), ongoing({}), inspection).state.stateBinding).toEqual(bond());
});

test('R21: a version that held a leaked key is remembered, to be disabled', () => {
  const state = accepted(graceful('Secondary'), ongoing({ phase: 'revoke', oldVersion: 'v0' }), published).state;
  expect(state.rotation).toMatchObject({ phase: 'generate', oldVersion: 'v0' });
});

test('R20: an equal request joins what it began, also when that is over', () => {
  const request = 'aaaaaaaaaaaa';
  const wanted: EmergencyRequest = { mode: 'graceful', request };
  const running = { ...ongoing({ cause: 'emergency' }), request };
  expect(accepted(wanted, running)).toMatchObject({ reason: 'going-on', start: after(59), state: running });
  expect(accepted(wanted, { lastRotation: after(58), lastRequest: request })).toMatchObject({
    reason: 'going-on',
    start: after(58),
  });
});

test('R20: another key begins anew and is remembered in its stead', () => {
  const state = { lastRotation: after(58), lastRequest: 'aaaaaaaaaaaa' };
  const answer = accepted({ mode: 'graceful', request: 'bbbbbbbbbbbb' }, state);
  expect(answer).toMatchObject({ start, state: { lastRequest: 'bbbbbbbbbbbb', lastRotation: after(58) } });
});

test('a second emergency that names no credential only hurries the first', () => {
  const running = ongoing({ cause: 'emergency' });
  expect(accepted({ mode: 'immediate' }, running).state.rotation).toMatchObject({
    mode: 'immediate',
    start: after(59),
  });
  expect(accepted({ mode: 'graceful' }, running).state).toMatchObject(running);
});

test.each([
  ['immediate', undefined],
  ['graceful', 'proof-unknown'],
] as const)('R22: what the first waits for when a second joins that is %s: %s', (mode, reason) => {
  const wait = { reason: 'proof-unknown', since: after(59), until: after(61) } as const;
  expect(accepted({ mode }, { ...ongoing({ cause: 'emergency' }), wait }).state.wait?.reason).toBe(reason);
});

test.each([
  ['that names none', undefined],
  ['for the same credential', ['Primary']],
  ['for the other one too', ['Primary', 'Secondary']],
])('a graceful emergency %s does not slow an immediate one', (_sentence, compromised) => {
  const running = ongoing({ phase: 'revoke', cause: 'emergency', mode: 'immediate', oldVersion: 'v0' });
  const { state } = accepted({ mode: 'graceful', ...(compromised && { compromised }) }, running, published);
  expect(state.rotation).toMatchObject({ cause: 'emergency', mode: 'immediate' });
});

test('R20: the key of a request that joined is remembered, so that the request can be repeated', () => {
  const running = { ...ongoing({ cause: 'emergency' }), request: 'aaaaaaaaaaaa' };
  const { state, start: answered } = accepted({ mode: 'graceful', request: 'bbbbbbbbbbbb' }, running);
  expect(state.lastRequest).toBe('bbbbbbbbbbbb');
  expect(answered).toEqual(after(59));
});

test('R22: what held or delayed the target is over; refusals are counted anew', () => {
  const wait = { reason: 'throttled', since: after(59), until: after(61) } as const;
  const { state } = accepted({ mode: 'graceful' }, { held: 'proof-refused', refusals: 4, wait });
  expect(state).not.toHaveProperty('held');
  expect(state).not.toHaveProperty('wait');
  expect(state.refusals).toBe(0);
});

test.each([
  ['immediate', 'tag-corrected', true],
  ['graceful', 'tag-corrected', true],
  ['graceful', 'restored', true],
  ['immediate', 'restored', true],
  ['graceful', 'adoption-grace', false],
] as const)('an emergency that is %s keeps the guard %s: %s', (mode, reason, isKept) => {
  const guard = { reason, until: after(61) };
  expect(accepted({ mode }, { guard }).state.guard).toEqual(isKept ? guard : undefined);
});

test('no more than three fingerprints are carried, those that still exist first', () => {
  const state = { rotation: rotation({ phase: 'revoke', toRevoke: prints('x', 'y', 'p0') }) };
  expect(accepted(graceful('Primary'), state, published).state.rotation?.toRevoke).toEqual(prints('p0', 'x', 'y'));
});
