import { identityId } from '../../keyVaultExtension.ts';
import { codeOf, startWithBatch } from '../../support.ts';

const text: unknown = expect.any(String);

test.each([
  { says: 'no identity', identity: { type: 'None' }, shown: { type: 'None' } },
  {
    says: 'a system-assigned identity',
    identity: { type: 'SystemAssigned' },
    shown: { type: 'SystemAssigned', principalId: text, tenantId: text },
  },
  {
    says: 'a user-assigned identity',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } },
    shown: {
      type: 'UserAssigned',
      userAssignedIdentities: { [identityId]: { principalId: text, clientId: text } },
    },
  },
] as const)('an account is made with $says, or gets it by a patch', async ({ identity, shown }) => {
  const { client } = await startWithBatch({ identity });
  expect((await client.batchAccountOperations.get('Group', 'acct')).identity).toEqual(shown);
  const { client: other } = await startWithBatch();
  expect((await other.batchAccountOperations.update('Group', 'acct', { identity })).identity).toEqual(shown);
});

test('a patch changes only the properties that it names', async () => {
  const { client } = await startWithBatch({ tags: { team: 'a' } });
  const { batchAccountOperations: accounts } = client;
  const before = await accounts.get('Group', 'acct');
  const after = await accounts.update('Group', 'acct', {
    publicNetworkAccess: 'Disabled',
    networkProfile: { accountAccess: { defaultAction: 'Deny' } },
    allowedAuthenticationModes: ['AAD'],
  });
  expect(after).toMatchObject({
    publicNetworkAccess: 'Disabled',
    networkProfile: { accountAccess: { defaultAction: 'Deny' } },
    allowedAuthenticationModes: ['AAD'],
    tags: { team: 'a' },
    encryption: before.encryption,
  });
  expect((await accounts.update('Group', 'acct', { tags: { team: 'b' } })).tags).toEqual({ team: 'b' });
});

test('a patch of an unsupported property is refused', async () => {
  const { client } = await startWithBatch();
  const patch = { autoStorage: { storageAccountId: '/subscriptions/s/x' } };
  expect(await codeOf(client.batchAccountOperations.update('Group', 'acct', patch))).toBe('InvalidRequestBody');
});

test('an identity with an invalid id is refused', async () => {
  const { client } = await startWithBatch();
  const identity = { type: 'UserAssigned', userAssignedIdentities: { mine: {} } } as const;
  expect(await codeOf(client.batchAccountOperations.update('Group', 'acct', { identity }))).toBe('InvalidRequestBody');
});
