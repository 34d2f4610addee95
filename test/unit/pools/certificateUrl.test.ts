import { certificateUrl, isSame, renewingUrl } from '../../../lib/pools/certificateUrl.ts';

const plain = 'https://kv.vault.azure.net/secrets/tls';

test.each([
  plain,
  `${plain}/`,
  `${plain}/8f5f3f491afd48cb99286ba2aacd39af`,
  'https://KV.vault.azure.net:443/Secrets/TLS',
  ' https://kv.vault.azure.net/certificates/tls?api-version=7.4',
  'https://kv.vault.azure.net/keys/tls',
])('%s is that certificate', (text) => {
  const url = certificateUrl(text);
  expect(url && isSame(url, certificateUrl(plain))).toBe(true);
  expect(url && renewingUrl(url).toLowerCase()).toBe(plain);
});

test.each([
  'https://kv2.vault.azure.net/secrets/tls',
  'https://kv.vault.azure.net/secrets/tls2',
  'https://kv.vault.azure.net/secrets',
  'https://kv.vault.azure.net/secrets/tls/1/2',
  'https://kv.vault.azure.net/other/tls',
  'http://kv.vault.azure.net/secrets/tls',
  'tls',
  '',
])('%p is not', (text) => {
  const url = certificateUrl(text);
  expect(url !== undefined && isSame(url, certificateUrl(plain))).toBe(false);
});
