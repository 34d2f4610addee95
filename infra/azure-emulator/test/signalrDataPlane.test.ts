import { SignJWT } from 'jose';
import { issueKey } from '../src/arm/resource.ts';
import type { SignalRService } from '../src/arm/signalr/state.ts';
import { startEmulator } from './support.ts';
import type { TestEmulator } from './support.ts';

const host = 'https://sig.service.signalr.net';
const user = '/api/v1/hubs/chat/users/u';
const userAtVersion = '/api/hubs/chat/users/u?api-version=2022-06-01';

interface Asked {
  method?: string;
  path?: string;
  key?: string;
  audience?: string;
  lifetimeSeconds?: number;
}

async function setUp(wanted: Parameters<TestEmulator['newSignalR']>[0] = {}) {
  const azure = await startEmulator();
  const service = await azure.newSignalR(wanted);
  async function ask({
    method = 'HEAD',
    path = user,
    key = keyOf(service),
    audience,
    lifetimeSeconds = 60,
  }: Asked = {}) {
    const expSeconds = azure.clock.now().getTime() / 1_000 + lifetimeSeconds;
    const token = await new SignJWT({ aud: audience ?? `${host}${path.replace(/\?.*/, '')}`, exp: expSeconds })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(key, 'utf8'));
    const headers = { authorization: `Bearer ${token}` };
    return { token, status: (await azure.handle(new Request(host + path, { method, headers }))).status };
  }
  return { azure, service, ask };
}

function keyOf(service: SignalRService): string {
  return service.keys.Primary.at(-1)?.value ?? '';
}

const other = 'an unknown key as long as any other key.';

test.each([
  ['an unknown user', {}, 404],
  ['an unknown user, under the newer path', { path: userAtVersion }, 404],
  ['a connected user', { path: '/api/v1/hubs/chat/users/here' }, 200],
  ['an unknown user by GET', { method: 'GET' }, 404],
  ['a message', { method: 'POST', path: '/api/hubs/chat/:send?api-version=2022-06-01' }, 202],
  ['an audience with the query', { path: userAtVersion, audience: host + userAtVersion }, 404],
  ['an audience of another path', { audience: `${host}/api/v1/hubs/chat` }, 401],
  ['a wrong key', { key: other }, 401],
  ['a token that has expired', { lifetimeSeconds: 0 }, 401],
  ['a hub that begins with a digit', { path: '/api/v1/hubs/1chat/users/u' }, 400],
  ['the newer path without version', { path: '/api/hubs/chat/users/u' }, 400],
  ['a path that is not served', { path: '/api/hubs/chat/groups/g' }, 501],
])('%s is answered as expected', async (_, asked: Asked, status) => {
  const { service, ask } = await setUp();
  service.users.add('chat/here');
  expect((await ask(asked)).status).toBe(status);
});

test('a key signs as text, without decoding', async () => {
  const { azure, service } = await setUp();
  const token = await new SignJWT({ aud: host + user, exp: azure.clock.now().getTime() / 1_000 + 60 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(keyOf(service), 'base64'));
  const answer = await azure.handle(new Request(host + user, { headers: { authorization: `Bearer ${token}` } }));
  expect(answer.status).toBe(401);
});

test('a token without an expiry is refused, and so is a missing one', async () => {
  const { azure, service } = await setUp();
  const endless = await new SignJWT({ aud: host + user })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(keyOf(service), 'utf8'));
  for (const headers of [{ authorization: `Bearer ${endless}` }, undefined]) {
    const answer = await azure.handle(new Request(host + user, { headers: new Headers(headers) }));
    expect(answer.status).toBe(401);
  }
});

test('every presented token counts as issued', async () => {
  const { azure, ask } = await setUp();
  expect(azure.core.issued).toContain((await ask({ key: other })).token);
});

test('health answers without any key', async () => {
  const { azure } = await setUp();
  expect((await azure.handle(new Request(`${host}/api/health`, { method: 'HEAD' }))).status).toBe(200);
});

test.each([
  ['network rules that deny', { networkDefaultAction: 'Deny' as const }, 403],
  ['no public network access', { publicNetworkAccess: 'Disabled' as const }, 403],
  ['no local authentication', { disableLocalAuth: true }, 401],
])('%s refuse a good token', async (_, wanted, status) => {
  expect((await (await setUp(wanted)).ask()).status).toBe(status);
});

test.each([
  { says: 'at once', timing: {}, oldKey: 401, newKey: 404 },
  { says: 'with a gap', timing: { acceptAfterMs: 9 }, oldKey: 401, newKey: 401 },
  { says: 'with an overlap', timing: { acceptReplacedMs: 9 }, oldKey: 404, newKey: 404 },
])('a regenerated key takes over $says', async ({ timing, oldKey, newKey }) => {
  const { azure, service, ask } = await setUp({ timing });
  const old = keyOf(service);
  issueKey(azure.core, service, 'Primary');
  expect([(await ask({ key: old })).status, (await ask()).status]).toEqual([oldKey, newKey]);
});
