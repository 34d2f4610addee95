import type { BatchAccount, EncryptionProperties } from '@azure/arm-batch';
import { calling } from '../../azure/errors.ts';
import { Failure } from '../../model/operationError.ts';
import { assertAnswers } from '../accountAccess.ts';
import { armId } from '../../azure/armId.ts';
import { byService, keyIdentifier, normalisedKey } from './keyIdentifier.ts';
import { refusedKey } from './keyGrant.ts';
import type { Means, View } from '../provider.ts';

/** The Batch account, as far as its encryption goes. */
export async function accountOf(means: Means, view: View): Promise<BatchAccount> {
  const { account, at } = reach(means, view);
  return asking(() => account.get(...at));
}

/** What encrypts it, in one spelling. */
export function usedBy({ encryption }: BatchAccount): string {
  const text = encryption?.keyVaultProperties?.keyIdentifier;
  return encryption?.keySource === 'Microsoft.KeyVault' && text ? (normalisedKey(text) ?? text) : byService;
}

/** PATCH: what encrypts it from now on. A refusal leaves it as it was. */
export async function encryptBy(means: Means, view: View, text: string): Promise<void> {
  const { account, at } = reach(means, view);
  const byKey: EncryptionProperties = {
    keySource: 'Microsoft.KeyVault',
    keyVaultProperties: { keyIdentifier: text },
  };
  const encryption: EncryptionProperties = text === byService ? { keySource: byService } : byKey;
  try {
    await asking(() => account.update(...at, { encryption }));
  } catch (error) {
    throw error instanceof Failure ? await refusedKey(means, error, keyIdentifier(text)) : error;
  }
}

/** Its GET is answered even where it has lost its key; all but its deletion is refused (azure-facts 1.3). */
export async function assertKeyHeld(means: Means, view: View): Promise<void> {
  await asking(() => assertAnswers(means, view));
}

/** The documented code of a disabled account. */
async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await calling(call);
  } catch (error) {
    const isLost = error instanceof Failure && error.detail.code === 'AccountIsDisabled';
    throw isLost ? new Failure('key-access-lost', error.detail) : error;
  }
}

function reach({ clients }: Means, { target }: View) {
  const { subscription, group, name } = armId(target.resource);
  return { account: clients.batch(subscription).batchAccountOperations, at: [group, name] as const };
}
