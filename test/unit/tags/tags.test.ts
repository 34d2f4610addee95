import fc from 'fast-check';
import { day } from '../../../lib/model/clock.ts';
import { normalizedId } from '../../../lib/model/target.ts';
import {
  correctionHint,
  tagsToCarryOver,
  readTags as readTagsOf,
  writeTags,
  type Kinds,
} from '../../../lib/tags/tags.ts';
import { onDay, newBinding, resource, rotation, target, options } from '../decide/situation.ts';
import { anyState } from './states.ts';

const kinds: Kinds = {
  defaultsFor: (_kind, options) => options,
  kindFor: (type, wanted) =>
    type === 'microsoft.batch/batchaccounts' && (!wanted || wanted === 'batch-key') ? 'batch-key' : undefined,
};
const readTags = (tags: Record<string, string>) => readTagsOf(target.secret, tags, options, kinds);

test.each([
  ['no tags', {}],
  ['tags of the owner’s only', { team: 'rendering' }],
  ['state without an address', { RotationPhase: 'idle', CredentialId: 'Primary' }],
  ['an empty address', { ProviderAddress: ' ' }],
  [
    'a storage account, as in Microsoft’s samples',
    { ProviderAddress: resource.replace('Batch/batchAccounts', 'Storage/storageAccounts') },
  ],
  ['a part of a resource', { ProviderAddress: `${resource}/pools/one` }],
  ['a resource group', { ProviderAddress: resource.split('/providers')[0] ?? '' }],
  ['words', { ProviderAddress: 'my batch account' }],
])('promise 8: %s makes a secret foreign', (_sentence, tags) => {
  expect(readTags(tags)).toEqual({ is: 'foreign' });
});

test.each([
  ['an address', { ProviderAddress: resource }],
  ['an address in capitals with a slash at its end', { ProviderAddress: `${resource.toUpperCase()}/` }],
  [
    'an address and its kind, with blanks around them',
    { ProviderAddress: ` ${resource} `, RotationKind: ' batch-key ' },
  ],
  ['an address and its kind', { ProviderAddress: resource, RotationKind: 'batch-key' }],
])('%s makes a secret a target', (_sentence, tags) => {
  const found = readTags(tags);
  if (found.is !== 'target') throw new Error(found.is);
  expect(normalizedId(found.target.resource)).toBe(normalizedId(resource));
});

test.each([
  ['an option that cannot be read', { RotationOverlap: 'soon' }, { is: 'barred', reason: 'bad-tags' }],
  ['a kind that the resource has not', { RotationKind: 'batch-password' }, { is: 'barred', reason: 'bad-tags' }],
  ['state of a later version', { RotationProgress: '{"v":7}' }, { is: 'barred', reason: 'state-from-newer-version' }],
  ['a corrupt record', { RotationRecord: 'x' }, { is: 'target', state: { refusals: 0 } }],
  ['corrupt progress', { RotationProgress: 'x' }, { is: 'target', state: { refusals: 0 } }],
])('%s has a typed answer', (_sentence, tags, answer) => {
  expect(readTags({ ProviderAddress: resource, ...tags })).toMatchObject(answer);
});

const free = fc.stringMatching(/^[a-z-]{1,20}$/);

test('promise 8: with any state the owner’s tags are kept as they are', () => {
  fc.assert(
    fc.property(fc.dictionary(free, fc.string({ maxLength: 256 }), { maxKeys: 11 }), anyState, (own, state) => {
      const written = writeTags({ ...own, ProviderAddress: resource }, state, 'Secondary');
      expect(written).toMatchObject({ ...own, ProviderAddress: resource, CredentialId: 'Secondary' });
      expect(Object.keys(written).length).toBeLessThanOrEqual(15 + 1);
    }),
    { numRuns: 1_000 },
  );
});

test('a record that the state has no more is taken away with it', () => {
  expect(writeTags({ RotationRecord: 'old' }, { refusals: 0 }, 'Primary')).not.toHaveProperty('RotationRecord');
});

test('a state that has not changed is written as it stands, so that nothing is sent', () => {
  const state = { refusals: 0, stateBinding: newBinding(), rotation: rotation() };
  const once = writeTags({ ProviderAddress: resource }, state, 'Primary');
  expect(writeTags(once, state, 'Primary')).toEqual(once);
});

test.each([
  ['at rest', {}, 'idle'],
  ['in a phase', { rotation: rotation({ phase: 'verify' }) }, 'verify'],
  [
    'waiting',
    { rotation: rotation({ phase: 'revoke' }), wait: { reason: 'overlap', since: onDay(60), until: onDay(61, 1) } },
    'revoke, overlap until 2026-03-07T01:00Z',
  ],
  ['held', { rotation: rotation(), held: 'proof-refused' }, 'generate, held: proof-refused'],
  ['guarded', { guard: { reason: 'adoption-grace', until: onDay(1) } }, 'idle, adoption-grace until 2026-01-06T00:00Z'],
] as const)('a person reads that a target is %s', (_sentence, state, phase) => {
  expect(writeTags({}, { refusals: 0, ...state }, 'Primary')['RotationPhase']).toBe(phase);
});

test.each([
  ['10 of the owner’s leave room for ours', 10, 'target'],
  ['11 do not', 11, 'barred'],
])('of 15 tags %s', (_sentence, count, is) => {
  const own = Object.fromEntries(Array.from({ length: count }, (_, i) => [`own${i}`, '']));
  const tags = { ...own, ProviderAddress: resource };
  expect(readTags(tags).is).toBe(is);
  expect(readTags(writeTags(tags, { refusals: 0, stateBinding: newBinding() }, 'Primary')).is).toBe(is);
});

test('to a version that was written without tags everything is carried on but what binds to a value', () => {
  const own = { team: 'rendering', ProviderAddress: resource, RotationOverlap: 'PT1H' };
  const tags = writeTags(own, { refusals: 0, stateBinding: newBinding() }, 'Primary');
  expect(tagsToCarryOver(tags)).toEqual(own);
});

test('a kind knows better than the settings how long it is valid, and a tag better than both', () => {
  const knowing: Kinds = { ...kinds, defaultsFor: (_kind, options) => ({ ...options, validityMs: 3650 * day }) };
  const validity = (tags: Record<string, string>) => {
    const found = readTagsOf(target.secret, { ProviderAddress: resource, ...tags }, options, knowing);
    return found.is === 'foreign' ? 0 : found.target.options.validityMs / day;
  };
  expect([validity({}), validity({ ValidityPeriodDays: '60' })]).toEqual([3650, 60]);
});

test('state that can be read is read', () => {
  const state = { refusals: 2, stateBinding: newBinding() };
  expect(readTags(writeTags({ ProviderAddress: resource }, state, 'Primary'))).toMatchObject({ is: 'target', state });
});

test('a target with too many tags says so', () => {
  const own = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`own${i}`, '']));
  expect(readTags({ ...own, ProviderAddress: resource })).toMatchObject({ is: 'barred', reason: 'too-many-tags' });
});

test.each([
  ['a kind that the resource has not', { RotationKind: 'x' }, 'RotationKind should be a kind that this resource has.'],
  ['an option', { RotationPaused: 'x' }, 'RotationPaused should be true or false.'],
  ['state of a later version', { RotationProgress: '{"v":7}' }, ''],
])('promise 7: the hint for %s names the tag and what it should be, never what it is', (_sentence, tags, hint) => {
  const found = readTags({ ProviderAddress: resource, ...tags });
  if (found.is !== 'barred') throw new Error(found.is);
  expect(correctionHint(found)).toBe(hint);
});

test('a target of an unknown kind is listed as such, one of a known kind by its kind', () => {
  const kindOf = (tags: Record<string, string>) => {
    const found = readTags({ ProviderAddress: resource, ...tags });
    return found.is === 'foreign' ? undefined : found.target.kind;
  };
  expect(kindOf({ RotationKind: 'x' })).toBe('unknown');
  expect(kindOf({ RotationPaused: 'x' })).toBe('batch-key');
});
