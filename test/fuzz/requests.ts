import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpRequest, type HttpResponseInit } from '@azure/functions';
import fc from 'fast-check';
import { z } from 'zod';
import { commonAlert } from '../../infra/azure-emulator/src/index.ts';
import { second } from '../../lib/model/clock.ts';
import { stateFrom } from '../../lib/tags/stateTags.ts';
import { everyMethod, notAllowed } from '../../lib/triggers/http/answer.ts';
import { actionGroupRole, refuseWithout } from '../../lib/triggers/http/principal.ts';
import { rotationIdOf } from '../../lib/triggers/http/rotationId.ts';
import { subscriptionId } from '../support/createTestApp.ts';
import type { FuzzEnvironment, Observed } from './environment.ts';
import { mutate, mutateText, mutation, type Mutation } from './mutation.ts';

/** A request as a client sends it. */
interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The part of the path that names something. */
  readonly id: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** A route, with requests that are valid. */
export interface Route {
  /** As in docs/http.md. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  requests(environment: FuzzEnvironment): readonly Partial<Valid>[];
  handle(environment: FuzzEnvironment, request: HttpRequest, id: string): Promise<HttpResponseInit>;
}

interface Valid {
  readonly body: object;
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

const start: Route = {
  name: 'POST /api/rotations',
  method: 'POST',
  requests: ({ app: { vault }, resources }) => {
    const asked = { mode: 'graceful', compromised: ['Secondary'], reason: 'found in a log' };
    const headers = { 'idempotency-key': 'incident-42' };
    const bySecret = ['batch', 'signalr', 'cmk', 'secret', 'other', 'none'].map((secret) => ({
      ...{ headers, body: { vault: vault.uri, secret, ...asked } },
    }));
    const byResource = [resources.batch, resources.signalr, resources.encrypted, resources.account].map(({ id }) => ({
      ...{ headers, body: { resource: id, kind: id.includes('SignalR') ? 'signalr-key' : 'batch-key', ...asked } },
    }));
    return [...bySecret, ...byResource];
  },
  handle: ({ app: { keyturn } }, request) => keyturn.start(request),
};

const show: Route = {
  name: 'GET /api/rotations/{id}',
  method: 'GET',
  requests: ({ app }) =>
    ['signalr', 'batch', 'secret', 'other'].map((name) => {
      const state = stateFrom(app.tags(name));
      const start = typeof state === 'string' ? undefined : state.lastRotation;
      return { id: rotationIdOf({ secret: { vaultUrl: app.vault.uri, name }, start: start ?? app.clock.now() }) };
    }),
  handle: ({ app: { keyturn } }, _request, id) => keyturn.show(id),
};

const identity = {
  resourceId: `/subscriptions/${subscriptionId}/resourceGroups/group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes`,
  clientId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
};

const definePool: Route = {
  name: 'POST /api/pools/definition',
  method: 'POST',
  requests: ({ app: { vault }, resources: { account } }) => {
    const certificates = [`${vault.uri}/secrets/tls`];
    return [
      { body: { pool: `${account.id}/pools/nodes`, name: 'next', apiVersion: '2024-07-01', certificates, identity } },
      {
        body: {
          account: account.id,
          name: 'new',
          vmSize: 'Standard_D2s_v5',
          os: 'linux',
          nodes: 3,
          certificates,
          identity,
        },
      },
    ];
  },
  handle: ({ app }, request) => app.keyturn.definePool(request),
};

function principalWith(role: string): Readonly<Record<string, string>> {
  const claims = [{ typ: 'roles', val: role }];
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify({ claims })).toString('base64') };
}

const notices: Route = {
  name: 'POST /api/notices',
  method: 'POST',
  requests: ({ notice }) => [{ body: commonAlert(notice), headers: principalWith(actionGroupRole) }],
  handle: ({ app: { keyturn } }, request) => {
    const refused = refuseWithout([actionGroupRole], request);
    return refused ? Promise.resolve(refused) : keyturn.notices(request);
  },
};

export const routes: readonly Route[] = [start, show, definePool, notices];

/** `valid`: a valid request with one member changed. `any`: anything that the host lets pass. */
export type FuzzedRequest =
  | {
      readonly is: 'valid';
      readonly nth: number;
      readonly of: 'body' | 'text' | 'header' | 'id';
      readonly mutation: Mutation;
    }
  | ({ readonly is: 'any' } & Sent);

const header = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.constantFrom('application/json', '0', '-1', 'a'.repeat(256), 'é', '"', 'W/"1"', '*'),
);

export const fuzzedRequest: fc.Arbitrary<FuzzedRequest> = fc.oneof(
  fc.record({
    is: fc.constant('valid' as const),
    nth: fc.nat(100),
    of: fc.constantFrom('body', 'body', 'body', 'text', 'header', 'id'),
    mutation,
  }),
  fc.record({
    is: fc.constant('any' as const),
    method: fc.constantFrom(...everyMethod, 'POST' as const, 'POST' as const, 'GET' as const, 'GET' as const),
    headers: fc.dictionary(
      fc.constantFrom('idempotency-key', 'content-type', 'x-ms-client-principal', 'x-functions-key', 'if-match'),
      header,
    ),
    id: fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.base64String({ maxLength: 200 })),
    body: fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
      fc.constantFrom('', 'null', '[]', '{}', '"', '{"a":', '\ufeff{}', '{"__proto__":{}}', ' '.repeat(300_000)),
      fc.constantFrom('['.repeat(5_000), '{"a":'.repeat(5_000), '1e999', '-', '\u0000', '{"status":400}'),
    ),
  }),
);

export interface RequestOutcome extends Observed {
  readonly status: number | undefined;
  readonly problems: readonly string[];
}

/** Sends the request, and says what was wrong with the answer. */
export async function sendFuzzed(
  environment: FuzzEnvironment,
  route: Route,
  fuzzed: FuzzedRequest,
): Promise<RequestOutcome> {
  const sent = fuzzed.is === 'any' ? fuzzed : changed(environment, route, fuzzed);
  const request = requestFrom(sent);
  environment.app.pass(second); // Resource Manager takes so many requests in a minute
  const taken: { answer?: HttpResponseInit; error?: unknown } = {};
  const observed = await environment.observe(async () => {
    try {
      taken.answer =
        request.method === route.method ? await route.handle(environment, request, sent.id) : notAllowed(route.method);
    } catch (error) {
      taken.error = error;
    }
  });
  const { answer, error } = taken;
  if (!answer) return { ...observed, status: undefined, problems: [`threw ${String((error as Error).stack)}`] };
  // Only an emergency that was accepted may change anything.
  const effects = route === start && answer.status === 202 ? [] : observed.effects;
  return { ...observed, status: answer.status, problems: [...problemsIn(route, answer), ...effects] };
}

function changed(
  environment: FuzzEnvironment,
  route: Route,
  { nth, of, mutation: change }: FuzzedRequest & { is: 'valid' },
): Sent {
  const all = route.requests(environment);
  const { body, id = '', headers = {} } = all[nth % all.length] ?? {};
  const text = body ? JSON.stringify(of === 'body' ? mutate(body, change) : body) : '';
  return {
    method: route.method,
    headers: of === 'header' ? (mutate(headers, change) as Sent['headers']) : headers,
    id: of === 'id' || route === show ? mutatedId(id, change) : id,
    body: of === 'text' ? mutateText(text, change) : text,
  };
}

/** Changes the text that an id stands for, or the id itself. */
function mutatedId(id: string, change: Mutation): string {
  if (change.at % 2 === 0) return mutateText(id, change);
  const text = Buffer.from(id, 'base64url').toString();
  return Buffer.from(mutateText(text, change)).toString('base64url');
}

/** The host lets no other headers pass. */
function headerText(value: unknown): string {
  return (typeof value === 'string' ? value : ((JSON.stringify(value) as string | undefined) ?? ''))
    .replace(/[^\t\x20-\x7e\xa0-\xff]/g, '')
    .slice(0, 8_000);
}

function requestFrom({ method, headers, id, body }: Sent): HttpRequest {
  const named = Object.entries(headers).filter(([name]) => /^[a-z-]+$/i.test(name));
  const hasBody = method !== 'GET' && method !== 'HEAD' && body.length > 0;
  return new HttpRequest({
    url: 'https://app.example/api/route',
    ...{ method, params: { id }, headers: Object.fromEntries(named.map(([name, value]) => [name, headerText(value)])) },
    ...(hasBody && { body: typeof body === 'string' ? { string: body } : { bytes: body } }),
  });
}

const problemShape = z.looseObject({
  type: z.string().min(1),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  reason: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string().regex(/^#(\/|$)/), detail: z.string().min(1) })).optional(),
});

function problemsIn(route: Route, answer: HttpResponseInit): readonly string[] {
  const { status = 200, body } = answer;
  const headers = new Headers(answer.headers);
  const text = typeof body === 'string' ? body : '';
  const isListed = statusesOf(route).includes(status);
  return [
    ...(isListed ? [] : [`answered ${status}, which docs/http.md does not list`]),
    ...(status >= 400 ? problemsInError(status, headers, text) : []),
    ...(status < 400 && headers.get('content-type') !== 'application/json' ? ['answered without JSON'] : []),
  ];
}

const headerOf: Readonly<Record<number, string>> = { 405: 'allow', 503: 'retry-after' };

function problemsInError(status: number, headers: Headers, text: string): readonly string[] {
  const read = problemShape.safeParse(JSON.parse(text));
  const isProblem = headers.get('content-type') === 'application/problem+json' && read.data?.status === status;
  const isComplete = headers.has(headerOf[status] ?? 'content-type');
  return [
    ...(isProblem ? [] : [`answered ${status} without problem details: ${text.slice(0, 200)}`]),
    ...(isComplete ? [] : [`answered ${status} without ${headerOf[status] ?? ''}`]),
  ];
}

const docs = readFileSync(join(import.meta.dirname, '../../docs/http.md'), 'utf8');

/** The statuses of a route in the first table of docs/http.md, and the one for any other method. */
function statusesOf({ name }: Route): readonly number[] {
  const line = docs.split('\n').find((each) => each.startsWith('|') && each.includes(`\`${name}\``)) ?? '';
  const [, statuses = ''] = /\|([\d, ]+)\|\s*$/.exec(line) ?? [];
  return [405, ...statuses.split(',').map(Number)];
}
