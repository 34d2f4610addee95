import { codeOf, encryptionWith, startWithEncryptedAccount } from '../../support.ts';

type Encrypted = Awaited<ReturnType<typeof startWithEncryptedAccount>>;
type Act = (staged: Encrypted) => unknown;

const losses: { says: string; lose: Act; restore: Act }[] = [
  {
    says: 'disabled',
    lose: ({ vault, version }) => vault.keys.update('cmk', { enabled: false }, version),
    restore: ({ vault, version }) => vault.keys.update('cmk', { enabled: true }, version),
  },
  {
    says: 'deleted',
    lose: ({ vault }) => vault.keys.delete('cmk'),
    restore: ({ vault }) => vault.keys.recover('cmk'),
  },
  {
    says: 'forbidden',
    lose: ({ vault }) => (vault.rules.firewall = true),
    restore: ({ vault }) => (vault.rules.firewall = false),
  },
];

test.each(losses)('an account whose key is $says can only be read', async ({ lose, restore }) => {
  const staged = await startWithEncryptedAccount();
  const { azure, account, client } = staged;
  const pool = azure.createPool(account, { name: 'pool', nodes: 1 });
  pool.nodes[0]?.become('running');
  lose(staged);
  expect((await client.batchAccountOperations.get('Group', 'acct')).encryption).toEqual(account.encryption);
  const refused = [
    client.batchAccountOperations.update('Group', 'acct', { encryption: { keySource: 'Microsoft.Batch' } }),
    client.batchAccountOperations.getKeys('Group', 'acct'),
    client.batchAccountOperations.regenerateKey('Group', 'acct', { keyName: 'Primary' }),
    client.poolOperations.get('Group', 'acct', 'pool'),
    client.poolOperations.update('Group', 'acct', 'pool', { metadata: [] }),
  ];
  expect(new Set(await Promise.all(refused.map(codeOf)))).toEqual(new Set(['AccountIsDisabled']));
  expect(pool.nodes[0]?.status.state).toBe('unusable');
  restore(staged);
  azure.clock.advance(599_999);
  expect(await codeOf(client.batchAccountOperations.getKeys('Group', 'acct'))).toBe('AccountIsDisabled');
  azure.clock.advance(1);
  expect(await codeOf(client.batchAccountOperations.getKeys('Group', 'acct'))).toBe('accepted');
  expect(pool.nodes[0]?.status.state).toBe('unusable');
  azure.clock.advance(60_000);
  expect(pool.nodes[0]?.status).toEqual({ state: 'running', sinceMs: azure.clock.now().getTime() });
});

test('losing an older version than the one in use changes nothing', async () => {
  const { account, vault, keyIdentifier, version } = await startWithEncryptedAccount();
  const { version: second } = vault.keys.rotate('cmk');
  account.encryption = encryptionWith(`${keyIdentifier}/${second}`);
  vault.keys.update('cmk', { enabled: false }, version);
  expect(account.customerKey.isUsable()).toBe(true);
});

test('an expired key still counts as access', async () => {
  const { account, azure, vault } = await startWithEncryptedAccount();
  vault.keys.update('cmk', { expiresOn: azure.clock.now() });
  expect(account.customerKey.isUsable()).toBe(true);
});
