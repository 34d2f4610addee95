import { mayReadByPolicy, mayReadByRole, type Assignment, type Policy } from '../../../lib/pools/vaultGrants.ts';

const nodes = 'nodes';
const subscription = '/subscriptions/s';
const group = `${subscription}/resourcegroups/g`;
const vault = `${group}/providers/microsoft.keyvault/vaults/kv`;
const secret = `${vault}/secrets/tls`;

const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';
const certificatesOfficer = 'a4417e6f-fecd-4de8-b567-7b0420556985';
const made = '5ab5c000-0000-4000-8000-00000000000c';

function assigned(more: Partial<Assignment> = {}): Assignment {
  const whom = { principalId: nodes, principalType: 'serviceprincipal' };
  return { ...whom, role: secretsUser, scope: vault, condition: '', ...more };
}

/** An assignment of another principal, which shows that those to the subscription are readable. */
const seen = assigned({ principalId: 'somebody', scope: subscription });

test.each([
  ['on the secret', { scope: secret }],
  ['on the vault', {}],
  ['on its group', { scope: group }],
  ['on its subscription', { scope: subscription }],
  ['on the tenant', { scope: '/' }],
  ['as Key Vault Secrets Officer', { role: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7' }],
  ['as Key Vault Administrator', { role: '00482a5a-887f-4fb3-b363-3b7fe8e74483' }],
  ['as Key Vault Certificate User', { role: 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba' }],
])('a role that reads %s is enough', (_sentence, more) => {
  expect(mayReadByRole([assigned(more)], nodes, secret)).toBe(true);
});

test.each([
  ['has no role at all', []],
  ['has a role that reads on another vault', [assigned({ scope: `${vault}2` })]],
  ['has a role that reads on another secret', [assigned({ scope: `${vault}/secrets/other` })]],
  ['has a role that reads on another group', [assigned({ scope: `${subscription}/resourcegroups/other` })]],
  ['has only roles that read no secrets', [assigned({ role: certificatesOfficer })]],
  ['sees others in their place', [assigned({ principalId: 'other' })]],
])('who %s may not', (_sentence, shown) => {
  expect(mayReadByRole([seen, ...shown], nodes, secret)).toBe(false);
});

test.each([
  ['nothing is shown', []],
  ['only what is assigned to the vault itself is shown', [assigned({ role: certificatesOfficer })]],
  ['a role is a custom one', [seen, assigned({ role: made })]],
  ['a group may read, and its members are unknown', [seen, assigned({ principalId: 'g', principalType: 'group' })]],
  ['a role has a condition', [seen, assigned({ condition: '@Resource[…]' })]],
  [
    'a role is assigned to a management group, which may be another’s',
    [seen, assigned({ scope: '/providers/microsoft.management/managementgroups/m' })],
  ],
])('where %s, nothing is said', (_sentence, shown) => {
  expect(mayReadByRole(shown, nodes, secret)).toBeUndefined();
});

function policy(secrets: string[], certificates: string[], objectId = nodes): Policy {
  return { objectId, permissions: { secrets, certificates } };
}

test.each<[string, Policy[], boolean]>([
  ['get on both may', [policy(['get'], ['get'])], true],
  ['all on both may', [policy(['all'], ['all'])], true],
  ['get, in its own spelling, and more may', [policy(['List', 'Get'], ['Get'], 'NODES')], true],
  ['get on certificates only may not', [policy([], ['get'])], false],
  ['get on secrets only may not', [policy(['get'], [])], false],
  ['list may not', [policy(['list'], ['list'])], false],
  ['a policy of another principal may not', [policy(['get'], ['get'], 'other')], false],
  ['no policy may not', [], false],
])('by access policies, who has %s', (_sentence, policies, may) => {
  expect(mayReadByPolicy(policies, nodes)).toBe(may);
});
