import { rm } from 'node:fs/promises';
import { startHost } from '../src/host.ts';
import type { Host } from '../src/host.ts';
import { appFolder, fixtureFolder } from './folder.ts';

const keys = { master: 'm', host: 'h', functions: { echo: 'e', bosses: 'b' } };
const env = { EAGER: '0 0 0 1 1 *', 'AzureWebJobs.off.Disabled': 'true' };
let folder: string;
let host: Host;

beforeAll(async () => {
  folder = await fixtureFolder();
  host = await startHost({ folder, env, keys });
});

afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true });
});

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${host.url}${path}`, init);
}

async function runs(): Promise<string[]> {
  return (await (await call('/api/runs')).json()) as string[];
}

test.each([
  ['an anonymous function needs no key', 'GET', '/api/setting', {}, 200],
  ['a function-level route without a key is refused', 'POST', '/api/things/1/2', {}, 401],
  ['a function-level route with a wrong key is refused', 'POST', '/api/things/1/2?code=x', {}, 401],
  ['the key of another function is refused', 'POST', '/api/things/1/2?code=b', {}, 401],
  ['the function key opens by header', 'POST', '/api/things/1/2', { 'x-functions-key': 'e' }, 202],
  ['the function key opens by query', 'POST', '/api/things/1/2?code=e', {}, 202],
  ['the host key opens every function', 'POST', '/api/things/1/2', { 'x-functions-key': 'h' }, 202],
  ['the master key opens every function', 'POST', '/api/things/1/2', { 'x-functions-key': 'm' }, 202],
  ['the header wins over the query', 'POST', '/api/things/1/2?code=e', { 'x-functions-key': 'x' }, 401],
  ['an admin-level route refuses its function key', 'GET', '/api/bosses?code=b', {}, 401],
  ['an admin-level route takes the master key', 'GET', '/api/bosses?code=m', {}, 200],
  ['paths are matched without regard to case', 'GET', '/API/Setting', {}, 200],
  ['a method the function does not list is not found', 'DELETE', '/api/setting', {}, 404],
  ['HEAD is not GET', 'HEAD', '/api/setting', {}, 404],
  ['an unknown path is not found', 'GET', '/api/unknown', {}, 404],
  ['a path without the prefix is not found', 'GET', '/setting', {}, 404],
  ['a function that answers nothing is 204', 'DELETE', '/api/nothing', {}, 204],
  ['a function that throws is 500', 'GET', '/api/broken', {}, 500],
  ['a disabled function is not found', 'GET', '/api/off', {}, 404],
  ['a disabled function still runs with the master key', 'GET', '/api/off?code=m', {}, 200],
  ['an event function is not served over HTTP', 'POST', '/api/event', {}, 404],
  ['a timer is fired by hand with the master key', 'POST', '/admin/functions/Tick', { 'x-functions-key': 'm' }, 202],
  ['a timer is not fired with another key', 'POST', '/admin/functions/tick', { 'x-functions-key': 'h' }, 403],
  ['a timer is not fired without a key', 'POST', '/admin/functions/tick', {}, 401],
  ['an HTTP function is not fired', 'POST', '/admin/functions/echo', { 'x-functions-key': 'm' }, 404],
  ['an unknown function is not fired', 'POST', '/admin/functions/tock', { 'x-functions-key': 'm' }, 404],
])('%s', async (_sentence, method, path, headers, status) => {
  const body = method === 'POST' ? '{}' : null;
  const response = await call(path, { method, headers: headers as Record<string, string>, body });
  expect(response.status).toBe(status);
  if (status >= 400) expect(await response.text()).toBe('');
});

test('a request and its answer arrive whole, path parameters in their own case', async () => {
  const response = await call('/api/THINGS/AbC%20d/Part?q=a%26b&code=e', {
    method: 'POST',
    headers: { 'x-mine': 'yes' },
    body: JSON.stringify({ n: 1 }),
  });
  expect(response.headers.get('location')).toBe('/there');
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({
    params: { id: 'AbC d', part: 'Part' },
    query: 'a&b',
    header: 'yes',
    body: { n: 1 },
  });
});

test('a literal segment wins over a parameter', async () => {
  expect(await (await call('/api/things/latest/x')).text()).toBe('latest');
});

test('what cannot be indexed is told with its reason, the rest is served', () => {
  expect(host.problems).toEqual([
    "Function 'wrong-schedule' is not served: its schedule is not one.",
    "Function '9lives' is not served: its name is not allowed.",
  ]);
  expect(host.functions.map(({ metadata }) => metadata.name)).toContain('event');
});

test('a function whose setting is missing is not indexed', async () => {
  const other = await startHost({ folder, env: {} });
  expect(other.problems).toContain("Function 'eager' is not served: no setting resolves %EAGER%.");
  await other.stop();
});

test('every host has its own copy of the app and its own settings', async () => {
  const other = await startHost({ folder, env: { EAGER: '1 1 1 1 1 1' } });
  expect(await (await fetch(`${other.url}/api/setting`)).text()).toBe('1 1 1 1 1 1');
  expect(await (await call('/api/setting')).text()).toBe('0 0 0 1 1 *');
  await other.stop();
});

test('a timer runs at start when it says so, and gets its schedule as the library gives it', async () => {
  await host.fire('tick');
  expect(await runs()).toContain('eager');
  const timer = JSON.parse((await runs()).findLast((run) => run.startsWith('{')) ?? '{}') as Record<string, unknown>;
  expect(timer).toMatchObject({ isPastDue: false, schedule: { adjustForDST: true } });
  expect(timer.scheduleStatus).toMatchObject({ last: '0001-01-01T00:00:00' });
});

test('what a timer throws is thrown to who fires it, and stops nothing', async () => {
  await expect(host.fire('failing')).rejects.toThrow('the timer is broken');
  expect((await call('/admin/functions/failing?code=m', { method: 'POST', body: '{}' })).status).toBe(202);
  expect((await call('/api/setting')).status).toBe(200);
});

test.each([
  ['throws while it is loaded', 'throw new Error("no");', /threw while it was loaded/],
  ['registers nothing', 'module.exports = {};', /registered nothing/],
])('an app that %s is refused loudly', async (_sentence, code, message) => {
  const broken = await appFolder(code);
  await expect(startHost({ folder: broken, env: {} })).rejects.toThrow(message);
  await rm(broken, { recursive: true });
});
