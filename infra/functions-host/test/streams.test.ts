import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { startHost, type Host } from '../src/index.ts';
import { fixtureFolder } from './support.ts';

const env = { EAGER: '0 0 0 1 1 *' };
let folder: string;
let plain: Host;
let streaming: Host;

beforeAll(async () => {
  folder = await fixtureFolder();
  plain = await startHost({ folder, env });
  streaming = await startHost({ folder, env: { ...env, STREAMS: 'true' }, unansweredMs: 50 });
});

afterAll(async () => {
  await Promise.all([plain.stop(), streaming.stop()]);
  await rm(folder, { recursive: true });
});

interface Sent {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
}

/** Sends a body in two chunks where `headers` do not say how long it is. */
async function post({ url }: Host, path: string, headers: Record<string, string> = {}): Promise<Sent> {
  const request = httpRequest(`${url}${path}`, { method: 'POST', headers: { 'x-mine': 'yes', ...headers } });
  request.write('one ');
  request.end('two');
  const [response] = (await once(request, 'response')) as [
    NodeJS.ReadableStream & { statusCode?: number; headers: Sent['headers'] },
  ];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(text) as Sent['body'] };
}

const complete = { header: 'yes', body: 'one two', part: null };

test.each([
  ['a body of known length arrives', () => plain, { 'content-length': '7' }, complete],
  ['a chunked body arrives empty', () => plain, {}, { ...complete, body: '' }],
  ['a chunked body arrives where the app takes streams', () => streaming, {}, complete],
  ['so does one of known length', () => streaming, { 'content-length': '7' }, complete],
  ['so does one whose sender waits for 100 Continue', () => streaming, { expect: '100-continue' }, complete],
])('%s', async (_sentence, host, headers, expected) => {
  const { status, headers: answered, body } = await post(host(), '/api/text', headers);
  expect({ status, location: answered['location'], body }).toEqual({ status: 202, location: '/there', body: expected });
});

test('with streams a name of the query comes among the path parameters, unless the path has it', async () => {
  expect((await post(streaming, '/api/text?part=query')).body['part']).toBe('query');
  expect((await post(streaming, '/api/text/path?part=query')).body['part']).toBe('path');
  expect((await post(plain, '/api/text?part=query')).body['part']).toBeNull();
});

test('a handler that throws is 500; with streams its request is never answered, and ends at the limit', async () => {
  expect((await fetch(`${plain.url}/api/broken`)).status).toBe(500);
  expect((await fetch(`${streaming.url}/api/broken`)).status).toBe(502);
});

test('a host that stops gives up the requests that are never answered', async () => {
  const host = await startHost({ folder, env: { ...env, STREAMS: 'true' } });
  const answer = fetch(`${host.url}/api/broken`);
  await pause(50);
  await host.stop();
  expect((await answer).status).toBe(502);
});

test.each([
  ['without streams', () => plain],
  ['with streams', () => streaming],
])('a line of context.log after the answer is dropped, one of the console arrives (%s)', async (_with, host) => {
  const lines: string[] = [];
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const printed = jest.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    expect(await (await fetch(`${host().url}/api/late`)).text()).toBe('early');
    while (!((await (await fetch(`${host().url}/api/runs`)).json()) as string[]).includes('late')) await pause(5);
  } finally {
    stdout.mockRestore();
    printed.mockRestore();
  }
  expect(lines.join(' ')).toContain('in time');
  expect(lines.join(' ')).not.toContain('dropped');
});

test('a body of more than 100 MB is 500 before the app sees it', async () => {
  const request = httpRequest(`${plain.url}/api/text`, {
    method: 'POST',
    headers: { 'content-length': 101 * 2 ** 20 },
  });
  request.on('error', () => undefined); // the rest is not taken
  request.flushHeaders();
  const [response] = (await once(request, 'response')) as [{ statusCode?: number }];
  request.destroy();
  expect(response.statusCode).toBe(500);
});
