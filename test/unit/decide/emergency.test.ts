import { decide } from '../../../lib/decide/rules.ts';
import { hour } from '../../../lib/model/clock.ts';
import type { EmergencyRequest, Rotation, State } from '../../../lib/model/state.ts';
import {
  claim,
  onDay,
  newBinding,
  inspectionOf,
  keyFingerprint,
  rotation,
  situation,
  summaryOf,
  versionInspection,
  type Overrides,
} from './situation.ts';

const published = inspectionOf({ secondary: 's1', inSecret: 's1' });
const start = onDay(60);

/** Returns the decision that accepts an emergency. */
function accepted(accept: EmergencyRequest, state: Partial<State> = {}, inspection = inspectionOf()) {
  const taggedId = inspection.live?.id ?? 'Primary';
  const decision = decide(
    situation({ request: { cause: 'emergency', emergency: accept }, state, inspection, taggedId }),
  );
  if (decision.do !== 'startEmergency') throw new Error(`Not accepted: ${decision.reason}`);
  return decision;
}

const keyFingerprints = (...keys: string[]) => keys.map(keyFingerprint);
const ongoing = (more: Partial<Rotation>) => ({ rotation: rotation({ toRevoke: keyFingerprints('p0'), ...more }) });
const graceful = (...compromised: string[]): EmergencyRequest => ({ mode: 'graceful', compromised });

interface Expected {
  readonly phase: string;
  readonly toRevoke: readonly string[];
  readonly start: Date;
}

const rows: [string, EmergencyRequest, Partial<State>, ReturnType<typeof inspectionOf>, Expected][] = [
  [
    'at rest, the live key: an ordinary rotation',
    { mode: 'graceful' },
    {},
    inspectionOf(),
    { phase: 'generate', toRevoke: keyFingerprints('p0', 's0'), start },
  ],
  [
    'at rest, only the standby: nothing is published',
    graceful('Secondary'),
    {},
    inspectionOf(),
    { phase: 'revoke', toRevoke: keyFingerprints('s0'), start },
  ],
  [
    'at rest, both',
    graceful('Primary', 'Secondary'),
    {},
    inspectionOf(),
    { phase: 'generate', toRevoke: keyFingerprints('p0', 's0'), start },
  ],
  [
    'in generate, the live key: it goes on',
    graceful('Primary'),
    ongoing({}),
    inspectionOf(),
    { phase: 'generate', toRevoke: keyFingerprints('p0'), start: onDay(59) },
  ],
  [
    'in generate, the standby: that has to go too',
    graceful('Secondary'),
    ongoing({}),
    inspectionOf(),
    { phase: 'generate', toRevoke: keyFingerprints('s0', 'p0'), start: onDay(59) },
  ],
  [
    'in publish, the live key: it goes on',
    graceful('Primary'),
    ongoing({ phase: 'publish' }),
    inspectionOf(),
    { phase: 'publish', toRevoke: keyFingerprints('p0'), start: onDay(59) },
  ],
  [
    'in verify, the old key: it is revoked',
    graceful('Primary'),
    ongoing({ phase: 'verify' }),
    published,
    { phase: 'verify', toRevoke: keyFingerprints('p0'), start: onDay(59) },
  ],
  [
    'in verify, the new live key: another is made',
    graceful('Secondary'),
    ongoing({ phase: 'verify' }),
    published,
    { phase: 'generate', toRevoke: keyFingerprints('p0', 's1'), start },
  ],
  [
    'in revoke, the old key',
    graceful('Primary'),
    ongoing({ phase: 'revoke' }),
    published,
    { phase: 'revoke', toRevoke: keyFingerprints('p0'), start: onDay(59) },
  ],
  [
    'in revoke, the new live key: another is made',
    graceful('Secondary'),
    ongoing({ phase: 'revoke' }),
    published,
    { phase: 'generate', toRevoke: keyFingerprints('p0', 's1'), start },
  ],
];

describe('R20, R21: an emergency', () => {
  test.each(rows)('%s', (_sentence, accept, state, inspection, expected) => {
    const { state: next, start: answered } = accepted(accept, state, inspection);
    expect(next.rotation).toMatchObject({ ...expected, cause: 'emergency', mode: 'graceful' });
    expect(answered).toEqual(expected.start);
  });
});

test('R18: after a leak of the standby only a key seen to change from now on is taken for the new one', () => {
  const inspection = inspectionOf({ secondary: 's1', next: 's1' });
  expect(accepted(graceful('Secondary'), ongoing({}), inspection).state.stateBinding).toEqual(
    newBinding('p0', 'p0', 's1'),
  );
  expect(accepted(graceful('Primary'), ongoing({}), inspection).state.stateBinding).toEqual(newBinding());
});

test('R21: a version that held a leaked key is remembered, to be disabled', () => {
  const state = accepted(graceful('Secondary'), ongoing({ phase: 'revoke', oldVersion: 'v0' }), published).state;
  expect(state.rotation).toMatchObject({ phase: 'generate', oldVersion: 'v0' });
});

test('R20: an equal request joins what it began, also when that is over', () => {
  const request = 'aaaaaaaaaaaa';
  const wanted: EmergencyRequest = { mode: 'graceful', request };
  const running = { ...ongoing({ cause: 'emergency' }), lastRequest: request };
  const leaked: EmergencyRequest = { ...wanted, compromised: ['Primary'] };
  expect(accepted(leaked, running)).toMatchObject({ reason: 'going-on', start: onDay(59), state: running });
  expect(accepted(wanted, running)).toMatchObject({ reason: 'going-on', start: onDay(59), state: running });
  expect(accepted(wanted, { lastRotation: onDay(58), lastRequest: request })).toMatchObject({
    reason: 'going-on',
    start: onDay(58),
  });
});

test('R20: another key begins anew and is remembered in its stead', () => {
  const state = { lastRotation: onDay(58), lastRequest: 'aaaaaaaaaaaa' };
  const answer = accepted({ mode: 'graceful', request: 'bbbbbbbbbbbb' }, state);
  expect(answer).toMatchObject({ start, state: { lastRequest: 'bbbbbbbbbbbb', lastRotation: onDay(58) } });
});

test('a second emergency that names no credential only hurries the first', () => {
  const running = ongoing({ cause: 'emergency' });
  expect(accepted({ mode: 'immediate' }, running).state.rotation).toMatchObject({
    mode: 'immediate',
    start: onDay(60), // R49: the former credential is left for five minutes from now
  });
  expect(accepted({ mode: 'graceful' }, running).state).toMatchObject(running);
});

test.each([
  ['immediate', undefined],
  ['graceful', 'proof-unknown'],
] as const)('R22: what the first waits for when a second joins that is %s: %s', (mode, reason) => {
  const wait = { reason: 'proof-unknown', since: onDay(59), until: onDay(61) } as const;
  expect(accepted({ mode }, { ...ongoing({ cause: 'emergency' }), wait }).state.wait?.reason).toBe(reason);
});

test.each([
  ['that names none', undefined],
  ['for the same credential', ['Primary']],
  ['for the other one too', ['Primary', 'Secondary']],
])('a graceful emergency %s does not slow an immediate one', (_sentence, compromised) => {
  const running = ongoing({ phase: 'revoke', cause: 'emergency', mode: 'immediate', oldVersion: 'v0' });
  const request = { mode: 'graceful', after: onDay(59), ...(compromised && { compromised }) } as const;
  const { state } = accepted(request, running, published);
  expect(state.rotation).toMatchObject({ cause: 'emergency', mode: 'immediate' });
});

test('R20: the key of a request that joined is remembered, so that the request can be repeated', () => {
  const running = { ...ongoing({ cause: 'emergency' }), lastRequest: 'aaaaaaaaaaaa' };
  const { state, start: answered } = accepted({ mode: 'graceful', request: 'bbbbbbbbbbbb' }, running);
  expect(state.lastRequest).toBe('bbbbbbbbbbbb');
  expect(answered).toEqual(onDay(59));
});

test('R22: what held or delayed the target is over; refusals are counted anew', () => {
  const wait = { reason: 'throttled', since: onDay(59), until: onDay(61) } as const;
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
  const guard = { reason, until: onDay(61) };
  expect(accepted({ mode }, { guard }).state.guard).toEqual(isKept ? guard : undefined);
});

test('no more than three fingerprints are carried, those that still exist first', () => {
  const state = { rotation: rotation({ phase: 'revoke', toRevoke: keyFingerprints('x', 'y', 'p0') }) };
  expect(accepted(graceful('Primary'), state, published).state.rotation?.toRevoke).toEqual(
    keyFingerprints('p0', 'x', 'y'),
  );
});

test('R21: a leak of the live key is not answered by an emergency that ends the standby alone', () => {
  const standbyOnly = { rotation: rotation({ phase: 'revoke', cause: 'emergency', toRevoke: keyFingerprints('s0') }) };
  const { reason, state } = accepted({ mode: 'graceful', after: onDay(59) }, standbyOnly);
  expect(reason).toBe('begun');
  expect(state.rotation).toMatchObject({ phase: 'generate', toRevoke: keyFingerprints('p0', 's0') });
});

test('R21: an emergency that has published already is hurried by another one for the same key', () => {
  const running = ongoing({ phase: 'revoke', cause: 'emergency', oldVersion: 'v0' });
  expect(accepted({ mode: 'immediate', compromised: ['Primary'] }, running, published)).toMatchObject({
    reason: 'going-on',
    state: { rotation: { phase: 'revoke', mode: 'immediate' } },
  });
});

test('R20: a hold is answered by a new emergency, although one is under way', () => {
  const held = { ...ongoing({ cause: 'emergency' }), held: 'proof-refused' } as const;
  expect(accepted({ mode: 'graceful' }, held)).toMatchObject({ reason: 'begun' });
});

test('R18: after a leak of both keys the one that was just generated does not count as new', () => {
  const inspection = inspectionOf({ secondary: 's1', next: 's1' });
  const state = accepted(graceful('Primary', 'Secondary'), ongoing({}), inspection).state;
  expect(state.stateBinding).toEqual(newBinding('p0', 'p0', 's1'));
  expect(state.rotation?.toRevoke).toEqual(keyFingerprints('p0', 's1'));
});

test.each([
  ['of the live key at rest', graceful('Primary'), {}, looking('p0')],
  ['of the standby at rest', graceful('Secondary'), {}, looking('p0')],
  ['of the new live key in revoke', graceful('Secondary'), ongoing({ phase: 'revoke' }), looking('s1')],
  ['of the old key in revoke', graceful('Primary'), ongoing({ phase: 'revoke' }), looking('s1')],
])('R18: after a leak %s only keys that change from now on are published', (_sentence, request, state, inspection) => {
  expect(accepted(request, state, inspection).state.stateBinding).toMatchObject({
    credentials: [{ fingerprint: keyFingerprint('p0') }, { fingerprint: keyFingerprint('s1') }],
  });
});

function looking(inSecret: string) {
  return inspectionOf({ secondary: 's1', inSecret });
}

test('R23: an emergency keeps the deadline of the notice that was under way', () => {
  const deadline = onDay(70);
  const revoking = ongoing({ phase: 'revoke', cause: 'notice', deadline });
  expect(accepted(graceful('Secondary'), revoking, published).state.rotation).toMatchObject({
    phase: 'generate',
    deadline,
  });
});

test('promise 4: of the credentials to revoke those that still exist are never dropped', () => {
  const toRevoke = keyFingerprints('x', 'y', 'p0');
  const state = { rotation: rotation({ phase: 'verify', toRevoke }) };
  const other = accepted(graceful(), state, published).state;
  expect(other.rotation?.toRevoke).toEqual(keyFingerprints('p0', 'x', 'y'));
  const publishing = { rotation: rotation({ phase: 'publish', toRevoke }) };
  const leaked = accepted(graceful('Secondary'), publishing, inspectionOf({ secondary: 's1' })).state;
  expect(leaked.rotation).toMatchObject({ phase: 'publish', toRevoke: keyFingerprints('s1', 'p0', 'x') });
});

function refused(compromised: readonly string[] | undefined, different: Parameters<typeof situation>[0] = {}): string {
  const emergency: EmergencyRequest = { mode: 'graceful', ...(compromised && { compromised }) };
  return summaryOf(decide(situation({ request: { cause: 'emergency', emergency }, ...different })));
}

test('R20: an emergency that could have no effect is refused with its reason', () => {
  const firm = { ...inspectionOf(), nothingToRotate: { reason: 'key-pinned', firm: true } } as const;
  const soft = { ...inspectionOf(), nothingToRotate: { reason: 'key-pinned', firm: false } } as const;
  expect(refused(['Primary', 'Tertiary'])).toBe('leave compromised-unknown');
  expect(refused(undefined, { inspection: firm })).toBe('leave key-pinned');
  expect(refused(undefined, { inspection: soft })).toBe('startEmergency begun');
});

describe('where the credential is a version, an emergency', () => {
  const both = versionInspection('v1', { next: 'v2', older: ['v0'] });
  const taken = { rotation: rotation({ phase: 'revoke', toRevoke: keyFingerprints('v0', 'ended') }) };

  test('R21: for the version that would be published next lets another one be made', () => {
    expect(accepted(graceful('v2'), {}, both).state.rotation).toMatchObject({ phase: 'generate' });
    expect(accepted(graceful('v0'), {}, both).state.rotation).toMatchObject({ phase: 'revoke' });
  });

  test('for an older version revokes that one, and of the others only what still exists', () => {
    expect(accepted(graceful('v0'), taken, both).state.rotation?.toRevoke).toEqual(keyFingerprints('v0'));
    const more = versionInspection('v1', { older: ['v0', 'v00'] });
    expect(accepted(graceful('v00'), taken, more).state.rotation?.toRevoke).toEqual(keyFingerprints('v00', 'v0'));
  });

  test('revokes every version where they are three, and only what leaked where they are more', () => {
    const three = versionInspection('v1', { older: ['v0', 'v00'] });
    const four = versionInspection('v1', { older: ['v0', 'v00', 'v000'] });
    expect(accepted(graceful('v1'), {}, three).state.rotation?.toRevoke).toEqual(keyFingerprints('v1', 'v0', 'v00'));
    expect(accepted(graceful('v1'), {}, four).state.rotation?.toRevoke).toEqual(keyFingerprints('v1'));
  });

  test('remembers three versions at most', () => {
    const four = versionInspection('v1', { older: ['v0', 'v00', 'v000'] });
    expect(accepted(graceful('v1'), {}, four).state.stateBinding?.credentials).toHaveLength(3);
  });
});

describe('R29: an emergency within an overlap of the last one', () => {
  const ended = { ...claim, emergencies: [onDay(60, -1)] };
  const overlap = { options: { overlapMs: 25 * hour } };
  const ask = (emergency: EmergencyRequest, more: Overrides = {}) =>
    decide(situation({ ...overlap, claim: ended, ...more, request: { cause: 'emergency', emergency } }));

  test.each<[string, EmergencyRequest, Overrides, object]>([
    [
      'names it',
      { mode: 'immediate' },
      {},
      { do: 'leave', reason: 'rotated-just-now', last: onDay(60, -1), until: onDay(61) },
    ],
    [
      'names it and not an earlier one',
      { mode: 'immediate', after: onDay(59) },
      {},
      { do: 'leave', reason: 'rotated-just-now' },
    ],
    [
      'begins where it does',
      { mode: 'immediate', after: onDay(60, -1) },
      {},
      { do: 'startEmergency', reason: 'begun' },
    ],
    ['names it whichever credential leaked', { mode: 'immediate', compromised: ['Secondary'] }, {}, { do: 'leave' }],
    [
      'names nothing once the overlap is over',
      { mode: 'immediate' },
      { claim: { ...claim, emergencies: [onDay(58)] } },
      { do: 'startEmergency' },
    ],
    ['is the first where the claim names none', { mode: 'immediate' }, { claim }, { do: 'startEmergency' }],
    [
      'names none that is to begin in a year',
      { mode: 'immediate' },
      { claim: { ...claim, emergencies: [onDay(425)] } },
      { do: 'startEmergency', reason: 'begun' },
    ],
    [
      'is the fourth, which comes too soon',
      { mode: 'immediate', after: onDay(60, -1) },
      { claim: { ...claim, emergencies: [onDay(60, -1), onDay(60, -2), onDay(60, -3)] } },
      { do: 'leave', reason: 'too-many-emergencies', until: onDay(60, 22) },
    ],
    [
      'is the fourth after one that is over',
      { mode: 'immediate', after: onDay(60, -1) },
      { claim: { ...claim, emergencies: [onDay(60, -1), onDay(60, -2), onDay(58)] } },
      { do: 'startEmergency', reason: 'begun' },
    ],
    [
      'joins the one that is about the same key',
      { mode: 'immediate', compromised: ['Primary'] },
      { state: ongoing({ cause: 'emergency' }) },
      { do: 'startEmergency', reason: 'going-on' },
    ],
    [
      'names the one under way where it is about one key more',
      { mode: 'immediate', compromised: ['Primary', 'Secondary'] },
      { state: ongoing({ cause: 'emergency', start: onDay(60, -1) }) },
      { do: 'leave', reason: 'rotated-just-now', last: onDay(60, -1) },
    ],
    [
      'names the one that has published, if the new key leaked',
      { mode: 'immediate' },
      {
        state: ongoing({ phase: 'revoke', cause: 'emergency', oldVersion: 'v0', start: onDay(60, -1) }),
        inspection: published,
        taggedId: 'Secondary',
      },
      { do: 'leave', reason: 'rotated-just-now' },
    ],
  ])('%s', (_sentence, emergency, more, expected) => {
    expect(ask(emergency, more)).toMatchObject(expected);
  });
});
