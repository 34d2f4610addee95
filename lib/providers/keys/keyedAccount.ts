import type { BatchAccount, EncryptionProperties } from '@azure/arm-batch';
import { OperationError } from '../../model/operationError.ts';
import { assertAccountAnswers } from '../accountAccess.ts';
import { parseArmId } from '../../model/armId.ts';
import { byService, keyIdentifier, normalisedKey } from './keyIdentifier.ts';
import { refusedKey } from './keyGrant.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';

/** The Batch account, as far as its encryption goes. */
export async function accountOf(deps: ProviderDeps, input: ProviderInput): Promise<BatchAccount> {
  const { account, at } = reach(deps, input);
  return asking(() => account.get(...at));
}

/** What encrypts it, in one spelling. */
export function usedBy({ encryption }: BatchAccount): string {
  const text = encryption?.keyVaultProperties?.keyIdentifier;
  return encryption?.keySource === 'Microsoft.KeyVault' && text ? (normalisedKey(text) ?? text) : byService;
}

/** PATCH: what encrypts it from now on. A refusal leaves it as it was. */
export async function encryptBy(deps: ProviderDeps, input: ProviderInput, text: string): Promise<void> {
  const { account, at } = reach(deps, input);
  const byKey: EncryptionProperties = {
    keySource: 'Microsoft.KeyVault',
    keyVaultProperties: { keyIdentifier: text },
  };
  const encryption: EncryptionProperties = text === byService ? { keySource: byService } : byKey;
  try {
    await asking(() => account.update(...at, { encryption }));
  } catch (error) {
    throw error instanceof OperationError ? await refusedKey(deps, error, keyIdentifier(text)) : error;
  }
}

/**
 * Its GET is answered even where it has lost its key; all but its deletion is refused (azure-facts: Batch encryption).
 */
export async function assertKeyHeld(deps: ProviderDeps, input: ProviderInput): Promise<void> {
  await asking(() => assertAccountAnswers(deps, input));
}

/** The documented code of a disabled account. */
async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const isLost = error instanceof OperationError && error.detail.code === 'AccountIsDisabled';
    throw isLost ? new OperationError('key-access-lost', error.detail) : error;
  }
}

function reach({ clients }: ProviderDeps, { target }: ProviderInput) {
  const { subscription, group, name } = parseArmId(target.resource);
  return { account: clients.batch(subscription).batchAccountOperations, at: [group, name] as const };
}
