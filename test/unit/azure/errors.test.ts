import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import {
  AggregateAuthenticationError,
  AuthenticationError,
  CredentialUnavailableError,
  ManagedIdentityCredential,
} from '@azure/identity';
import type { TokenCredential } from '@azure/core-auth';
import { createHttpHeaders, RestError, type HttpClient } from '@azure/core-rest-pipeline';
import { clients, type Clients } from '../../../lib/azure/clients.ts';
import { operationErrorFrom } from '../../../lib/azure/errors.ts';
import { OperationError, type ErrorDetail } from '../../../lib/model/operationError.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { realTime } from '../../support/timers.ts';
import { calls, leak, vaultUrl } from './calls.ts';

const writes: ReadonlySet<string> = new Set([
  'SignalR, a long-running operation',
  'Key Vault, a new version',
  'Key Vault, a new certificate',
  'Event Grid',
]);

function mayPass(answer: Answer | Error): boolean {
  return answer instanceof RestError || ('status' in answer && answer.status >= 500);
}

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

const json = { 'Content-Type': 'application/json' };
const html = { 'Content-Type': 'text/html' };
const inner = JSON.stringify({ error: { code: 'Forbidden', message: leak, innererror: { code: 'ForbiddenByRbac' } } });
const plain = JSON.stringify({ error: { code: 'TooManyRequests', message: leak } });

const failures: [sentence: string, answer: Answer | Error, reason: Reason, detail: ErrorDetail][] = [
  [
    'a refusal with an inner code',
    { status: 403, headers: json, body: inner },
    'forbidden',
    { code: 'ForbiddenByRbac', answered: true },
  ],
  [
    'throttling',
    { status: 429, headers: { ...json, 'Retry-After': '17' }, body: plain },
    'throttled',
    { code: 'TooManyRequests', retryAfterMs: 17_000, answered: true },
  ],
  ['an error page', { status: 502, headers: html, body: `<html>${leak}</html>` }, 'outage', { answered: false }],
  [
    'a refusal in broken JSON',
    { status: 400, headers: json, body: `{"error": "${leak}` },
    'refused',
    { answered: true },
  ],
  ['a redirect to nowhere', { status: 304, headers: json, body: plain }, 'refused', { answered: true }],
  ['a reset', new RestError(leak, { code: 'ECONNRESET' }), 'outage', { code: 'ECONNRESET' }],
  ['a time limit', Object.assign(new Error(leak), { name: 'AbortError' }), 'outage', {}],
];

/** Answers like a service that asks for a token first. */
function clientsOver(
  answer: Answer | Error,
  credential: TokenCredential = goodToken,
): { all: Clients; sent: string[] } {
  const sent: string[] = [];
  const challenge = `Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"`;
  const http: HttpClient = {
    sendRequest: (request) => {
      const reply = ({ status, body = '', headers = {} }: Answer) =>
        Promise.resolve({ request, status, bodyAsText: body, headers: createHttpHeaders(headers) });
      if (!request.headers.has('Authorization')) {
        return reply({ status: 401, headers: { 'WWW-Authenticate': challenge }, body: '' });
      }
      sent.push(request.method);
      return answer instanceof Error ? Promise.reject(answer) : reply(answer);
    },
  };
  const endpoints = { armEndpoint: 'https://management.azure.com', armAudience: 'https://management.azure.com' };
  return { all: clients(credential, http, endpoints, realTime), sent };
}

const goodToken: TokenCredential = {
  getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }),
};
const noToken: TokenCredential = {
  getToken: () => Promise.reject(Object.assign(new Error(leak), { name: 'CredentialUnavailableError' })),
};

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (answer) => ({ answer }),
    (error: unknown) => error,
  );
}

function expectNoLeak(thrown: unknown): void {
  expect(inspect(thrown, { depth: null, showHidden: true })).not.toContain(leak);
}

describe.each(calls)('promise 7, R3: %s', (client, call) => {
  const isRead = !writes.has(client);

  test.each(failures)(
    'turns %s into an error with a reason, and is sent once, or twice if it is a read that time cures (R48)',
    async (_sentence, answer, reason, detail) => {
      const { all, sent } = clientsOver(answer);
      const thrown = await thrownBy(call(all));
      expect(thrown).toBeInstanceOf(OperationError);
      expect(thrown).toMatchObject({ reason, detail });
      expectNoLeak(thrown);
      expect(sent).toHaveLength(isRead && mayPass(answer) ? 2 : 1);
    },
  );

  test('reports a missing token as the identity’s', async () => {
    const { all, sent } = clientsOver({ status: 200 }, noToken);
    const thrown = await thrownBy(call(all));
    expect(thrown).toBeInstanceOf(OperationError);
    expect(thrown).toMatchObject({ reason: 'identity-unavailable' });
    expectNoLeak(thrown);
    expect(sent).toEqual([]);
  });

  test.each<[string, Answer]>([
    ['broken JSON', { status: 200, headers: json, body: `{"value": "${leak}` }],
    ['a page', { status: 200, headers: html, body: `<html>${leak}</html>` }],
    ['an empty object', { status: 200, headers: json, body: '{}' }],
    ['nothing', { status: 200 }],
  ])('does not take %s for a refusal when the answer says success', async (_sentence, answer) => {
    const { all } = clientsOver(answer);
    const thrown = await thrownBy(call(all));
    if (!(thrown instanceof Error)) return; // the management clients leave missing members to their callers
    expect(thrown).toBeInstanceOf(OperationError);
    expect(thrown).not.toMatchObject({ detail: { answered: true } });
    expectNoLeak(thrown);
  });
});

describe('R34: a token that does not come', () => {
  let endpoint: Server;
  const env = { IDENTITY_ENDPOINT: process.env['IDENTITY_ENDPOINT'], IDENTITY_HEADER: process.env['IDENTITY_HEADER'] };
  const unknownClient = { statusCode: 400, message: 'No User Assigned or Delegated Managed Identity found.' };
  beforeAll(async () => {
    endpoint = createServer((_request, response) => {
      response.writeHead(400, json).end(JSON.stringify(unknownClient));
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const { port } = endpoint.address() as AddressInfo;
    Object.assign(process.env, { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: 'x' });
  });
  afterAll(async () => {
    Object.assign(process.env, env);
    await new Promise((resolve) => endpoint.close(resolve));
  });

  test.each(calls)('because the endpoint does not know AZURE_CLIENT_ID is reported by %s', async (_sentence, call) => {
    const credential = new ManagedIdentityCredential({ clientId: '00000000-0000-4000-8000-000000000009' });
    const http: HttpClient = { sendRequest: () => Promise.reject(new Error('no request may leave')) };
    const settings = { armEndpoint: 'https://management.azure.com', armAudience: 'https://management.azure.com' };
    const thrown = await call(clients(credential, challenging(http), settings, realTime)).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({ reason: 'identity-unavailable', detail: { code: 'ServerError' } });
    expect(thrown).not.toMatchObject({ detail: { answered: true } });
  });

  const cause = new Error('post_request_failed');
  test.each<[string, Error, string | undefined]>([
    [
      'no endpoint',
      new CredentialUnavailableError('x', { cause: named(cause, { errorCode: 'network_error' }) }),
      'network_error',
    ],
    [
      'an application unknown',
      new AuthenticationError(400, { error: 'invalid_client', error_description: 'AADSTS700016: x' }),
      'AADSTS700016',
    ],
    [
      'a connection refused',
      new CredentialUnavailableError('x', { cause: named(cause, { code: 'ECONNREFUSED' }) }),
      'ECONNREFUSED',
    ],
    ['a failure for a moment', new AuthenticationError(503, 'busy'), 'AuthenticationError'],
    ['no one signed in', new CredentialUnavailableError('x'), 'CredentialUnavailableError'],
    ['a chain of them', new AggregateAuthenticationError([], 'AADSTS90002: tenant'), 'AADSTS90002'],
  ])('has a reason of its own, with a code: %s', (_sentence, error, code) => {
    expect(operationErrorFrom(error)).toMatchObject({ reason: 'identity-unavailable', detail: { code } });
  });
});

function named(error: Error, words: object): Error {
  return Object.assign(new Error(error.message), words);
}

/** Key Vault's clients ask for a token only after a challenge. */
function challenging(http: HttpClient): HttpClient {
  return {
    sendRequest: (request) => {
      if (request.headers.get('authorization') || !request.url.startsWith(vaultUrl)) return http.sendRequest(request);
      const challenge =
        'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"';
      const headers = createHttpHeaders({ 'www-authenticate': challenge });
      return Promise.resolve({ request, status: 401, headers, bodyAsText: '' });
    },
  };
}
