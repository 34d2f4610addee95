import { valid } from '../../../lib/model/check.ts';
import type { Credential, Inspection } from '../../../lib/model/snapshot.ts';
import type { State } from '../../../lib/model/state.ts';
import {
  distinct,
  isAtRest,
  isNearEnd,
  isRemembered,
  proveVersion,
  publishedIn,
  madeBeforeEmergency,
  withoutRevocation,
} from '../../../lib/providers/versionedCredential.ts';
import type { ProviderInput } from '../../../lib/providers/provider.ts';
import {
  keyFingerprint,
  newBinding,
  onDay,
  rotation,
  situation,
  target,
  versionInspection,
} from '../decide/situation.ts';

const now = onDay(60);
const found = versionInspection('v1', { next: 'v2', older: ['v0'] });
const [live, next] = found.credentials as readonly Credential[] as [Credential, Credential];
const idle = { stateBinding: newBinding() };

function inputWith(state: Partial<State> = {}, compromised?: readonly string[]): ProviderInput {
  return {
    target,
    secret: situation().secret,
    state: { refusals: 0, ...state },
    now,
    ...(compromised && { compromised }),
  };
}

test.each(['generate', 'publish', 'verify', 'revoke'] as const)(
  'in %s only verify and revoke are about the old one',
  (phase) => {
    const input = inputWith({ rotation: rotation({ phase }) });
    expect(isAtRest(input)).toBe(false);
    expect(publishedIn(input)?.phase).toBe(phase === 'verify' || phase === 'revoke' ? phase : undefined);
  },
);

test('a target without a rotation is at rest, and has published nothing', () => {
  expect([isAtRest(inputWith()), publishedIn(inputWith())]).toEqual([true, undefined]);
});

test('R18: what the state remembers is not new', () => {
  expect(isRemembered(inputWith(idle), keyFingerprint('p0'))).toBe(true);
  expect(isRemembered(inputWith(idle), keyFingerprint('p1'))).toBe(false);
  expect(isRemembered(inputWith(), keyFingerprint('p0'))).toBe(false);
});

test.each<[sentence: string, input: ProviderInput, isKnown: boolean]>([
  ['that is there before an emergency begins', inputWith(idle), true],
  ['of a target that is not adopted yet', inputWith(), false],
  ['that was made in the rotation', inputWith({ ...idle, rotation: rotation() }), false],
  ['that was made in the rotation and leaked', inputWith({ ...idle, rotation: rotation() }, ['v2']), true],
  ['beside which another one leaked', inputWith({ ...idle, rotation: rotation() }, ['v0']), false],
])('R18: a version %s answers no emergency: %s', (_sentence, input, isKnown) => {
  expect(madeBeforeEmergency(input, next)).toEqual(isKnown ? [{ id: 'v2', fingerprint: next.fingerprint }] : []);
  expect(madeBeforeEmergency(input, undefined)).toEqual([]);
});

test('a version counts once', () => {
  expect(distinct([live, next, live]).map(({ id }) => id)).toEqual(['v1', 'v2']);
});

test('without a revocation only the live version is left', () => {
  expect(withoutRevocation(found)).toEqual({ ...found, credentials: [live] });
});

describe('a proof of a version', () => {
  const proved = (different: Partial<Inspection>, candidate = live, state: Partial<State> = {}) =>
    proveVersion(inputWith(state), candidate, live, () => Promise.resolve({ ...found, ...different }));
  const pinned = { nothingToRotate: { reason: 'key-pinned', firm: true } } as const;
  const waiting = { wait: { reason: 'key-pinned', since: now, until: now } } as const;

  test('promise 3: of one that was found fit is valid', async () => {
    expect(await proved({ live: undefined }, next)).toEqual(valid);
  });

  test.each<[sentence: string, different: Partial<Inspection>, state: Partial<State>, check: object]>([
    ['is valid while it is in use', {}, {}, valid],
    [
      'is unknown while the resource is not ready',
      { readiness: { is: 'invalid', reason: 'key-access-lost' } },
      {},
      unknown('key-access-lost'),
    ],
    ['is refused where nothing is in use', { live: undefined }, {}, { is: 'invalid', reason: 'proof-refused' }],
    ['is unknown where another one is in use', { live: next }, {}, unknown('tag-corrected')],
    ['is unknown where nothing is to rotate any more', pinned, {}, unknown('key-pinned')],
    ['is valid where that is known', pinned, waiting, valid],
    ['is unknown where a rotation is to begin', { startCause: 'new-version' }, {}, unknown('proof-unknown')],
  ])('of the live one %s', async (_sentence, different, state, check) => {
    expect(await proved(different, live, state)).toEqual(check);
  });

  function unknown(reason: string) {
    return { is: 'unknown', reason };
  }
});

test.each([
  ['30 days before its end', onDay(90), onDay(0), true],
  ['more than 30 days before its end', onDay(91), onDay(0), false],
  ['a third of its life before its end', onDay(65), onDay(50), true],
  ['more than a third of its life before its end', onDay(66), onDay(50), false],
  ['30 days before its end, its beginning unknown', onDay(90), undefined, true],
  ['without an end', undefined, onDay(0), false],
])('a version is near its end: %s', (_sentence, expiresOn, since, expected) => {
  expect(isNearEnd(expiresOn, since, now)).toBe(expected);
});
