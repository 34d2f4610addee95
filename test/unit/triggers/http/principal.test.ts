import { HttpRequest } from '@azure/functions';
import { callerName, hasRole, refuseWithout } from '../../../../lib/triggers/http/principal.ts';

const claims = 'http://schemas.microsoft.com/ws/2008/06/identity/claims';
const role = 'ActionGroupsSecureWebhook';

/** The status of the refusal of a caller whose token App Service authentication describes so. */
function refusal(principal?: string): number | undefined {
  return refuseWithout([role, 'Rotation.Operator'], requestBy(principal))?.status;
}

function requestBy(principal?: string): HttpRequest {
  const headers = principal === undefined ? {} : { 'x-ms-client-principal': principal };
  return new HttpRequest({ method: 'POST', url: 'https://app.example/api/notices', headers });
}

function encoded(found: unknown): string {
  return Buffer.from(JSON.stringify(found)).toString('base64');
}

function withClaims(...found: object[]): string {
  return encoded({ auth_typ: 'aad', claims: found, name_typ: 'name', role_typ: 'roles' });
}

test.each([
  ['under its short name', withClaims({ typ: 'roles', val: role })],
  ['under its long name', withClaims({ typ: `${claims}/role`, val: role })],
  ['among others', withClaims({ typ: 'aud', val: 'x' }, { typ: 'roles', val: 'Other' }, { typ: 'roles', val: role })],
])('the role %s is enough', (_sentence, principal) => {
  expect(refusal(principal)).toBeUndefined();
});

test.each([
  ['nobody', undefined],
  ['an empty header', ''],
])('%s is not authenticated: 401', (_sentence, principal) => {
  expect(refusal(principal)).toBe(401);
});

test.each([
  ['another role', withClaims({ typ: 'roles', val: 'Reader' })],
  ['a role that only begins alike', withClaims({ typ: 'roles', val: `${role}2` })],
  ['the role under another claim', withClaims({ typ: 'name', val: role })],
  ['the role under a claim that only ends alike', withClaims({ typ: 'myroles', val: role })],
  ['no claims', withClaims()],
  ['claims that are none', encoded({ claims: role })],
  ['a claim without a type', withClaims({ val: role })],
  ['a word', encoded(role)],
  ['no JSON', Buffer.from('{').toString('base64')],
  ['no base64', '%%%'],
])('%s may not: 403', (_sentence, principal) => {
  expect(refusal(principal)).toBe(403);
});

test('R28: either role is enough, and which one it is can be asked', () => {
  const operator = withClaims({ typ: 'roles', val: 'Rotation.Operator' });
  expect(refusal(operator)).toBeUndefined();
  expect(hasRole('Rotation.Operator', requestBy(operator))).toBe(true);
  expect(hasRole('Rotation.Operator', requestBy(withClaims({ typ: 'roles', val: role })))).toBe(false);
});

test.each([
  [
    'a person by their sign-in name',
    [
      { typ: 'name', val: 'Anna' },
      { typ: 'preferred_username', val: 'anna@contoso.com' },
    ],
    'anna@contoso.com',
  ],
  ['a person by the long claim', [{ typ: `${claims}/upn`, val: 'anna@contoso.com' }], 'anna@contoso.com'],
  [
    'a program by its id',
    [{ typ: 'appid', val: '5ab5c000-0000-4000-8000-000000000001' }],
    '5ab5c000-0000-4000-8000-000000000001',
  ],
  ['letters of any script', [{ typ: 'name', val: 'Zoë Müller' }], 'Zoë Müller'],
  ['no line of a log', [{ typ: 'name', val: 'a\n{"type":"Keyturn"}<b>' }], 'atypeKeyturnb'],
  ['a hundred characters at most', [{ typ: 'name', val: 'a'.repeat(500) }], 'a'.repeat(100)],
  ['nothing', [], 'unknown'],
])('R28: a caller is named: %s', (_sentence, found, name) => {
  expect(callerName(requestBy(withClaims(...found)))).toBe(name);
});
