import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { clients } from '../../../lib/azure/clients.ts';
import { managedIdentity } from '../../../lib/azure/identity.ts';
import { fastTime } from '../../support/timers.ts';

let endpoint: Server;
/** The status of the endpoint's answers. It never answers without one. */
let status: number | undefined;
let asked = 0;

beforeAll(async () => {
  endpoint = createServer((_request, response) => {
    asked += 1;
    const body = JSON.stringify({ error: 'e', error_description: 'd' });
    if (status) response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const { port } = endpoint.address() as AddressInfo;
  Object.assign(process.env, { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: 'x' });
});
afterAll(async () => {
  endpoint.closeAllConnections();
  await new Promise((resolve) => endpoint.close(resolve));
});
beforeEach(() => (asked = 0));

const limits: number[] = [];
const machine = createDefaultHttpClient();
/** One for the process, as in the app: its library keeps the client of the first one for all. */
const credential = managedIdentity(undefined, {
  sendRequest: (request) => {
    limits.push(request.timeout);
    return machine.sendRequest(request);
  },
});

test.each([400, 404, 410, 429, 500, 503])(
  'R3: a token is asked for once when the endpoint answers %i',
  async (code) => {
    status = code;
    await expect(credential.getToken('https://management.azure.com/.default')).rejects.toThrow();
    expect(asked).toBe(1);
  },
);

test('R31: an endpoint that accepts and never answers fails each request in time, and each asks anew', async () => {
  status = undefined;
  const http: HttpClient = { sendRequest: () => Promise.reject(new Error('no request may leave')) };
  const endpoints = { armEndpoint: 'https://management.azure.com', armAudience: 'https://management.azure.com' };
  const { arm } = clients(credential, http, endpoints, fastTime);
  const unavailable = { reason: 'identity-unavailable', detail: { code: 'TimeLimit' } };
  await expect(arm.get('/a', 'v')).rejects.toMatchObject(unavailable);
  await expect(arm.get('/a', 'v')).rejects.toMatchObject(unavailable);
  expect(asked).toBe(2);
  expect(new Set(limits)).toEqual(new Set([15_000])); // so it costs no socket for ever
});
