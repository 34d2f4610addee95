import { principalsOf } from '../../azure-emulator/src/index.ts';
import type { BatchAccount, LocalAzure, Vault } from '../../azure-emulator/src/index.ts';
import { vaultReaders } from '../consumers.ts';
import { startCalling, waitFor } from '../context.ts';
import type { DemoContext } from '../context.ts';
import { formatDuration } from '../report.ts';
import { currentKey, dayMs, place, putFreshSecret, versionTarget } from '../targets.ts';
import { replacementPromises, waitForResult } from './story.ts';
import type { Story } from './story.ts';

const key = 'archiving-cmk';

/** A person makes a new version of the key that encrypts a Batch account, and does nothing else. */
export async function prepareCustomerKey(context: DemoContext): Promise<Story> {
  const { azure, vault, print } = context;
  const title = 'customer-managed key rotated';
  const account = await createEncryptedAccount({ azure, vault }, 'archiving', key);
  const identifier = account.customerKey.inUse() ?? '';
  const target = versionTarget('archiving-key-id', account, 'batch-cmk', identifier);
  putFreshSecret(vault, target);
  return {
    ...{ title, target },
    async run() {
      const consumers = await startCalling(context, vaultReaders(context, target, { holdMs: 200, count: 2 }));
      const sinceMs = Date.now();
      print(target.secret, 'a person makes a new version of the key; the account still uses the old one');
      vault.keys.rotate(key);
      await waitFor(context, `${account.name} on the new version`, () =>
        account.customerKey.inUse() === identifier ? undefined : true,
      );
      print(target.secret, `the account uses the new version after ${formatDuration(Date.now() - sinceMs)}`);
      const eventType = 'Microsoft.KeyVault.KeyNewVersionCreated';
      const result = await waitForResult(context, { title, target, eventType, sinceMs, consumers });
      const promises = {
        ...result.promises,
        'no call finds the account without its key': result.failedCalls === 0,
        'the account uses the version in the secret': account.customerKey.inUse() === currentKey(vault, target),
        ...replacementPromises(context, target, vault.keys.versions(key)),
      };
      return { ...result, promises };
    },
  };
}

/** Creates a Batch account that a key of the vault encrypts. The account's own identity may use the key. */
export async function createEncryptedAccount(
  { azure, vault }: { readonly azure: LocalAzure; readonly vault: Vault },
  name: string,
  keyName: string,
): Promise<BatchAccount> {
  vault.purgeProtection = true;
  const { version } = vault.createKey(keyName, { createdOn: new Date(Date.now() - 61 * dayMs) });
  const keyIdentifier = `${vault.uri}/keys/${keyName}/${version}`;
  const encryption = { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier } } as const;
  const account = await azure.createBatchAccount({ ...place, name, identity: { type: 'SystemAssigned' }, encryption });
  for (const id of principalsOf(account.identity)) vault.grants.set(id, new Set(['get', 'wrapKey', 'unwrapKey']));
  return account;
}
