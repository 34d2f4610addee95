import { principalsOf } from '../../azure-emulator/src/index.ts';
import type { BatchAccount } from '../../azure-emulator/src/index.ts';
import { dayMs, place } from '../targets.ts';
import type { Ground } from './ground.ts';

/** A Batch account that a key of the vault encrypts, as the documents want both: the account itself may use the key. */
export async function encryptedAccount(
  { azure, scene: { vault } }: Pick<Ground, 'azure' | 'scene'>,
  name: string,
  key: string,
): Promise<BatchAccount> {
  vault.purgeProtection = true;
  const { version } = vault.createKey(key, { createdOn: new Date(Date.now() - 61 * dayMs) });
  const keyIdentifier = `${vault.uri}/keys/${key}/${version}`;
  const encryption = { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier } } as const;
  const account = await azure.createBatchAccount({ ...place, name, identity: { type: 'SystemAssigned' }, encryption });
  for (const id of principalsOf(account.identity)) vault.grants.set(id, new Set(['get', 'wrapKey', 'unwrapKey']));
  return account;
}
