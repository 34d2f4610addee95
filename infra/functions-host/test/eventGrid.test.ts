import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { startHost } from '../src/host.ts';
import type { Host } from '../src/host.ts';
import { fixtureFolder } from './folder.ts';

const keys = { master: 'm', host: 'h', eventGrid: 's', functions: { event: 'e' } };
const env = { EAGER: '0 0 0 1 1 *', 'AzureWebJobs.deaf.Disabled': 'true' };
const notification = { 'aeg-event-type': 'Notification' };
const validation = { 'aeg-event-type': 'subscriptionvalidation' };
let folder: string;
let host: Host;

beforeAll(async () => {
  folder = await fixtureFolder();
});

beforeEach(async () => {
  host = await startHost({ folder, env, keys });
});

afterEach(async () => {
  await host.stop();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function send(query: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${host.url}/runtime/webhooks/eventgrid?${query}`, { method: 'POST', ...init });
}

function notify(functionName: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const init = { body: JSON.stringify(body), headers: { ...notification, ...headers } };
  return send(`functionName=${functionName}&code=s`, init);
}

async function runs(): Promise<string[]> {
  const all = (await (await fetch(`${host.url}/api/runs`)).json()) as string[];
  return all.filter((run) => run !== 'eager');
}

async function ranAs(count: number): Promise<string[]> {
  let seen = await runs();
  while (seen.length < count) {
    await pause(5);
    seen = await runs();
  }
  return seen;
}

function event(id: string, subject = 'good') {
  return { id, subject, topic: '/t', eventType: 'A.B', data: { Id: id, NBF: null }, dataVersion: '1' };
}

const cloudEvent = { specversion: '1.0', id: 'c', source: '/t', type: 'A.B', subject: 'good', data: { Id: 'c' } };

test.each([
  ['no key', '', 401],
  ['a key nobody has', '&code=x', 401],
  ['the key of the function', '&code=e', 401],
  ['the host key', '&code=h', 403],
  ['the system key', '&code=s', 202],
  ['the master key', '&code=m', 202],
])('a delivery with %s', async (_sentence, query, status) => {
  const init = { headers: notification, body: JSON.stringify([event('1')]) };
  expect((await send(`functionName=event${query}`, init)).status).toBe(status);
  expect(await runs()).toHaveLength(status === 202 ? 1 : 0);
});

test.each([
  ['an event', [event('1')], ['1']],
  ['several events', [event('1'), event('2')], ['1', '2']],
  ['a CloudEvent', cloudEvent, ['c']],
  ['several CloudEvents', [cloudEvent, { ...cloudEvent, id: 'd' }], ['c', 'd']],
  ['no events', [], []],
])('%s: one run for each', async (_sentence, body, ids) => {
  expect((await notify('event', body, { 'content-type': 'text/plain' })).status).toBe(202);
  const ran = (await runs()).map((run) => (JSON.parse(run) as { event: { id: string } }).event.id);
  expect(ran).toEqual(ids);
});

test('an event reaches its handler as it was sent, its metadata as the library makes it', async () => {
  await notify('event', [event('1')]);
  const [run = ''] = await runs();
  expect(JSON.parse(run)).toEqual({
    event: event('1'),
    triggerMetadata: { ...event('1'), id: 1, dataVersion: 1, data: { id: '1', nBF: null } },
  });
});

test.each([
  [
    'one of whose events fails',
    [event('1', 'bad'), event('2')],
    'Exception while executing function: Functions.event',
    1,
  ],
  ['with an event that is no object', ['1', event('2')], 'Exception while executing function: Functions.event', 1],
  ['that is a text', 'good', '', 0],
])('a delivery %s is 500, and the others run', async (_sentence, body, answer, others) => {
  const response = await notify('event', body);
  expect(response.status).toBe(500);
  expect(await response.text()).toBe(answer);
  expect(await runs()).toHaveLength(others);
});

test('a delivery that is no JSON is 500', async () => {
  expect((await send('functionName=event&code=s', { headers: notification, body: '[{' })).status).toBe(500);
});

test.each([
  ['an unknown function', 'nobody'],
  ['no function', ''],
  ['a name in another case', 'Event'],
  ['a timer', 'tick'],
  ['an HTTP function', 'runs'],
  ['a disabled function', 'deaf'],
])('%s is not found', async (_sentence, name) => {
  const response = await notify(name, [event('1')]);
  expect(response.status).toBe(404);
  expect(await response.text()).toBe(`cannot find function: '${name}'`);
  expect(await runs()).toEqual([]);
});

test.each([
  ['a kind in other letters', { 'aeg-event-type': 'NOTIFICATION' }, 202],
  ['the end of a subscription', { 'aeg-event-type': 'Unsubscribe' }, 202],
  ['another kind', { 'aeg-event-type': 'Other' }, 400],
  ['no kind', {}, 400],
])('%s is answered', async (_sentence, headers, status) => {
  const init = { headers: headers as Record<string, string>, body: JSON.stringify([event('1')]) };
  expect((await send('functionName=event&code=s', init)).status).toBe(status);
});

test.each([
  ['in an array', [{ data: { validationCode: 'abc' } }], 200],
  ['in one object', { data: { validationCode: 'abc' } }, 200],
  ['in the text of one object', { data: '{"validationCode":"abc"}' }, 200],
  ['missing', [{ data: {} }], 500],
])('a validation code %s', async (_sentence, body, status) => {
  const init = { headers: validation, body: JSON.stringify(body) };
  const response = await send('functionName=event&code=s', init);
  expect(response.status).toBe(status);
  expect(await response.text()).toBe(status === 200 ? '{"validationResponse":"abc"}' : '');
  expect(await runs()).toEqual([]);
});

test.each([
  ['its own', 'eventgrid.azure.us', 'eventgrid.azure.us'],
  ['a foreign', 'evil.example', 'eventgrid.azure.net'],
])('the CloudEvents handshake of %s origin', async (_sentence, origin, allowed) => {
  const init = { method: 'OPTIONS', headers: { 'WebHook-Request-Origin': origin } };
  const response = await send('functionName=event&code=s', init);
  expect(response.status).toBe(200);
  expect(response.headers.get('webhook-allowed-origin')).toBe(allowed);
});

test('the events of a delivery run at the same time', async () => {
  expect((await notify('meeting', [event('1', 'Ann'), event('2', 'Bob')])).status).toBe(202);
  expect((await runs()).slice(0, 2)).toEqual(['Ann came', 'Bob came']);
});

test('a handler goes on after Event Grid has stopped waiting', async () => {
  const waiting = new AbortController();
  const init = { headers: notification, body: JSON.stringify([event('1', 'Ann')]), signal: waiting.signal };
  const cut = expect(send('functionName=meeting&code=s', init)).rejects.toThrow('abort');
  await ranAs(1);
  waiting.abort();
  await cut;
  await notify('meeting', [event('2', 'Bob')]);
  expect(await ranAs(4)).toEqual(expect.arrayContaining(['Ann left', 'Bob left']));
});

test.each([
  ['runs with its input as the event', 'event', { input: JSON.stringify(event('1')) }, 202, 1],
  ['runs although it is disabled', 'Deaf', { input: JSON.stringify(event('1')) }, 202, 1],
  ['takes no input that is no event', 'event', { input: 'hello' }, 202, 0],
  ['takes no body without an invocation', 'event', [], 400, 0],
])('an event function started by hand %s', async (_sentence, name, body, status, count) => {
  const init = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${host.url}/admin/functions/${name}?code=m`, init);
  expect(response.status).toBe(status);
  expect(await ranAs(count)).toHaveLength(count);
});
