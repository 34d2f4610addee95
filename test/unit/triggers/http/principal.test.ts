import { HttpRequest } from '@azure/functions';
import { refusePrincipal } from '../../../../lib/triggers/http/principal.ts';

const claims = 'http://schemas.microsoft.com/ws/2008/06/identity/claims';
const role = 'ActionGroupsSecureWebhook';

/** The status of the refusal of a caller whose token App Service authentication describes so. */
function refusal(principal?: string): number | undefined {
  const headers = principal === undefined ? {} : { 'x-ms-client-principal': principal };
  const request = new HttpRequest({ method: 'POST', url: 'https://app.example/api/notices', headers });
  return refusePrincipal(request)?.status;
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
