import dns from 'node:dns';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { TokenCredential } from '@azure/core-auth';
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline';
import { createCertificates } from '../../../infra/azure-emulator/src/index.ts';
import { clients } from '../../../lib/azure/clients.ts';
import { second } from '../../../lib/model/clock.ts';
import { fastTime, VirtualTimers } from '../../support/timers.ts';
import { calls } from './calls.ts';

const endpoints = { armEndpoint: 'https://management.azure.com', armAudience: 'https://management.azure.com' };
const challenge = {
  'WWW-Authenticate': 'Bearer authorization="https://login.example/t", resource="https://vault.azure.net"',
};

/** Clients on a time that stands still until the test lets it pass. */
function stage({
  token,
  answer,
}: {
  token: (pass: (ms: number) => void) => Promise<void>;
  answer: () => Promise<void>;
}) {
  let nowMs = 0;
  const timers = new VirtualTimers(() => nowMs);
  const passUnseen = (ms: number) => void (nowMs += ms);
  const pass = (ms: number) => {
    passUnseen(ms);
    timers.runDue();
  };
  const sent: string[] = [];
  const signals: (boolean | undefined)[] = [];
  const http: HttpClient = {
    sendRequest: async (request) => {
      const isAnonymous = !request.headers.has('Authorization');
      if (isAnonymous) return { request, status: 401, headers: createHttpHeaders(challenge), bodyAsText: '' };
      sent.push(request.method);
      request.abortSignal?.addEventListener('abort', () => signals.push(true));
      await answer();
      return { request, status: 200, headers: createHttpHeaders(), bodyAsText: '{}' };
    },
  };
  const credential: TokenCredential = {
    getToken: async () => {
      await token(passUnseen);
      return { token: 't', expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const clock = { monotonicMs: () => nowMs, after: timers.after };
  return { all: clients(credential, http, endpoints, clock), sent, signals, pass, passUnseen };
}

const signed = { Authorization: 'SharedKey account:x' };
const never = () => new Promise<never>(() => undefined);
const atOnce = () => Promise.resolve();
const errorOf = (work: Promise<unknown>) => work.then(String, (error: unknown) => error);

/** Lets time pass while the call hangs. */
async function passing(pass: (ms: number) => void, work: Promise<unknown>): Promise<unknown> {
  const ended: { as?: unknown } = {};
  void errorOf(work).then((as) => (ended.as = as));
  for (let seconds = 0; !('as' in ended); seconds += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    pass(second);
    if (seconds > 25) return 'still hangs';
  }
  return ended.as;
}

describe.each(calls)('R31: %s', (_client, call) => {
  test('ends when its token does not come, and is not sent', async () => {
    const { all, sent, pass } = stage({ token: never, answer: atOnce });
    expect(await passing(pass, call(all))).toMatchObject({
      reason: expect.stringMatching(/^(identity-unavailable|outage)$/) as string,
      detail: { code: 'TimeLimit' },
    });
    expect(sent).toEqual([]);
  });

  test.each([21, 180])('is not sent when its token comes after %i seconds', async (seconds) => {
    const { all, sent } = stage({
      token: async (passUnseen) => {
        passUnseen(seconds * second);
        await atOnce();
      },
      answer: atOnce,
    });
    expect(await errorOf(call(all))).toMatchObject({ name: 'OperationError', detail: { code: 'TimeLimit' } });
    expect(sent).toEqual([]);
  });

  test('ends when no answer comes, with its request cancelled, and says nothing of its effect', async () => {
    const { all, sent, signals, pass } = stage({ token: atOnce, answer: never });
    const ended = await passing(pass, call(all));
    expect(ended).toMatchObject({ reason: 'outage', detail: { code: 'TimeLimit' } });
    expect(ended).not.toMatchObject({ detail: { answered: true } });
    expect([sent.length, signals]).toEqual([1, [true]]);
  });
});

test('R31: a token that comes in time for a token does not let a request leave after its limit', async () => {
  const token = async (passUnseen: (ms: number) => void) => {
    passUnseen(14 * second);
    await atOnce();
  };
  const { all, sent } = stage({ token, answer: atOnce });
  expect(await all.arm.get('/a', 'v')).toEqual({});
  expect(await errorOf(all.topic('https://t.example/api/events').send([]))).toMatchObject({
    reason: 'outage', // an announcement has five seconds
    detail: { code: 'TimeLimit' },
  });
  expect(sent).toEqual(['GET']);
});

test('R31: a token that never comes is asked for anew by the next request', async () => {
  let hangs = true;
  let asked = 0;
  const { all, pass } = stage({
    token: () => {
      asked += 1;
      return hangs ? never() : Promise.resolve();
    },
    answer: atOnce,
  });
  expect(await passing(pass, all.arm.get('/a', 'v'))).toMatchObject({ reason: 'identity-unavailable' });
  hangs = false;
  expect(await all.arm.get('/a', 'v')).toEqual({});
  expect(asked).toBe(2);
});

test('R31: a proof that is not answered ends, with its request cancelled', async () => {
  const { all, signals, pass } = stage({ token: atOnce, answer: never });
  const request = createPipelineRequest({ url: 'https://account.example/', headers: createHttpHeaders(signed) });
  expect(await passing(pass, all.http.sendRequest(request))).toMatchObject({ detail: { code: 'TimeLimit' } });
  expect(signals).toEqual([true]);
});

describe('on real sockets', () => {
  let server: Server;
  let folder: string;
  let path: 'silent' | 'endless';
  const sockets: Socket[] = [];
  const token = { getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyturn-limit-'));
    const { ca, cert, key } = await createCertificates(folder);
    tls.setDefaultCACertificates([ca]);
    server = createServer({ cert, key }, (request, response) => {
      sockets.push(request.socket);
      if (path === 'endless') response.writeHead(200, { 'Content-Type': 'application/json' }).write('{"value": [');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  test.each(['silent', 'endless'] as const)('R31: a service that is %s costs a request its limit', async (how) => {
    path = how;
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const settings = { ...endpoints, armEndpoint: origin };
    const { arm } = clients(token, createDefaultHttpClient(), settings, fastTime);
    await expect(arm.get('/a', 'v')).rejects.toMatchObject({ reason: 'outage', detail: { code: 'TimeLimit' } });
    const [socket] = sockets.splice(0);
    if (socket && !socket.destroyed) await once(socket, 'close'); // the request is cancelled
    expect(socket?.destroyed).toBe(true);
  });

  test('R31: a name that is never resolved costs a request its limit', async () => {
    const lookup = jest.spyOn(dns, 'lookup').mockImplementation(() => undefined);
    const { arm } = clients(token, createDefaultHttpClient(), endpoints, fastTime);
    await expect(arm.get('/a', 'v')).rejects.toMatchObject({ reason: 'outage', detail: { code: 'TimeLimit' } });
    expect(lookup).toHaveBeenCalled();
    lookup.mockRestore();
  });
});
