import { normalizedId, resourceHash, secretFromUrl, secretUrl, revocable } from '../../../lib/model/target.ts';

const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/Acct';

test('R8: one resource has one name, however its id is written', () => {
  const spellings = [id, id.toUpperCase(), `${id}/`, `${id.toLowerCase()}//`];
  expect(new Set(spellings.map(normalizedId)).size).toBe(1);
  expect(new Set(spellings.map(resourceHash)).size).toBe(1);
});

test('a secret’s URL names it both ways', () => {
  const secret = { vaultUrl: 'https://kv.vault.azure.net', name: 'batch-key' };
  expect(secretFromUrl(secretUrl(secret))).toEqual(secret);
});

test.each([
  ['another protocol', 'http://kv.vault.azure.net/secrets/a'],
  ['a version', 'https://kv.vault.azure.net/secrets/a/1'],
  ['a key', 'https://kv.vault.azure.net/keys/a'],
  ['no name', 'https://kv.vault.azure.net/secrets/'],
])('%s is no URL of a secret', (_sentence, url) => {
  expect(secretFromUrl(url)).toBeUndefined();
});

test.each([
  ['live by value', 'Primary', 'Primary', 'Secondary', false],
  ['live by the tag', 'Secondary', 'Primary', 'Secondary', false],
  ['neither', 'Secondary', 'Primary', 'Primary', true],
  ['not live, and there is no tag', 'Secondary', 'Primary', undefined, true],
])('promise 1: a credential that is %s', (_sentence, wanted, live, taggedId, isRevocable) => {
  expect(revocable(wanted, live, taggedId) !== undefined).toBe(isRevocable);
});
