import type { VaultRules } from '../../src/key-vault/state.ts';
import { errorOf, startWithVault } from '../support.ts';

const get = (path: string, token?: string) =>
  new Request(
    `https://kv1.vault.azure.net${path}`,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );

test('the challenge says where and for which resource to get a token', async () => {
  const { azure, client, vault } = await startWithVault();
  vault.setSecret('s', '1');
  await client.getSecret('s');
  const [challenge, answer] = azure.core.journal.calls;
  expect(challenge).toMatchObject({ operation: 'getSecret', status: 401 });
  expect(challenge?.response?.headers['www-authenticate']).toMatch(
    /^Bearer authorization="https:\/\/[^"]+\/[0-9a-f-]{36}", resource="https:\/\/vault.azure.net"$/,
  );
  expect(answer).toMatchObject({ operation: 'getSecret', status: 200, service: 'key-vault' });
});

test.each([
  ['no token', 'none', 'AKV10000'],
  ['a token for another audience', 'arm', 'AKV10022'],
  ['an expired token', 'expired', 'expired'],
  ['a token of another issuer', 'foreign', 'could not be validated'],
])('%s is refused with 401', async (_sentence, kind, words) => {
  const { azure, clock } = await startWithVault();
  const { tokens } = azure.core;
  const audience = kind === 'arm' ? 'https://management.azure.com' : 'https://vault.azure.net';
  const issuer = kind === 'foreign' ? (await startWithVault()).azure.core.tokens : tokens;
  const { token } = await issuer.issue(audience);
  if (kind === 'expired') clock.advance(86_400_000);
  const response = await azure.handle(get('/secrets?api-version=7.5', kind === 'none' ? undefined : token));
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toContain('resource="https://vault.azure.net"');
  expect(await response.text()).toContain(words);
});

test.each([
  ['without an api-version', '/secrets', 400],
  ['with an unknown api-version', '/secrets?api-version=2020-01-01', 400],
  ['with version 7.4', '/secrets?api-version=7.4', 200],
  ['with version 2025-07-01, the name encoded', '/secrets?api%2Dversion=2025-07-01', 200],
  ['with too large a page', '/secrets?api-version=7.5&maxresults=26', 400],
  ['with a foreign skip token', '/secrets?api-version=7.5&$skiptoken=x', 400],
  ['for a path that is not served', '/secrets/a/b/c?api-version=7.5', 404],
])('a request %s is answered as Azure would', async (_sentence, path, status) => {
  const { azure } = await startWithVault();
  const { token } = await azure.core.tokens.issue('https://vault.azure.net');
  expect((await azure.handle(get(path, token))).status).toBe(status);
});

const rules: [string, (rules: VaultRules) => void, object][] = [
  ['the firewall is closed', (r) => (r.firewall = true), { statusCode: 403, inner: 'ForbiddenByFirewall' }],
  [
    'a role is missing',
    (r) => r.denied.set('setSecret', 'ForbiddenByRbac'),
    { statusCode: 403, inner: 'ForbiddenByRbac' },
  ],
  [
    'an access policy is missing',
    (r) => r.denied.set('setSecret', 'ForbiddenByPolicy'),
    { inner: 'ForbiddenByPolicy' },
  ],
  ['Azure Policy denies it', (r) => (r.deniedByAzurePolicy = 'max-validity'), { statusCode: 403, code: 'Forbidden' }],
  ['the vault throttles', (r) => (r.throttledForSeconds = 7), { statusCode: 429, code: 'Throttled' }],
];

test.each(rules)('a new version is refused when %s, and nothing is written', async (_sentence, change, refused) => {
  const { client, vault } = await startWithVault();
  change(vault.rules);
  expect(await errorOf(client.setSecret('s', '1'))).toMatchObject(refused);
  expect(vault.current('s')).toBeUndefined();
});

test('a permission missing for one operation leaves the others alone', async () => {
  const { client, vault } = await startWithVault();
  vault.setSecret('s', '1');
  vault.rules.denied.set('setSecret', 'ForbiddenByRbac');
  expect((await client.getSecret('s')).value).toBe('1');
});
