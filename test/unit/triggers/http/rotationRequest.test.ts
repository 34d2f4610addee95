import { parseRotationRequest, type RotationRequest } from '../../../../lib/triggers/http/rotationRequest.ts';

const vault = 'https://kv.vault.azure.net';
const resource = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acct';
const byName = { vault, secret: 'batch-key', mode: 'graceful', reason: 'found in a log' };
const byResource = { resource, mode: 'immediate', reason: 'found in a log' };
const text = (body: object) => JSON.stringify(body);

test.each([
  [
    'a secret by vault and name',
    byName,
    { target: { secret: { vaultUrl: vault, name: 'batch-key' } }, mode: 'graceful' },
  ],
  ['a vault with a slash at its end', { ...byName, vault: `${vault}/` }, { target: { secret: { vaultUrl: vault } } }],
  ['a resource', byResource, { target: { resource }, mode: 'immediate' }],
  ['a resource and its kind', { ...byResource, kind: 'batch-key' }, { target: { resource, kind: 'batch-key' } }],
  ['compromised credentials', { ...byName, compromised: ['Primary'] }, { compromised: ['Primary'] }],
  ['a reason with blanks around it', { ...byName, reason: ' leaked ' }, { reason: 'leaked' }],
])('a request names %s', (_sentence, body, wanted) => {
  expect(parseRotationRequest(text(body), null)).toMatchObject(wanted);
});

test('of an idempotency key only the fingerprint is kept, and of what else makes a request equal', () => {
  const [known, again, other] = [byName, byName, { ...byName, compromised: ['Secondary'] }].map(
    (body) => (parseRotationRequest(text(body), 'drill-1') as RotationRequest).request,
  );
  expect(known).toMatch(/^[0-9a-f]{12}$/);
  expect(again).toBe(known);
  expect(other).not.toBe(known);
  expect(parseRotationRequest(text(byName), null)).not.toHaveProperty('request');
});

test.each([
  ['no JSON', 'rotate it, please'],
  ['nothing', ''],
  ['a list', '[]'],
  ['a word', '"now"'],
  ['null', 'null'],
])('a body that is %s is refused', (_sentence, body) => {
  expect(parseRotationRequest(body, null)).toMatchObject({ status: 400 });
});

test.each([
  ['no mode', { ...byName, mode: undefined }, '#/mode'],
  ['an unknown mode', { ...byName, mode: 'now' }, '#/mode'],
  ['no reason', { ...byName, reason: undefined }, '#/reason'],
  ['an empty reason', { ...byName, reason: '  ' }, '#/reason'],
  ['a vault that is no URL', { ...byName, vault: 'kv' }, '#/vault'],
  ['a vault without TLS', { ...byName, vault: 'http://kv.vault.azure.net' }, '#/vault'],
  ['a name that is none', { ...byName, secret: '../admin' }, '#/secret'],
  ['a resource that is none', { ...byResource, resource: '/subscriptions/s' }, '#/resource'],
  ['nothing compromised in the list', { ...byName, compromised: [] }, '#/compromised'],
  ['a word instead of a list', { ...byName, compromised: 'Primary' }, '#/compromised'],
  ['both ways to name it', { ...byName, ...byResource }, '#'],
  ['an unknown member', { ...byName, hurry: true }, '#'],
  ['a list of what is compromised with a number in it', { ...byName, compromised: ['Primary', 2] }, '#/compromised/1'],
])('a request with %s is refused, and it is said where', (_sentence, body, pointer) => {
  const refused = parseRotationRequest(text(body), null);
  expect(refused).toMatchObject({ status: 400 });
  expect('errors' in refused && refused.errors.map((error) => error.pointer)).toContain(pointer);
});

test('every mistake is said at once', () => {
  const refused = parseRotationRequest(text({ vault: 'kv', secret: '', mode: 'now' }), null);
  const pointers = ['#/mode', '#/reason', '#/vault', '#/secret'];
  expect('errors' in refused && refused.errors.map((error) => error.pointer)).toEqual(pointers);
});

test.each([
  ['empty', ''],
  ['too long', 'x'.repeat(256)],
  ['with blanks', 'a b'],
  ['with invisible signs', 'a\u0007'],
])('an idempotency key that is %s is refused', (_sentence, key) => {
  expect(parseRotationRequest(text(byName), key)).toMatchObject({ status: 400 });
});
