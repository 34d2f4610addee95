import { day, later, minute } from '../../lib/model/clock.ts';
import { wired } from '../wired.ts';

async function stage(env: Record<string, string> = {}) {
  const b = await wired(env);
  b.vault.purgeProtection = true;
  const key = b.vault.createKey('cmk', { kty: 'RSA', size: 2048, createdOn: later(b.clock.now(), -61 * day) });
  const account = await b.newBatch({ identity: { type: 'SystemAssigned' }, cmkAllowed: true });
  const principal = account.identity.type === 'SystemAssigned' ? account.identity.principalId : '';
  b.vault.grants.set(principal, new Set(['get', 'wrapKey', 'unwrapKey']));
  const first = `${b.vault.uri}/keys/cmk/${key.version}`;
  account.encryption = { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier: first } };
  return { b, account, first };
}

function inUse({ encryption }: Awaited<ReturnType<typeof stage>>['account']): string {
  return encryption.keySource === 'Microsoft.KeyVault' ? encryption.keyVaultProperties.keyIdentifier : 'Microsoft.Batch';
}

const tags = { RotationKind: 'batch-cmk', CredentialId: '' };

test('a due account gets a new version of its key', async () => {
  const { b, account, first } = await stage();
  b.newSecret(account, { value: first, tags });
  await b.live(20 * minute);
  expect(inUse(account)).not.toBe(first);
  expect(b.vault.current('secret')?.value).toBe(inUse(account));
  expect(b.tags()['RotationPhase']).toBe('idle');
});
