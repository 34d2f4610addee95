import { HttpRequest } from '@azure/functions';
import { setTimeout as pause } from 'node:timers/promises';
import { readBody } from '../../../../lib/triggers/http/body.ts';

/** No time passes. */
const app = { clock: { after: () => () => undefined } };

/** A request whose body comes in pieces. */
function sent(
  pieces: AsyncIterable<Uint8Array>,
  headers: Record<string, string> = {},
): Pick<HttpRequest, 'headers' | 'body'> {
  const init = { method: 'POST', headers, body: pieces, duplex: 'half' } as unknown as RequestInit;
  return new Request('https://app.example/', init);
}

async function* pieces(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await pause(0);
    yield typeof text === 'string' ? new TextEncoder().encode(text) : text;
  }
}

test.each([
  ['in one piece', ['{"a":"ä"}'], '{"a":"ä"}'],
  ['in pieces that part a letter', ['{"a":"', new Uint8Array([0xc3]), new Uint8Array([0xa4]), '"}'], '{"a":"ä"}'],
  ['with a byte order mark', [new Uint8Array([0xef, 0xbb, 0xbf]), '{}'], '{}'],
  ['without a byte', [], ''],
])('a body %s is read', async (_sentence, texts, expected) => {
  expect(await readBody(app, sent(pieces(...texts)), 20)).toBe(expected);
});

test('a request without a body has an empty one', async () => {
  expect(await readBody(app, new HttpRequest({ method: 'POST', url: 'https://app.example/' }), 20)).toBe('');
});

test.each([
  ['that is larger than announced', {}, ['x'.repeat(12), 'x'.repeat(12)], 413],
  ['that is announced as too large', { 'content-length': '21' }, ['never read'], 413],
  ['of letters that take more bytes than the limit', {}, ['ä'.repeat(11)], 413],
  ['that is compressed', { 'content-encoding': 'gzip' }, [new Uint8Array([31, 139])], 415],
  ['in two encodings', { 'content-encoding': 'identity, br' }, ['{}'], 415],
  ['that is not UTF-8', {}, [new Uint8Array([0x7b, 0xff, 0x7d])], 400],
  ['in UTF-16', {}, [new Uint8Array([0xff, 0xfe, 0x7b, 0])], 400],
])('a body %s is refused', async (_sentence, headers, texts, status) => {
  expect(await readBody(app, sent(pieces(...texts), headers), 20)).toMatchObject({ status });
});

test('identity is no encoding', async () => {
  expect(await readBody(app, sent(pieces('{}'), { 'content-encoding': 'Identity' }), 20)).toBe('{}');
});

test('a body that is too large is refused before it is complete, and the rest is still taken', async () => {
  let release: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (release = resolve));
  let taken = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(21);
    await waiting;
    for (taken = 1; taken < 5; taken += 1) yield new Uint8Array(21);
  }
  expect(await readBody(app, sent(endless()), 20)).toMatchObject({ status: 413 });
  release();
  while (taken < 5) await pause(1);
  expect(taken).toBe(5);
});

test('a body that breaks off is refused', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* pieces('{');
    throw new Error('aborted, with a secret');
  }
  const refused = await readBody(app, sent(broken()), 20);
  expect(refused).toMatchObject({ status: 400, title: 'Body not complete' });
  expect(JSON.stringify(refused)).not.toContain('secret');
});

test('a body that stops coming is refused at the limit, and may break off later', async () => {
  let fail: (error: Error) => void = () => undefined;
  async function* stalled(): AsyncGenerator<Uint8Array> {
    yield* pieces('{');
    await new Promise((_resolve, reject) => (fail = reject));
  }
  const clock = { after: (_ms: number, act: () => void) => (setImmediate(act), () => undefined) };
  expect(await readBody({ clock }, sent(stalled()), 20)).toMatchObject({ status: 408 });
  await pause(1);
  fail(new Error('aborted'));
  await pause(0); // an unhandled rejection would end the test
});
