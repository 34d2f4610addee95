import type { BatchAccount, EncryptionProperties } from '@azure/arm-batch';
import { parseArmId } from '../../model/armId.ts';
import type { Check } from '../../model/check.ts';
import { nameOf, namesSecret, secretTag } from '../../model/naming.ts';
import { OperationError } from '../../model/operationError.ts';
import { assertAccountAnswers } from '../accountAccess.ts';
import type { ProviderDeps, ProviderInput, SendOwn } from '../provider.ts';
import { refusedKey } from './keyGrant.ts';
import { byService, keyIdentifier, normalisedKey } from './keyIdentifier.ts';

/** Reads the Batch account. */
export async function accountOf(deps: ProviderDeps, input: ProviderInput): Promise<BatchAccount> {
  const { api, path } = operations(deps, input);
  return withLostKey(api.get(...path));
}

/** Returns why nothing may be done to the account for this secret: its owner named no secret, or another one. */
export function namingRefusal({ tags }: BatchAccount, input: ProviderInput): Check | undefined {
  if (namesSecret(tags, input.target.secret)) return undefined;
  const detail = tagCommand(input, `${secretTag}=${nameOf(input.target.secret)}`);
  return { is: 'invalid', reason: 'not-named-by-resource', detail };
}

/** Returns the command by which the owner of the account sets a tag, and leaves the other tags as they are. */
export function tagCommand({ target }: ProviderInput, tag: string): string {
  return `az tag update --resource-id '${target.resource}' --operation Merge --tags '${tag}'`;
}

/** Returns what encrypts the account, in one spelling. */
export function usedBy({ encryption }: BatchAccount): string {
  const text = encryption?.keyVaultProperties?.keyIdentifier;
  return encryption?.keySource === 'Microsoft.KeyVault' && text ? (normalisedKey(text) ?? text) : byService;
}

/** Names by a PATCH what encrypts the account from now on, and returns the account. A refusal leaves it as it was. */
export async function encryptBy(
  deps: ProviderDeps,
  input: ProviderInput,
  text: string,
  own: SendOwn,
): Promise<BatchAccount> {
  const { api, path } = operations(deps, input);
  const encryption: EncryptionProperties =
    text === byService
      ? { keySource: byService }
      : { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier: text } };
  try {
    return await withLostKey(own(() => api.update(...path, { encryption })));
  } catch (error) {
    throw error instanceof OperationError ? await refusedKey(deps, error, keyIdentifier(text)) : error;
  }
}

/**
 * Throws if the account lost its key. Its GET is answered even then, while everything but its deletion is refused
 * (azure-facts: Batch encryption).
 */
export async function assertKeyHeld(deps: ProviderDeps, input: ProviderInput): Promise<void> {
  await withLostKey(assertAccountAnswers(deps, input));
}

/** Reads the documented code of an account that is disabled as the loss of its key. */
async function withLostKey<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const isLost = error instanceof OperationError && error.detail.code === 'AccountIsDisabled';
    throw isLost ? new OperationError('key-access-lost', error.detail) : error;
  }
}

function operations({ clients }: ProviderDeps, { target }: ProviderInput) {
  const { subscription, group, name } = parseArmId(target.resource);
  return { api: clients.batch(subscription).batchAccountOperations, path: [group, name] as const };
}
