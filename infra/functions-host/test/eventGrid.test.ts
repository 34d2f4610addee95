import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { startHost, type Host } from '../src/index.ts';
import { fixtureFolder } from './support.ts';

const keys = { master: 'm', host: 'h', eventGrid: 's', functions: { event: 'e' } };
const env = { EAGER: '0 0 0 1 1 *', 'AzureWebJobs.disabled.Disabled': 'true' };
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
  ['an unknown key', '&code=x', 401],
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
])('%s: the function runs once for each event', async (_sentence, body, ids) => {
  expect((await notify('event', body, { 'content-type': 'text/plain' })).status).toBe(202);
  const ran = (await runs()).map((run) => (JSON.parse(run) as { event: { id: string } }).event.id);
  expect(ran).toEqual(ids);
});

test('a handler gets the event as it was sent, and metadata in the form of the library', async () => {
  await notify('event', [event('1')]);
  const [run = ''] = await runs();
  expect(JSON.parse(run)).toEqual({
    event: event('1'),
    triggerMetadata: { ...event('1'), id: 1, dataVersion: 1, data: { id: '1', nBF: null } },
  });
});

test.each([
  [
    'with an event that fails',
    [event('1', 'bad'), event('2')],
    'Exception while executing function: Functions.event',
    1,
  ],
  ['with an event that is no object', ['1', event('2')], 'Exception while executing function: Functions.event', 1],
  ['of plain text', 'good', '', 0],
])('a delivery %s is 500; the other events run', async (_sentence, body, answer, others) => {
  const response = await notify('event', body);
  expect(response.status).toBe(500);
  expect(await response.text()).toBe(answer);
  expect(await runs()).toHaveLength(others);
});

test('a delivery that is not JSON is 500', async () => {
  expect((await send('functionName=event&code=s', { headers: notification, body: '[{' })).status).toBe(500);
});

test.each([
  ['an unknown function', 'unknown'],
  ['no function', ''],
  ['a name in another case', 'Event'],
  ['a timer', 'tick'],
  ['an HTTP function', 'runs'],
  ['a disabled function', 'disabled'],
])('%s is not found', async (_sentence, name) => {
  const response = await notify(name, [event('1')]);
  expect(response.status).toBe(404);
  expect(await response.text()).toBe(`cannot find function: '${name}'`);
  expect(await runs()).toEqual([]);
});

test.each([
  ['a type in capitals', { 'aeg-event-type': 'NOTIFICATION' }, 202],
  ['the type Unsubscribe', { 'aeg-event-type': 'Unsubscribe' }, 202],
  ['another type', { 'aeg-event-type': 'Other' }, 400],
  ['no type', {}, 400],
])('a request with %s has its status', async (_sentence, headers, status) => {
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
  ['an Azure', 'eventgrid.azure.us', 'eventgrid.azure.us'],
  ['a foreign', 'evil.example', 'eventgrid.azure.net'],
])('the CloudEvents handshake of %s origin allows one of Azure', async (_sentence, origin, allowed) => {
  const init = { method: 'OPTIONS', headers: { 'WebHook-Request-Origin': origin } };
  const response = await send('functionName=event&code=s', init);
  expect(response.status).toBe(200);
  expect(response.headers.get('webhook-allowed-origin')).toBe(allowed);
});

test('the events of a delivery run at the same time', async () => {
  expect((await notify('pair', [event('1', 'Ann'), event('2', 'Bob')])).status).toBe(202);
  expect((await runs()).slice(0, 2)).toEqual(['Ann started', 'Bob started']);
});

test('a handler continues after Event Grid has stopped waiting', async () => {
  const waiting = new AbortController();
  const init = { headers: notification, body: JSON.stringify([event('1', 'Ann')]), signal: waiting.signal };
  const cut = expect(send('functionName=pair&code=s', init)).rejects.toThrow('abort');
  await ranAs(1);
  waiting.abort();
  await cut;
  await notify('pair', [event('2', 'Bob')]);
  expect(await ranAs(4)).toEqual(expect.arrayContaining(['Ann ended', 'Bob ended']));
});

test.each([
  ['runs with its input as the event', 'event', { input: JSON.stringify(event('1')) }, 202, 1],
  ['runs although it is disabled', 'Disabled', { input: JSON.stringify(event('1')) }, 202, 1],
  ['fails with an input that is not an event', 'event', { input: 'hello' }, 202, 0],
  ['is 400 with a body that is not an invocation', 'event', [], 400, 0],
])('an event function that the admin route starts %s', async (_sentence, name, body, status, count) => {
  const init = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${host.url}/admin/functions/${name}?code=m`, init);
  expect(response.status).toBe(status);
  expect(await ranAs(count)).toHaveLength(count);
});
