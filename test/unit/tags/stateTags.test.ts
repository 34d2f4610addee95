import fc from 'fast-check';
import { stateFrom, tagsFrom } from '../../../lib/tags/stateTags.ts';
import { emptyState, type State } from '../../../lib/model/state.ts';
import { anyMembers, anyState } from './states.ts';

const runs = { numRuns: 1_000 };

function withoutCode({ wait, ...state }: State): State {
  const { code: _, ...rest } = wait ?? {};
  return { ...state, ...(wait && { wait: rest as typeof wait }) };
}

test('any state reads back as it was written, but for the end of the service’s code', () => {
  fc.assert(
    fc.property(anyState, (state) => {
      const read = stateFrom({ ...tagsFrom(state) });
      if (typeof read === 'string') throw new Error(read);
      expect(withoutCode(read)).toEqual(withoutCode(state));
      expect(state.wait?.code ?? '').toContain(read.wait?.code ?? '');
    }),
    runs,
  );
});

test('no state makes a tag longer than 256 characters', () => {
  fc.assert(
    fc.property(fc.oneof(anyState, anyMembers), (state) => {
      for (const text of Object.values(tagsFrom(state))) expect(text.length).toBeLessThanOrEqual(256);
    }),
    runs,
  );
});

test('the longest state there can be, with a deadline and all else, fits a tag', () => {
  const at = new Date('2096-01-01T00:00:00Z');
  const prints = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'];
  const reason = 'endpoint-not-of-resource'; // the longest word that a wait can have
  const state: State = {
    refusals: 99,
    isSuspect: true,
    lastRequest: 'dddddddddddd',
    guard: { reason: 'tag-corrected', until: at },
    wait: { reason, since: at, until: at, code: 'C'.repeat(40), announcedStuck: true },
    rotation: {
      ...{ phase: 'revoke', cause: 'notice', start: at, mode: 'immediate', toRevoke: prints },
      ...{ oldVersion: '0123456789abcdef0123456789abcdef', regeneratedAgain: true, accepted: 3, deadline: at },
    },
  };
  const tags = tagsFrom(state);
  expect(tags.RotationProgress.length).toBeLessThanOrEqual(256);
  expect(stateFrom({ ...tags })).toMatchObject(withoutCode(state));
});

test('any text in the tags has an answer', () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.constant('{"v":1}'), fc.constant('{"v":9}'));
  const tags = fc.record({ RotationRecord: text, RotationProgress: text }, { requiredKeys: [] });
  fc.assert(
    fc.property(tags, (found) => {
      expect(() => stateFrom(found)).not.toThrow();
    }),
    runs,
  );
});

const record = '{"v":1,"i":"here","r":"aaaaaaaaaaaa","f":"bbbbbbbbbbbb","c":{"Primary":"cccccccccccc"}}';

const revoking = '"p":"r","c":"m","s":"t0","g":""';

test.each([
  ['no state at all is a blank one', {}, emptyState],
  [
    'deleting the progress resumes: the record stays',
    { RotationRecord: record },
    { stateBinding: { installation: 'here' } },
  ],
  ['a word that is no JSON is corrupt', { RotationProgress: 'idle' }, 'corrupt'],
  ['JSON that is no state is corrupt', { RotationProgress: '[]' }, 'corrupt'],
  ['a cut record binds to nothing', { RotationRecord: record.slice(0, 60) }, { refusals: 0 }],
  ['a cut progress is corrupt', { RotationProgress: '{"v":1,"r' }, 'corrupt'],
  ['an unknown field is corrupt', { RotationProgress: '{"v":1,"z":1}' }, 'corrupt'],
  ['an unknown phase is corrupt', { RotationProgress: '{"v":1,"r":{"p":"polish"}}' }, 'corrupt'],
  ['an unknown reason is of a later version', { RotationProgress: '{"v":1,"h":"bored"}' }, 'newer'],
  ['a reason that every object has is none of ours', { RotationProgress: '{"v":1,"h":"toString"}' }, 'newer'],
  [
    'a deadline of a notice is read',
    { RotationProgress: `{"v":1,"r":{${revoking},"d":"u0"}}` },
    { rotation: { deadline: new Date(1_080_000) } },
  ],
  ['no deadline is none', { RotationProgress: `{"v":1,"r":{${revoking}}}` }, { rotation: { cause: 'notice' } }],
  ['a deadline that is no time is corrupt', { RotationProgress: `{"v":1,"r":{${revoking},"d":"soon!"}}` }, 'corrupt'],
  [
    'a deadline beyond all dates is corrupt',
    { RotationProgress: `{"v":1,"r":{${revoking},"d":"zzzzzzzzz"}}` },
    'corrupt',
  ],
  ['a time beyond all dates is corrupt', { RotationProgress: '{"v":1,"l":"zzzzzzzzz"}' }, 'corrupt'],
  [
    'a guard counts without a record that can be read',
    { RotationRecord: '{}', RotationProgress: '{"v":1,"q":{"w":"t","n":"u0"}}' },
    { guard: { reason: 'tag-corrected', until: new Date(1_080_000) } },
  ],
  ['a later version is recognized, with any other content', { RotationProgress: '{"v":2,"z":{}}' }, 'newer'],
  ['a later version wins over a corrupt tag', { RotationRecord: '{}', RotationProgress: '{"v":2}' }, 'newer'],
])('%s', (_sentence, tags, expected) => {
  const read = stateFrom(tags);
  if (typeof expected === 'string') expect(read).toBe(expected);
  else expect(read).toMatchObject(expected);
});

test('times are rounded up: what waits never goes on early by rounding', () => {
  const wait = { reason: 'throttled', since: new Date(1_000), until: new Date(1_001) } as const;
  expect(stateFrom({ ...tagsFrom({ refusals: 0, wait }) })).toMatchObject({ wait: { until: new Date(2_000) } });
});

const newest = 8_640_000_000_000;

test.each([
  ['the last second there is', { RotationProgress: `{"v":1,"l":"${newest.toString(36)}"}` }, 'read'],
  ['the second after it', { RotationProgress: `{"v":1,"l":"${(newest + 1).toString(36)}"}` }, 'corrupt'],
  [
    'a fingerprint with a digit too many',
    { RotationRecord: record.replace('bbbbbbbbbbbb', 'bbbbbbbbbbbb0') },
    'unbound',
  ],
  [
    'a fingerprint with a digit before it',
    { RotationRecord: record.replace('bbbbbbbbbbbb', '0bbbbbbbbbbbb') },
    'unbound',
  ],
])('%s', (_sentence, tags, expected) => {
  const read = stateFrom(tags);
  if (expected === 'unbound') expect(read).not.toHaveProperty('stateBinding.resource');
  else expect(typeof read === 'string' ? read : 'read').toBe(expected);
});

test.each([
  '0123456789abcdef0123456789abcdef',
  '0123456789abcdef0123456789abcdef0',
  'x0123456789abcdef0123456789abcdef',
])('the version %s reads back as it was written', (oldVersion) => {
  const rotation = { phase: 'revoke', cause: 'schedule', start: new Date(0), mode: 'graceful', toRevoke: [] } as const;
  const state: State = { refusals: 0, rotation: { ...rotation, oldVersion } };
  expect(stateFrom({ ...tagsFrom(state) })).toMatchObject({ rotation: { oldVersion } });
});

test('flags and codes that are absent are not written', () => {
  const wait = { reason: 'throttled', since: new Date(0), until: new Date(0) } as const;
  expect(tagsFrom({ refusals: 0, wait }).RotationProgress).toBe('{"v":1,"w":{"w":"throttled","b":"0","n":"0"}}');
});

test('flags are written where they are so, and read back', () => {
  const at = new Date(0);
  const wait = { reason: 'outage', since: at, until: at, announcedStuck: true, wasDown: true } as const;
  const rotation = { phase: 'revoke', cause: 'new-version', start: at, mode: 'graceful', toRevoke: [] } as const;
  const state: State = { refusals: 0, wait, rotation: { ...rotation, tookOver: true } };
  expect(stateFrom({ ...tagsFrom(state) })).toMatchObject({
    wait: { announcedStuck: true, wasDown: true },
    rotation: { tookOver: true },
  });
});

test('the rotation before is remembered at rest and in a repair, not in another rotation', () => {
  const lastRotation = new Date(1_000);
  const rotation = { phase: 'verify', start: new Date(0), mode: 'graceful', toRevoke: [] } as const;
  const read = (cause: 'drift' | 'schedule') =>
    stateFrom({ ...tagsFrom({ refusals: 0, lastRotation, rotation: { ...rotation, cause } }) });
  expect(read('drift')).toMatchObject({ lastRotation });
  expect(read('schedule')).not.toHaveProperty('lastRotation', lastRotation);
  expect(stateFrom({ ...tagsFrom({ refusals: 0, lastRotation }) })).toMatchObject({ lastRotation });
});
