import { parseVaultObject, type VaultObject } from '../../../lib/model/vaultObject.ts';

const vaultUrl = 'https://kv.vault.azure.net';
const version = '6e34a81fef704045975661e297a4c053';

test.each<[string, VaultObject]>([
  [`${vaultUrl}/secrets/Tls`, { vaultUrl, collection: 'secrets', name: 'Tls' }],
  [`${vaultUrl}/keys/cmk/${version.toUpperCase()}`, { vaultUrl, collection: 'keys', name: 'cmk', version }],
  [` https://KV.vault.azure.net:443/Certificates/tls/?a=b `, { vaultUrl, collection: 'certificates', name: 'tls' }],
  ['https://127.0.0.1:8443/secrets/a', { vaultUrl: 'https://127.0.0.1:8443', collection: 'secrets', name: 'a' }],
])('%j identifies an object', (text, object) => {
  expect(parseVaultObject(text)).toEqual(object);
});

test.each([
  'http://kv.vault.azure.net/secrets/a',
  `${vaultUrl}/secrets`,
  `${vaultUrl}/secrets/`,
  `${vaultUrl}/secrets/a/1/2`,
  `${vaultUrl}/secrets/a/../b`,
  `${vaultUrl}/secrets/a#b`,
  `${vaultUrl}/storage/a`,
  'https://user@kv.vault.azure.net/secrets/a',
  'https:///secrets/a',
  'https://kv:port/secrets/a',
  'Microsoft.Batch',
  '',
])('%j identifies nothing', (text) => {
  expect(parseVaultObject(text)).toBeUndefined();
});
