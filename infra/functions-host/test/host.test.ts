import { rm } from 'node:fs/promises';
import { startHost, type Host } from '../src/index.ts';
import { appFolder, fixtureFolder } from './support.ts';

const keys = { master: 'm', host: 'h', functions: { echo: 'e', 'admin-only': 'b' } };
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
  ['a function-level route refuses a request without a key', 'POST', '/api/things/1/2', {}, 401],
  ['a function-level route refuses a wrong key', 'POST', '/api/things/1/2?code=x', {}, 401],
  ['a function-level route refuses the key of another function', 'POST', '/api/things/1/2?code=b', {}, 401],
  ['a function-level route takes its key in the header', 'POST', '/api/things/1/2', { 'x-functions-key': 'e' }, 202],
  ['a function-level route takes its key in the query', 'POST', '/api/things/1/2?code=e', {}, 202],
  ['the host key opens every function', 'POST', '/api/things/1/2', { 'x-functions-key': 'h' }, 202],
  ['the master key opens every function', 'POST', '/api/things/1/2', { 'x-functions-key': 'm' }, 202],
  ['the header takes precedence over the query', 'POST', '/api/things/1/2?code=e', { 'x-functions-key': 'x' }, 401],
  ['an admin-level route refuses its function key', 'GET', '/api/admin-only?code=b', {}, 401],
  ['an admin-level route takes the master key', 'GET', '/api/admin-only?code=m', {}, 200],
  ['paths are matched without regard to case', 'GET', '/API/Setting', {}, 200],
  ['a method that the function does not list is not found', 'DELETE', '/api/setting', {}, 404],
  ['HEAD is not GET', 'HEAD', '/api/setting', {}, 404],
  ['an unknown path is not found', 'GET', '/api/unknown', {}, 404],
  ['a path without the prefix is not found', 'GET', '/setting', {}, 404],
  ['a function that returns nothing is 204', 'DELETE', '/api/nothing', {}, 204],
  ['a function that throws is 500', 'GET', '/api/broken', {}, 500],
  ['a disabled function is not found', 'GET', '/api/off', {}, 404],
  ['a disabled function runs with the master key', 'GET', '/api/off?code=m', {}, 200],
  ['an event function is not served over HTTP', 'POST', '/api/event', {}, 404],
  [
    'the admin route runs a timer with the master key',
    'POST',
    '/admin/functions/Tick',
    { 'x-functions-key': 'm' },
    202,
  ],
  ['the admin route refuses another key', 'POST', '/admin/functions/tick', { 'x-functions-key': 'h' }, 403],
  ['the admin route refuses a request without a key', 'POST', '/admin/functions/tick', {}, 401],
  ['the admin route does not run an HTTP function', 'POST', '/admin/functions/echo', { 'x-functions-key': 'm' }, 404],
  [
    'the admin route does not find an unknown function',
    'POST',
    '/admin/functions/tock',
    { 'x-functions-key': 'm' },
    404,
  ],
])('%s', async (_sentence, method, path, headers, status) => {
  const body = method === 'POST' ? '{}' : null;
  const response = await call(path, { method, headers: headers as Record<string, string>, body });
  expect(response.status).toBe(status);
  if (status >= 400) expect(await response.text()).toBe('');
});

test('a request and its response arrive complete, with path parameters in their own case', async () => {
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

test('a literal segment takes precedence over a parameter', async () => {
  expect(await (await call('/api/things/latest/x')).text()).toBe('latest');
});

test('a function that cannot be indexed is listed with the reason; the others are served', () => {
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

test('each host has its own copy of the app and its own settings', async () => {
  const other = await startHost({ folder, env: { EAGER: '1 1 1 1 1 1' } });
  expect(await (await fetch(`${other.url}/api/setting`)).text()).toBe('1 1 1 1 1 1');
  expect(await (await call('/api/setting')).text()).toBe('0 0 0 1 1 *');
  await other.stop();
});

test('runOnStartup runs a timer at the start; its handler gets the schedule in the form of the library', async () => {
  await host.runTimer('tick');
  expect(await runs()).toContain('eager');
  const timer = JSON.parse((await runs()).findLast((run) => run.startsWith('{')) ?? '{}') as Record<string, unknown>;
  expect(timer).toMatchObject({ isPastDue: false, schedule: { adjustForDST: true } });
  expect(timer.scheduleStatus).toMatchObject({ last: '0001-01-01T00:00:00' });
});

test('an error of a timer reaches the caller of runTimer; the host goes on', async () => {
  await expect(host.runTimer('failing')).rejects.toThrow('the timer is broken');
  expect((await call('/admin/functions/failing?code=m', { method: 'POST', body: '{}' })).status).toBe(202);
  expect((await call('/api/setting')).status).toBe(200);
});

test.each([
  ['throws while it is loaded', 'throw new Error("no");', /threw while it was loaded/],
  ['registers nothing', 'module.exports = {};', /registered nothing/],
])('startHost throws for an app that %s', async (_sentence, code, message) => {
  const broken = await appFolder(code);
  await expect(startHost({ folder: broken, env: {} })).rejects.toThrow(message);
  await rm(broken, { recursive: true });
});
