import type { Documents, OpenApiDocument } from './documents.ts';
import { createVerdicts, type Exchange } from './verdicts.ts';

const version = { name: 'api-version', in: 'query', required: true, type: 'string' } as const;
const account: OpenApiDocument = {
  swagger: '2.0',
  info: { version: '2024-01-01' },
  consumes: ['application/json'],
  produces: ['application/json'],
  paths: {
    '/accounts/{name}': {
      parameters: [version, { name: 'name', in: 'path', required: true, type: 'string', pattern: '^[a-z]+$' }],
      put: {
        parameters: [
          { name: 'account', in: 'body', required: true, schema: { $ref: 'types.json#/definitions/Account' } },
        ],
        responses: {
          200: { schema: { $ref: 'types.json#/definitions/Account' } },
          202: {},
          default: { schema: { $ref: 'types.json#/definitions/Error' } },
        },
        'x-ms-long-running-operation': true,
      },
    },
    '/accounts/{name}/listKeys': {
      parameters: [version],
      post: { responses: { 200: { schema: { $ref: 'types.json#/definitions/Account' } } } },
    },
    '/accounts/first': { parameters: [version], get: { responses: { 204: {} } } },
  },
};
const types = {
  swagger: '2.0',
  info: { version: 'common' },
  definitions: {
    Resource: { required: ['id'], properties: { id: { type: 'string', readOnly: true } } },
    Account: {
      allOf: [{ $ref: '#/definitions/Resource' }],
      required: ['size'],
      properties: {
        size: { type: 'integer', format: 'int32' },
        tier: { type: 'string', enum: ['Free', 'Paid'] },
        region: { type: 'string', enum: ['north'], 'x-ms-enum': { modelAsString: true } },
        key: { type: 'string', 'x-ms-secret': true },
        created: { type: 'string', format: 'date-time', 'x-ms-mutability': ['read'] },
        owner: { $ref: '#/definitions/Owner' },
      },
    },
    Owner: { type: 'object', properties: { name: { type: 'string' }, deputy: { $ref: '#/definitions/Owner' } } },
    Error: { properties: { code: { type: 'string' } } },
  },
};
const documents: Documents = new Map([
  ['file:///account.json', account],
  ['file:///types.json', types as unknown as OpenApiDocument],
]);
const verdictOn = createVerdicts(documents);
const json = { 'content-type': 'application/json' };

interface Change {
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly sent?: unknown;
  readonly received?: unknown;
}

function exchange(change: Change): Exchange {
  const { method = 'PUT', url = '/accounts/mine?api-version=2024-01-01', status = 200, headers = json } = change;
  const sent = 'sent' in change ? change.sent : { size: 1 };
  const received = 'received' in change ? change.received : { id: '/accounts/mine', size: 1 };
  return {
    operation: 'any',
    request: { method, url, headers: json, ...(sent !== undefined && { body: sent }) },
    response: { status, headers, ...(received !== undefined && { body: received }) },
  };
}

const listKeys = { method: 'POST', url: '/accounts/mine/listKeys?api-version=2024-01-01', sent: undefined };

test.each<[string, Change]>([
  ['a request and its answer as described', {}],
  ['an address in other capitals', { url: '/Accounts/mine?api-version=2024-01-01' }],
  ['an encoded query', { url: '/accounts/mine?api%2Dversion=2024-01-01' }],
  ['null for an optional property', { received: { id: 'a', size: 1, tier: null } }],
  ['a value that the service may add later', { received: { id: 'a', size: 1, region: 'south' } }],
  ['a schema that refers to itself', { received: { id: 'a', size: 1, owner: { deputy: { name: 'b' } } } }],
  ['a secret in the answer to a POST', { ...listKeys, received: { id: 'a', size: 1, key: 'secret' } }],
  ['an error as described by default', { status: 409, received: { code: 'Conflict' } }],
  ['an accepted request with an address to poll', { status: 202, headers: { location: '/a' }, received: undefined }],
  [
    'the path without parameters before one with them',
    { method: 'GET', url: '/accounts/first?api-version=2024-01-01', status: 204, sent: undefined, received: undefined },
  ],
])('%s is valid', (_, change) => {
  expect(verdictOn(exchange(change))).toEqual({ operation: 'any', is: 'valid', why: '' });
});

test.each<[string, Change, string]>([
  ['a parameter against its pattern', { url: '/accounts/UP?api-version=2024-01-01' }, 'path/name must match pattern'],
  ['a required property left out of a request', { sent: {} }, "request must have required property 'size'"],
  ['a read-only property in a request', { sent: { size: 1, id: 'a' } }, 'request/id must be null'],
  ['a property that only answers have', { sent: { size: 1, created: 'now' } }, 'request/created must be null'],
  ['a request without a body', { sent: undefined }, 'the request has no body'],
  ['a body that is not described', { ...listKeys, sent: {} }, 'the request has a body'],
  ['an unknown property', { received: { id: 'a', size: 1, sise: 2 } }, 'response must NOT have additional properties'],
  [
    'an unknown property further in',
    { received: { id: 'a', size: 1, owner: { nam: 'b' } } },
    'response/owner must NOT',
  ],
  ['a property of a base left out', { received: { size: 1 } }, "response must have required property 'id'"],
  ['another type', { received: { id: 'a', size: '1' } }, 'response/size must be integer'],
  ['a number out of range', { received: { id: 'a', size: 2 ** 31 } }, 'response/size must match format "int32"'],
  ['another format', { received: { id: 'a', size: 1, created: 'now' } }, 'must match format "date-time"'],
  [
    'a value that is not listed',
    { received: { id: 'a', size: 1, tier: 'free' } },
    'must be equal to one of the allowed',
  ],
  ['a listed value in other capitals', { received: { id: 'a', size: 1, region: 'North' } }, 'must pass "spelling"'],
  ['a secret in another answer', { received: { id: 'a', size: 1, key: 'secret' } }, 'response/key must be null'],
  ['a status that is not described', { ...listKeys, status: 201 }, 'status 201 is not described'],
  ['another content type', { headers: { 'content-type': 'text/plain' } }, 'response: the content type is text/plain'],
  ['an answer without a body', { received: undefined }, 'the response has no body'],
  ['an accepted request without an address', { status: 202, headers: {} }, 'a 202 names no address to poll'],
])('%s is invalid', (_, change, why) => {
  const verdict = verdictOn(exchange(change));
  expect(verdict.is).toBe('invalid');
  expect(verdict.why).toContain(why);
});

test.each([
  ['another version', { url: '/accounts/mine?api-version=2023-01-01' }],
  ['another path', { url: '/accounts/mine/keys?api-version=2024-01-01' }],
  ['another method', { method: 'DELETE' }],
])('%s is unmatched', (_, change) => {
  expect(verdictOn(exchange(change))).toEqual({ operation: 'any', is: 'unmatched', why: 'no operation' });
});

test('a version that two documents describe is unmatched', () => {
  const twice = new Map([...documents, ['file:///again.json', account] as const]);
  expect(createVerdicts(twice)(exchange({})).why).toBe('several operations');
});

test('a reference to nothing is an error', () => {
  const alone = new Map([['file:///account.json', account]]);
  expect(() => createVerdicts(alone)(exchange({}))).toThrow('Nothing is at types.json#/definitions/Account');
});
