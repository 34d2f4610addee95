import { baseOf, byService, isFollowed, normalisedKey } from '../../../../lib/providers/keys/keyIdentifier.ts';

const version = '6e34a81fef704045975661e297a4c053';

test.each([
  [`https://KV.vault.azure.net/keys/Cmk/${version.toUpperCase()}`, `https://kv.vault.azure.net/keys/cmk/${version}`],
  [' https://kv.vault.azure.net/keys/cmk/ ', 'https://kv.vault.azure.net/keys/cmk'],
  ['microsoft.batch', byService],
  ['https://kv.vault.azure.net/secrets/cmk', undefined],
  ['http://kv.vault.azure.net/keys/cmk', undefined],
  ['cmk', undefined],
])('%j in one spelling is %s', (text, spelling) => {
  expect(normalisedKey(text)).toBe(spelling);
});

test.each([
  [`https://kv.vault.azure.net/keys/cmk/${version}`, 'https://kv.vault.azure.net/keys/cmk', false],
  ['https://kv.vault.azure.net/keys/cmk', 'https://kv.vault.azure.net/keys/cmk', true],
  [byService, undefined, false],
])('the key of %s is %s; Batch follows it by itself: %s', (text, key, follows) => {
  expect([baseOf(text), isFollowed(text)]).toEqual([key, follows]);
});
