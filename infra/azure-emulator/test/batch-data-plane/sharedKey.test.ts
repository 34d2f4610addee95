import { createHmac } from 'node:crypto';
import type { BatchAccount } from '../../src/arm/batch/state.ts';
import { issueKey } from '../../src/arm/resource.ts';
import { stringToSign } from '../../src/batch-data-plane/sharedKey.ts';
import { startEmulator } from '../support.ts';
import type { TestEmulator } from '../support.ts';

const apiVersion = '2024-07-01.20.0';
const host = 'https://acct.westeurope.batch.azure.com';

interface Asked {
  path?: string;
  query?: Record<string, string>;
  key?: string;
  date?: Date;
  signedAs?: string;
}

async function setUp(wanted: Parameters<TestEmulator['newBatch']>[0] = {}) {
  const azure = await startEmulator();
  const account = await azure.newBatch(wanted);
  async function ask(asked: Asked = {}) {
    const { path = '/applications', query = { 'api-version': apiVersion, maxresults: '1' }, signedAs = 'acct' } = asked;
    const date = (asked.date ?? azure.clock.now()).toUTCString();
    const names = Object.entries(query).map(([name, value]) => `\n${name}:${value}`);
    const signed = `GET${'\n'.repeat(12)}ocp-date:${date}\n/${signedAs}${path}${names.join('')}`;
    const key = Buffer.from(asked.key ?? keyOf(account), 'base64');
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    const headers = { 'ocp-date': date, authorization: `SharedKey ${signedAs}:${signature}` };
    const url = `${host}${path}?${new URLSearchParams(query).toString()}`;
    return outcome(await azure.handle(new Request(url, { headers })));
  }
  return { azure, account, ask };
}

function keyOf(account: BatchAccount): string {
  return account.keys.Primary.at(-1)?.value ?? '';
}

async function outcome(
  answer: Response,
): Promise<{ status: number; code?: string; detail?: string; value?: unknown[] }> {
  const { values, ...body } = (await answer.json()) as { values?: { value: string }[]; code?: string };
  const detail = values?.[0]?.value;
  return { ...body, status: answer.status, ...(detail !== undefined && { detail }) };
}

test('the string to sign is the documented one', () => {
  const url = `https://acct.westeurope.batch.azure.com/applications?maxresults=1&api-version=${apiVersion}`;
  const request = new Request(url, { headers: { 'ocp-date': 'Sat, 21 Nov 2026 23:00:00 GMT' } });
  expect(stringToSign('acct', request)).toBe(
    `GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:Sat, 21 Nov 2026 23:00:00 GMT\n/acct/applications` +
      `\napi-version:${apiVersion}\nmaxresults:1`,
  );
});

test.each([
  ['applications', { path: '/applications' }],
  ['jobs with a selection', { path: '/jobs', query: { $select: 'id', 'api-version': '2025-06-01', maxresults: '1' } }],
  ['supported images', { path: '/supportedimages' }],
  ['a date a quarter of an hour ago', { date: new Date('2026-11-22T09:45:00Z') }],
])('a signed request for %s is answered with a list', async (_, asked: Asked) => {
  expect(await (await setUp()).ask(asked)).toMatchObject({ status: 200, value: expect.any(Array) as unknown });
});

test.each([
  ['a wrong key', { key: 'AAAA' }, 403, 'AuthenticationFailed'],
  ['another account’s name', { signedAs: 'other' }, 403, 'AuthenticationFailed'],
  ['a date too long ago', { date: new Date('2026-11-22T09:44:59Z') }, 403, 'AuthenticationFailed'],
  ['a date too far ahead', { date: new Date('2026-11-22T10:15:01Z') }, 403, 'AuthenticationFailed'],
  ['no api-version', { query: {} }, 400, 'MissingRequiredQueryParameter'],
  ['an unknown api-version', { query: { 'api-version': '2024-07-01' } }, 400, 'UnsupportedRequestVersion'],
  [
    'too large a page',
    { query: { 'api-version': apiVersion, maxresults: '1001' } },
    400,
    'OutOfRangeQueryParameterValue',
  ],
])('a request with %s is refused', async (_, asked: Asked, status, code) => {
  expect(await (await setUp()).ask(asked)).toMatchObject({ status, code });
});

test('the error for a wrong key repeats the signature, which counts as issued', async () => {
  const { azure, ask } = await setUp();
  const { detail = '' } = await ask({ key: 'AAAA' });
  const [, signature = ''] =
    /^The MAC signature found in the HTTP request '([^']+)' is not the same/.exec(detail) ?? [];
  expect(azure.core.issued).toContain(signature);
});

test.each([
  ['no credential at all', {}, 401],
  ['an unknown form', { authorization: 'SharedKeyLite acct:AAAA' }, 403],
  ['a signature without a date', { authorization: 'SharedKey acct:AAAA' }, 403],
])('a request with %s is refused', async (_, headers, status) => {
  const { azure } = await setUp();
  const request = new Request(`${host}/applications?api-version=${apiVersion}`, { headers: new Headers(headers) });
  expect(await outcome(await azure.handle(request))).toMatchObject({ status, code: 'AuthenticationFailed' });
});

test('an account without SharedKey refuses a valid signature with a reason', async () => {
  const { ask } = await setUp({ allowedAuthenticationModes: ['AAD'] });
  const detail = 'The specified type of authentication SharedKey is not allowed for this account.';
  expect(await ask()).toMatchObject({ status: 403, code: 'AuthenticationFailed', detail });
});

test.each([
  ['network rules that deny', { networkDefaultAction: 'Deny' as const }],
  ['no public network access', { publicNetworkAccess: 'Disabled' as const }],
])('%s refuse with a code of their own, whatever the key', async (_, wanted) => {
  expect(await (await setUp(wanted)).ask({ key: 'AAAA' })).toMatchObject({ status: 403, code: 'AuthorizationFailure' });
});

test.each([
  { says: 'at once', timing: {}, afterMs: 0, oldKey: 403, newKey: 200 },
  { says: 'with a gap before acceptAfterMs', timing: { acceptAfterMs: 9 }, afterMs: 8, oldKey: 403, newKey: 403 },
  { says: 'after acceptAfterMs', timing: { acceptAfterMs: 9 }, afterMs: 9, oldKey: 403, newKey: 200 },
  { says: 'with both during acceptReplacedMs', timing: { acceptReplacedMs: 9 }, afterMs: 8, oldKey: 200, newKey: 200 },
  { says: 'after acceptReplacedMs', timing: { acceptReplacedMs: 9 }, afterMs: 9, oldKey: 403, newKey: 200 },
])('a regenerated key takes over $says', async ({ timing, afterMs, oldKey, newKey }) => {
  const { azure, account, ask } = await setUp({ timing });
  const old = keyOf(account);
  issueKey(azure.core, account, 'Primary');
  azure.clock.advance(afterMs);
  expect([(await ask({ key: old })).status, (await ask()).status]).toEqual([oldKey, newKey]);
});
