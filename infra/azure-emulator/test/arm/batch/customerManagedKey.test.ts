import type { Encryption } from '../../../src/arm/batch/state.ts';
import { identityId } from '../../keyVaultExtension.ts';
import { codeOf, encryptionWith, grantKeyAccess, startWithBatch, startWithEncryptedAccount } from '../../support.ts';
import type { BatchEmulator } from '../../support.ts';

function patch({ client }: BatchEmulator, encryption: object) {
  return client.batchAccountOperations.update('Group', 'acct', { encryption });
}

test.each(['with', 'without'])('an account moves to a new version, named by an identifier %s one', async (how) => {
  const staged = await startWithEncryptedAccount();
  const { version } = staged.vault.keys.rotate('cmk');
  const wanted = encryptionWith(how === 'with' ? `${staged.keyIdentifier}/${version}` : staged.keyIdentifier);
  expect(await patch(staged, wanted)).toMatchObject({ encryption: wanted, provisioningState: 'Succeeded' });
  expect(staged.account.customerKey.inUse()).toBe(`${staged.keyIdentifier}/${version}`);
});

test('a key alone replaces the key', async () => {
  const staged = await startWithEncryptedAccount();
  const { keyVaultProperties } = encryptionWith(`${staged.keyIdentifier}/${staged.vault.keys.rotate('cmk').version}`);
  expect((await patch(staged, { keyVaultProperties })).encryption?.keyVaultProperties).toEqual(keyVaultProperties);
});

test('an account goes back to keys of the service at any time', async () => {
  const staged = await startWithEncryptedAccount();
  expect((await patch(staged, { keySource: 'Microsoft.Batch' })).encryption).toEqual({ keySource: 'Microsoft.Batch' });
  staged.vault.keys.delete('cmk');
  expect(staged.account.customerKey.isUsable()).toBe(true);
});

test('a user-assigned identity is enough', async () => {
  const identity = { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } } as const;
  const staged = await startWithEncryptedAccount({ identity });
  const wanted = encryptionWith(`${staged.keyIdentifier}/${staged.vault.keys.rotate('cmk').version}`);
  expect((await patch(staged, wanted)).encryption).toEqual(wanted);
});

interface Refusal {
  readonly says: string;
  readonly wanted?: Parameters<typeof startWithBatch>[0];
  readonly before?: (staged: BatchEmulator) => void;
  readonly encryption?: (keyIdentifier: string) => object;
  readonly code: string;
}

test.each<Refusal>([
  { says: 'an account made without them', wanted: { cmkAllowed: false }, code: 'CustomerManagedKeysNotSupported' },
  { says: 'an account without identity', wanted: { identity: { type: 'None' } }, code: 'IdentityRequired' },
  {
    says: 'an identity that may not unwrap',
    before: ({ vault }) => {
      for (const principal of vault.grants.keys()) vault.grants.set(principal, new Set(['get', 'wrapKey']));
    },
    code: 'InvalidKeyVaultKey',
  },
  {
    says: 'a disabled key',
    before: ({ vault }) => void vault.keys.update('new', { enabled: false }),
    code: 'InvalidKeyVaultKey',
  },
  {
    says: 'an EC key',
    before: ({ vault }) => void vault.createKey('new', { kty: 'EC' }),
    code: 'InvalidKeyVaultKey',
  },
  {
    says: 'a key that is not there',
    encryption: (keyIdentifier) => encryptionWith(`${keyIdentifier}x`),
    code: 'InvalidKeyVaultKey',
  },
  {
    says: 'the identifier of a secret',
    encryption: () => encryptionWith('https://kv1.vault.azure.net/secrets/cmk'),
    code: 'InvalidPropertyValue',
  },
  { says: 'no key at all', encryption: () => ({ keySource: 'Microsoft.KeyVault' }), code: 'MissingRequiredProperty' },
  {
    says: 'a key beside keys of the service',
    encryption: (keyIdentifier) => ({ ...encryptionWith(keyIdentifier), keySource: 'Microsoft.Batch' }),
    code: 'InvalidPropertyValue',
  },
])('$says is refused and changes nothing', async ({ wanted, before, encryption = encryptionWith, code }) => {
  const staged = await startWithBatch({ identity: { type: 'SystemAssigned' }, cmkAllowed: true, ...wanted });
  const old: Encryption = staged.account.encryption;
  staged.vault.createKey('new');
  if (staged.account.identity.type !== 'None') grantKeyAccess(staged.vault, staged.account);
  before?.(staged);
  expect(await codeOf(patch(staged, encryption(`${staged.vault.uri}/keys/new`)))).toBe(code);
  expect(staged.account.encryption).toBe(old);
});

test('an identity that the key needs cannot be taken away', async () => {
  const { client } = await startWithEncryptedAccount();
  const refused = client.batchAccountOperations.update('Group', 'acct', { identity: { type: 'None' } });
  expect(await codeOf(refused)).toBe('IdentityRequired');
});

test('the service follows the newest enabled version of a versionless identifier once a day', async () => {
  const { account, azure, vault, keyIdentifier, version: first } = await startWithEncryptedAccount();
  account.encryption = encryptionWith(keyIdentifier);
  expect(account.customerKey.inUse()).toBe(`${keyIdentifier}/${first}`);
  const { version: second } = vault.keys.rotate('cmk');
  const { version: third } = vault.keys.rotate('cmk');
  vault.keys.update('cmk', { enabled: false }, third);
  azure.clock.advance(86_399_999);
  expect(account.customerKey.inUse()).toBe(`${keyIdentifier}/${first}`);
  azure.clock.advance(1);
  expect(account.customerKey.inUse()).toBe(`${keyIdentifier}/${second}`);
});
