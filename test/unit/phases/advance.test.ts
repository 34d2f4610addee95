import { day, hour, later, minute, second } from '../../../lib/model/clock.ts';
import { OperationError } from '../../../lib/model/operationError.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { Sealed } from '../../../lib/model/sealed.ts';
import type { State } from '../../../lib/model/state.ts';
import {
  advance,
  failedState,
  keepDown,
  publishedState,
  isNewlyStuck,
  waitingState,
} from '../../../lib/phases/advance.ts';
import type { Outcome } from '../../../lib/phases/phase.ts';
import { onDay, newBinding, inspectionOf, keyFingerprint, rotation, situation } from '../decide/situation.ts';

const now = onDay(60);
const wait = { reason: 'throttled', since: later(now, -minute), until: now } as const;
const generating = rotation();

describe('an outcome advances the state', () => {
  test('a pending outcome is waited for', () => {
    const until = later(now, 2 * second);
    const next = advance(situation(), generating, { is: 'pending', reason: 'service-working', until });
    expect(next.wait).toEqual({ reason: 'service-working', since: now, until });
  });

  test('an unknown proof backs off and keeps the service’s code', () => {
    const next = advance(situation(), generating, { is: 'unknown', reason: 'proof-unknown', code: 'HTTP503' });
    expect(next.wait).toMatchObject({ reason: 'proof-unknown', until: later(now, 30 * second), code: 'HTTP503' });
  });

  test('R15: a refusal after the second key holds', () => {
    const next = advance(situation(), generating, { is: 'invalid', reason: 'proof-refused' });
    expect(next).toMatchObject({ held: 'proof-refused' });
  });

  test('R15: the first one has the key made once more, as one that is known', () => {
    const s = situation({ inspection: inspectionOf({ secondary: 's1', next: 's1' }) });
    const next = advance(s, generating, { is: 'retryGenerate' });
    expect(next).toMatchObject({ stateBinding: newBinding('p0', 'p0', 's1'), rotation: { regeneratedAgain: true } });
  });

  test('a proof ends what was waited for because of it, not what may go wrong again, and lets publish come', () => {
    const proofUnknown = { ...wait, reason: 'proof-unknown' } as const;
    const next = advance(situation({ state: { refusals: 3, wait: proofUnknown } }), generating, {
      is: 'proved',
      next: { id: 'Secondary', fingerprint: keyFingerprint('s1'), value: new Sealed('s1') },
      unproved: false,
    });
    expect(next).toMatchObject({ refusals: 3, rotation: { phase: 'publish' } });
    expect(next).not.toHaveProperty('wait');
  });

  test('the end of verify waits until an overlap after the version was made', () => {
    const s = situation({ secret: { createdOn: now } });
    const next = advance(s, rotation({ phase: 'verify' }), { is: 'done', inspection: s.inspection });
    expect(next).toMatchObject({
      rotation: { phase: 'revoke' },
      wait: { reason: 'overlap', until: later(now, 25 * hour) },
    });
  });

  test('without an overlap revoke comes at once', () => {
    const s = situation({ secret: { createdOn: now }, options: { overlapMs: 0 } });
    expect(advance(s, rotation({ phase: 'verify' }), { is: 'done', inspection: s.inspection })).not.toHaveProperty(
      'wait',
    );
  });

  test('a rotation that is over leaves its start, the keys as they are, and the last request', () => {
    const inspection = inspectionOf({ primary: 'p1', secondary: 's1', inSecret: 's1' });
    const s = situation({
      inspection,
      state: { rotation: generating, lastRequest: 'aaaaaaaaaaaa', refusals: 2, wait },
    });
    const next = advance(s, rotation({ phase: 'revoke' }), { is: 'done', inspection: s.inspection });
    const credentials = newBinding('', 'p1', 's1').credentials;
    expect(next).toMatchObject({
      refusals: 0,
      lastRotation: generating.start,
      lastRequest: 'aaaaaaaaaaaa',
      stateBinding: { credentials },
    });
    expect(Object.keys(next).toSorted()).toEqual(['lastRequest', 'lastRotation', 'refusals', 'stateBinding']);
  });

  test.each([
    ['goes on guarding', onDay(61), true],
    ['is dropped when it is over', now, false],
  ])('a guard at the end of a rotation %s', (_sentence, until, isKept) => {
    const guard = { reason: 'tag-corrected', until } as const;
    const s = situation({ state: { guard } });
    const next = advance(s, rotation({ phase: 'revoke' }), { is: 'done', inspection: s.inspection });
    expect('guard' in next).toBe(isKept);
  });
});

test('promise 5: what is written with the new value binds to it and names the version to disable', () => {
  const inspection = inspectionOf({ secondary: 's1', next: 's1' });
  const value = new Sealed('the whole new value');
  const next = publishedState(situation({ inspection, state: { wait } }), generating, value);
  expect(next.stateBinding).toEqual({ ...newBinding('', 'p0', 's1'), value: value.fingerprint });
  expect(next.rotation).toEqual({ ...generating, phase: 'verify', oldVersion: 'v1' });
  expect(next).not.toHaveProperty('wait');
});

describe('a failure', () => {
  const rest: State = { refusals: 0 };
  const rows: [sentence: string, OperationError, State, untilMs: number][] = [
    ['backs off for 30 seconds at first', new OperationError('outage'), rest, 30 * second],
    ['backs off as long again as it has lasted', new OperationError('throttled'), { ...rest, wait }, minute],
    [
      'at most for 15 minutes',
      new OperationError('throttled'),
      { ...rest, wait: { ...wait, since: onDay(59) } },
      15 * minute,
    ],
    [
      'waits as long as the service says',
      new OperationError('throttled', { retryAfterMs: 10 * minute }),
      rest,
      10 * minute,
    ],
    ['of another reason starts anew', new OperationError('outage'), { ...rest, wait }, 30 * second],
    ['that a person must mend is tried once an hour', new OperationError('forbidden'), rest, hour],
    ['by a lock too', new OperationError('locked'), rest, hour],
  ];
  test.each(rows)('%s', (_sentence, error, state, untilMs) => {
    expect(failedState(state, error, now, 5).wait).toMatchObject({
      reason: error.reason,
      until: later(now, untilMs),
    });
  });

  const uncounted: Reason[] = ['throttled', 'outage', 'forbidden', 'firewall', 'service-working'];
  test.each(uncounted)('%s is never counted', (reason) => {
    expect(failedState({ refusals: 4 }, new OperationError(reason), now, 5)).toMatchObject({ refusals: 4 });
  });

  test('refusals are counted, and the fifth in a row holds the target with the service’s code in the failure before', () => {
    const refused = new OperationError('refused', { code: 'BadThing' });
    const fourth = failedState({ refusals: 3 }, refused, now, 5);
    expect(fourth).toMatchObject({ refusals: 4, wait: { reason: 'refused', code: 'BadThing' } });
    // R47: before its time it is no other try.
    expect(failedState(fourth, refused, now, 5)).toMatchObject({ refusals: 4 });
    const fifth = failedState(fourth, refused, later(now, hour), 5);
    expect(fifth).toMatchObject({ refusals: 5, held: 'too-many-refusals' });
  });
});

describe('a wait', () => {
  test('that goes on keeps its beginning', () => {
    const next = waitingState({ refusals: 0, wait }, now, { reason: 'throttled', until: later(now, hour) });
    expect(next.wait).toMatchObject({ since: wait.since, until: later(now, hour) });
  });

  test.each([
    ['has not lasted a day', later(now, -day + second), {}, false],
    ['has lasted a day', later(now, -day), {}, true],
    ['was said to be stuck already', later(now, -day), { announcedStuck: true as const }, false],
  ])('that %s', (_sentence, since, said, isStuck) => {
    expect(isNewlyStuck({ reason: 'outage', since, until: now, ...said }, now)).toBe(isStuck);
  });
});

describe('a wait for a proof', () => {
  const proved = {
    is: 'proved',
    next: { id: 'Secondary', fingerprint: keyFingerprint('s1'), value: new Sealed('s1') },
    unproved: false,
  } as const;

  test.each(['key-not-yet-accepted', 'proof-unknown', 'drift-confirming'] as const)('%s ends with it', (reason) => {
    const next = advance(situation({ state: { wait: { ...wait, reason } } }), generating, proved);
    expect(next).not.toHaveProperty('wait');
  });

  test('any other wait counts on until the value is written', () => {
    expect(advance(situation({ state: { wait } }), generating, proved).wait).toEqual(wait);
  });
});

test.each([
  ['an inspection on the way', { is: 'inspected', inspection: inspectionOf() }],
  ['a value to publish', { is: 'publish', value: new Sealed('s1') }],
] as const)('%s ends waits and counts refusals anew', (_sentence, outcome) => {
  const next = advance(situation({ state: { wait, refusals: 3 } }), generating, outcome);
  expect(next).toEqual({ refusals: 0, stateBinding: newBinding() });
});

test('the end of verify counts refusals anew', () => {
  const s = situation({ secret: { createdOn: now }, state: { wait, refusals: 3 } });
  const next = advance(s, rotation({ phase: 'verify' }), { is: 'done', inspection: s.inspection });
  expect(next).toMatchObject({ refusals: 0, wait: { reason: 'overlap', since: now } });
});

describe('a resource that is down', () => {
  const lost = { reason: 'key-access-lost', since: later(now, -2 * minute), until: now } as const;
  const down: State = { refusals: 0, wait: lost };
  const failed = (state: State, reason: Reason) => failedState(state, new OperationError(reason), now, 5).wait;

  test.each<Reason>(['outage', 'throttled', 'service-working'])('stays down while an answer is only %s', (reason) => {
    expect(failed(down, reason)).toMatchObject({ reason: 'key-access-lost', since: lost.since });
  });

  test.each<Reason>(['forbidden', 'refused'])('was down, if %s hides it', (reason) => {
    expect(failed(down, reason)).toMatchObject({ reason, wasDown: true });
    expect(failed({ refusals: 0, wait: { ...lost, reason: 'forbidden', wasDown: true } }, reason)?.wasDown).toBe(true);
  });

  test('is inspected again after four minutes at most', () => {
    const since = onDay(59);
    expect(failed({ refusals: 0, wait: { ...lost, since } }, 'outage')?.until).toEqual(later(now, 4 * minute));
  });

  test.each<[string, State]>([
    ['without a wait', { refusals: 0 }],
    ['that waited for something else', { refusals: 0, wait }],
  ])('was not down, %s', (_sentence, state) => {
    expect(failed(state, 'forbidden')?.wasDown).toBeUndefined();
  });

  test('needs no flag while its wait says that it is down, or while it waits for nothing', () => {
    expect(keepDown(down, down)).toEqual(down);
    expect(keepDown(down, { refusals: 0 })).toEqual({ refusals: 0 });
  });

  test('a failure keeps the reason for which nothing is rotated', () => {
    const pinned: State = { refusals: 0, wait: { ...lost, reason: 'key-pinned' } };
    expect(failed(pinned, 'outage')).toMatchObject({ reason: 'key-pinned', since: lost.since });
  });
});

test('four refusals hold nothing', () => {
  expect(failedState({ refusals: 3 }, new OperationError('refused'), now, 5)).not.toHaveProperty('held');
});

test('a wait for another reason begins anew, also where the one before was announced as stuck', () => {
  const stuck: State = { refusals: 0, wait: { ...wait, announcedStuck: true } };
  const until = later(now, hour);
  expect(waitingState(stuck, now, { reason: 'outage', until }).wait).toMatchObject({ since: now });
  expect(waitingState(stuck, now, { reason: 'outage', until }).wait?.announcedStuck).toBeUndefined();
  expect(waitingState(stuck, now, { reason: 'throttled', until }).wait?.announcedStuck).toBe(true);
});

describe('R32: a request that is awaited', () => {
  const since = later(now, -hour);
  const until = later(now, minute);

  test.each<[before: Reason, reason: Reason, keeps: boolean]>([
    ['request-in-flight', 'accepted-without-effect', true],
    ['request-in-flight', 'service-working', true],
    ['service-working', 'request-in-flight', true],
    ['outage', 'request-in-flight', true],
    ['request-in-flight', 'outage', true],
    ['throttled', 'request-in-flight', true],
    ['outage', 'service-working', false],
    ['service-working', 'outage', false],
    ['request-in-flight', 'overlap', false],
    ['forbidden', 'request-in-flight', false],
  ])('that waited as %s and waits as %s keeps its beginning: %s', (before, reason, keeps) => {
    const state: State = { refusals: 0, wait: { reason: before, since, until: now, announcedStuck: true } };
    const { wait: next } = waitingState(state, now, { reason, until });
    expect(next).toMatchObject({ reason, since: keeps ? since : now });
    expect(next?.announcedStuck).toBe(keeps ? true : undefined);
  });

  test('keeps its wait while an inspection shows no effect, and loses it with what was accepted', () => {
    const inspected = { is: 'inspected', inspection: inspectionOf() } as const;
    const waits: State = { refusals: 1, wait: { reason: 'request-in-flight', since, until: now } };
    const accepted = situation({ state: { ...waits, rotation: rotation({ accepted: 1 }) } });
    expect(advance(accepted, generating, inspected)).toMatchObject({ refusals: 0, wait: waits.wait });
    expect(
      advance(situation({ state: { ...waits, rotation: generating } }), generating, inspected).wait,
    ).toBeUndefined();
  });

  test.each<[string, Outcome]>([
    ['proved', { is: 'proved', next: { ...inspectionOf().secretCredential }, unproved: false }],
    ['made once more', { is: 'retryGenerate' }],
  ])('is counted no more once the key is %s', (_sentence, outcome) => {
    const next = advance(situation(), rotation({ accepted: 2 }), outcome);
    expect(next.rotation?.accepted).toBeUndefined();
  });
});
