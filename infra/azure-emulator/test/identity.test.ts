import { startWithVault } from './support.ts';

async function ask(query: string, header?: string) {
  const { azure } = await startWithVault();
  const headers = { 'X-IDENTITY-HEADER': header ?? azure.identity.header };
  const response = await azure.handle(new Request(`${azure.identity.endpoint}?${query}`, { headers }));
  return { azure, status: response.status, body: (await response.json()) as Record<string, string> };
}

const resource = 'resource=https%3A%2F%2Fvault.azure.net';

test.each([
  ['a wrong header', `${resource}&api-version=2019-08-01`, 'wrong', 401],
  ['another api-version', `${resource}&api-version=2017-09-01`, undefined, 400],
  ['no resource', 'api-version=2019-08-01', undefined, 400],
  ['an unknown client id', `${resource}&api-version=2019-08-01&client_id=x`, undefined, 400],
])('%s gets no token', async (_sentence, query, header, status) => {
  const answer = await ask(query, header);
  expect(answer.status).toBe(status);
  expect(answer.azure.core.issued.size).toBe(0);
});

test('the app gets a token for the resource it names, good for a day', async () => {
  const { azure, body } = await ask(`${resource}&api-version=2019-08-01`);
  const { clientId } = azure.core.tokens.appIdentity;
  expect(body).toMatchObject({ resource: 'https://vault.azure.net', token_type: 'Bearer', client_id: clientId });
  expect(Number(body['expires_on'])).toBe(Date.parse('2026-03-02T12:00:00Z') / 1000);
  const used = new Request('https://kv1.vault.azure.net/', {
    headers: { authorization: `Bearer ${body['access_token'] ?? ''}` },
  });
  expect(await azure.core.tokens.verify(used, 'https://vault.azure.net/')).toMatchObject({ ok: true });
  expect(azure.core.issued).toContain(body['access_token']);
});

test('an accepted token is refused after its expiry and for another audience', async () => {
  const { azure, clock } = await startWithVault();
  const { token } = await azure.core.tokens.issue('https://vault.azure.net');
  const request = new Request('https://kv1.vault.azure.net/', { headers: { authorization: `Bearer ${token}` } });
  const verify = (audience: string) => azure.core.tokens.verify(request, audience);
  expect(await verify('https://vault.azure.net')).toMatchObject({ ok: true });
  expect(await verify('https://management.azure.com')).toEqual({ ok: false, problem: 'audience' });
  clock.advance(86_400_000 - 1_000);
  expect(await verify('https://vault.azure.net')).toMatchObject({ ok: true });
  clock.advance(1_000);
  expect(await verify('https://vault.azure.net')).toEqual({ ok: false, problem: 'expired' });
  expect(await verify('https://vault.azure.net')).toEqual({ ok: false, problem: 'expired' });
});
