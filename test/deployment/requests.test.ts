import { once } from 'node:events';
import { connect } from 'node:net';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { gzipSync } from 'node:zlib';
import { startHost, type Host } from '../../infra/functions-host/src/index.ts';

/** The shipped app, in observe mode: it refuses a rotation after it has read all of the request. */
const env = { KEYTURN_VAULTS: 'https://kv.vault.azure.net', AzureWebJobsStorage__accountName: 'storage' };
const keys = { functions: { rotations: 'own', poolDefinition: 'another', notices: 'another' }, host: 'every' };
const wanted = JSON.stringify({ vault: 'https://kv.vault.azure.net', secret: 's', mode: 'graceful', reason: 'leak' });
let host: Host;

beforeAll(async () => {
  host = await startHost({ folder: process.cwd(), env, keys, schedule: '0 0 0 1 1 *' });
});

afterAll(async () => {
  await host.stop();
});

interface Answer {
  readonly status: number | undefined;
  readonly body: Record<string, unknown>;
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  expect(response.headers['content-type']).toBe('application/problem+json');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, body: JSON.parse(text) as Answer['body'] };
}

/** Sends pieces in chunks, or with the headers that are given. Each request has a connection of its own. */
async function send(
  path: string,
  pieces: readonly (string | Buffer)[],
  headers: Readonly<Record<string, string | number>> = {},
) {
  const options = { method: 'POST', agent: false, headers: { 'x-functions-key': 'every', ...headers } };
  const request = httpRequest(`${host.url}${path}`, options as RequestOptions);
  request.on('error', () => undefined);
  for (const piece of pieces) request.write(piece);
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return answerOf(response);
}

test.each([
  ['in chunks', [wanted.slice(0, 9), wanted.slice(9)], {}],
  ['of known length', [wanted], { 'content-length': wanted.length }],
  ['that waits for 100 Continue', [wanted], { expect: '100-continue' }],
  ['in chunks, as JSON in a charset', [wanted], { 'content-type': 'application/json; charset=utf-8' }],
])('a body %s is read', async (_sentence, pieces, headers) => {
  const { status, body } = await send('/api/rotations', pieces, headers);
  expect({ status, title: body['title'] }).toEqual({ status: 409, title: 'Observing' });
});

const routes = ['/api/rotations', '/api/notices', '/api/pools/definition'];

test.each(routes)('%s answers each body that it cannot read with problem details', async (route) => {
  const large = Buffer.alloc(2 ** 20, 'x');
  const statuses = [
    (await send(route, [])).status,
    (await send(route, ['{"a'])).status,
    (await send(route, [Buffer.from([0xff, 0xfe])])).status,
    (await send(route, [gzipSync(wanted)], { 'content-encoding': 'gzip' })).status,
    (await send(route, Array<Buffer>(10).fill(large))).status,
    (await send(route, [large], { 'content-length': large.length })).status,
  ];
  expect(statuses).toEqual([400, 400, 400, 415, 413, 413]);
});

test('a body that is too large is answered while it is still on its way', async () => {
  const headers = { 'x-functions-key': 'every' };
  const request = httpRequest(`${host.url}/api/rotations`, { method: 'POST', agent: false, headers });
  request.on('error', () => undefined);
  request.write(Buffer.alloc(2 ** 16));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect((await answerOf(response)).status).toBe(413);
  request.destroy();
});

test('a caller who goes away in the middle of a body keeps nothing busy: the host stops', async () => {
  const other = await startHost({ folder: process.cwd(), env, keys, schedule: '0 0 0 1 1 *' });
  const { port } = new URL(other.url);
  const socket = connect(Number(port), '127.0.0.1');
  const head = ['POST /api/rotations HTTP/1.1', 'Host: a', 'x-functions-key: every', 'Transfer-Encoding: chunked'];
  socket.write(`${head.join('\r\n')}\r\n\r\n1\r\n{\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  await other.stop();
});

test('the key that opens POST /api/rotations opens its Location; the key of another function opens neither', async () => {
  const status = async (method: string, path: string, key: string) =>
    (await fetch(`${host.url}${path}`, { method, headers: { 'x-functions-key': key } })).status;
  expect([await status('POST', '/api/rotations', 'own'), await status('GET', '/api/rotations/bm9', 'own')]).toEqual([
    400, 404,
  ]);
  expect([
    await status('POST', '/api/rotations', 'another'),
    await status('GET', '/api/rotations/bm9', 'another'),
  ]).toEqual([401, 401]);
});

test('a name in the query is not taken for the id of the path', async () => {
  expect((await send('/api/rotations?id=x', [wanted])).status).toBe(409);
});
