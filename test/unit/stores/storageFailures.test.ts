import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { CredentialUnavailableError } from '@azure/identity';
import { createCertificates } from '../../../infra/azure-emulator/src/index.ts';
import { blobs, type Blobs } from '../../../lib/stores/blobs.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { fastTime, realTime } from '../../support/timers.ts';

/** Storage's answer to the next requests: the last one counts on. */
let answers: { readonly status: number; readonly code: string; readonly headers?: Record<string, string> }[] = [];
let server: Server;
let folder: string;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-storage-'));
  const certificates = await createCertificates(folder);
  tls.setDefaultCACertificates([certificates.ca]);
  server = createServer({ cert: certificates.cert, key: certificates.key }, (request, response) => {
    request.resume();
    const [answer = { status: 200, code: '' }] = answers;
    if (answers.length > 1) answers = answers.slice(1);
    if (answer.code === 'never') return;
    const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${answer.code}</Code><Message>x</Message></Error>`;
    const headers = { 'content-type': 'application/xml', 'x-ms-error-code': answer.code, ...answer.headers };
    response.writeHead(answer.status, headers).end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/account`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const token = { getToken: () => Promise.resolve({ token: 'a', expiresOnTimestamp: Date.now() + 3_600_000 }) };

const calls: [operation: string, call: (all: Blobs) => Promise<unknown>][] = [
  ['age', (all) => all.containerAgeMs()],
  ['create', (all) => all.create('a', {})],
  ['metadata', (all) => all.metadata('a')],
  ['setMetadata', (all) => all.setMetadata('a', {})],
  ['setMetadata under a lease', (all) => all.setMetadata('a', {}, '00000000-0000-4000-8000-000000000000')],
  ['remove', (all) => all.remove('a')],
  ['list', (all) => all.list()[Symbol.asyncIterator]().next()],
  ['acquire', (all) => all.acquire('a', 60)],
  ['renew', (all) => all.renew('a', '00000000-0000-4000-8000-000000000000')],
  ['release', (all) => all.release('a', '00000000-0000-4000-8000-000000000000')],
];

const failures: [status: number, code: string, reason: Reason][] = [
  [401, 'NoAuthenticationInformation', 'storage-forbidden'],
  [403, 'AuthorizationPermissionMismatch', 'storage-forbidden'],
  [403, 'AuthorizationFailure', 'storage-forbidden'],
  [403, 'AccountIsDisabled', 'storage-forbidden'],
  [400, 'InvalidHeaderValue', 'storage-refused'],
  [404, 'ResourceNotFound', 'storage-refused'],
  [409, 'BlobImmutableDueToPolicy', 'storage-refused'],
  [409, 'ContainerBeingDeleted', 'storage-unavailable'],
  [409, 'AccountBeingCreated', 'storage-unavailable'],
  [408, 'RequestTimeout', 'storage-unavailable'],
  [429, 'TooManyRequests', 'storage-unavailable'],
  [500, 'InternalError', 'storage-unavailable'],
  [500, 'OperationTimedOut', 'storage-unavailable'],
  [503, 'ServerBusy', 'storage-unavailable'],
];

describe.each(failures)('R34: %i %s is reported as storage’s own', (status, code, reason) => {
  test.each(calls)('%s', async (_operation, call) => {
    answers = [{ status, code }];
    await expect(call(blobs(url, 'container', token, realTime))).rejects.toMatchObject({ reason, detail: { code } });
  });
});

test.each(calls)(
  'R34: a container that is gone and cannot be made anew yet fails %s as storage',
  async (_operation, call) => {
    answers = [
      { status: 404, code: 'ContainerNotFound' },
      { status: 409, code: 'ContainerBeingDeleted' },
    ];
    const expected = { reason: 'storage-unavailable', detail: { code: 'ContainerBeingDeleted' } };
    await expect(call(blobs(url, 'container', token, realTime))).rejects.toMatchObject(expected);
  },
);

test.each(calls)(
  'R34: a container that this app may not make anew fails %s as a missing grant',
  async (_operation, call) => {
    answers = [
      { status: 404, code: 'ContainerNotFound' },
      { status: 403, code: 'AuthorizationPermissionMismatch' },
    ];
    await expect(call(blobs(url, 'container', token, realTime))).rejects.toMatchObject({ reason: 'storage-forbidden' });
  },
);

test.each([
  [412, 'LeaseLost'],
  [412, 'LeaseIdMismatchWithBlobOperation'],
  [412, 'LeaseNotPresentWithBlobOperation'],
  [404, 'BlobNotFound'],
])('R34: %i %s for a write under a lease means that the lease is lost', async (status, code) => {
  answers = [{ status, code }];
  const write = blobs(url, 'container', token, realTime).setMetadata('a', {}, '00000000-0000-4000-8000-000000000000');
  await expect(write).rejects.toMatchObject({ reason: 'lease-lost', detail: { code } });
});

test('a lease on a claim, which only a person can have taken, is storage’s refusal', async () => {
  answers = [{ status: 412, code: 'LeaseIdMissing' }];
  const write = blobs(url, 'container', token, realTime).setMetadata('a', {});
  await expect(write).rejects.toMatchObject({ reason: 'storage-refused', detail: { code: 'LeaseIdMissing' } });
});

test.each(calls)('a connection that is refused fails %s as storage', async (_operation, call) => {
  await expect(call(blobs('https://127.0.0.1:1/account', 'container', token, realTime))).rejects.toMatchObject({
    reason: 'storage-unavailable',
    detail: { code: 'ECONNREFUSED' },
  });
});

test.each(calls)('%s without a token is reported as the identity’s', async (_operation, call) => {
  const none = { getToken: () => Promise.reject(new CredentialUnavailableError('no identity')) };
  await expect(call(blobs(url, 'container', none, realTime))).rejects.toMatchObject({ reason: 'identity-unavailable' });
});

test.each(calls)('R31: storage that never answers fails %s in time', async (_operation, call) => {
  answers = [{ status: 200, code: 'never' }];
  const unavailable = { reason: 'storage-unavailable', detail: { code: 'TimeLimit' } };
  await expect(call(blobs(url, 'container', token, fastTime))).rejects.toMatchObject(unavailable);
});

test.each(calls)('R31: a token that never comes fails %s in time, as the identity’s', async (_operation, call) => {
  const none = { getToken: () => new Promise<never>(() => undefined) };
  const unavailable = { reason: 'identity-unavailable', detail: { code: 'TimeLimit' } };
  await expect(call(blobs(url, 'container', none, fastTime))).rejects.toMatchObject(unavailable);
});
