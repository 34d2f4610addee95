import { z } from 'zod';
import { principalsOf } from './identity.ts';
import type { AccountIdentity } from './identity.ts';
import type { KeyAccess } from './keyAccess.ts';
import { batchRefusal, invalidProperty } from './refusal.ts';

export type Encryption =
  | { readonly keySource: 'Microsoft.Batch' }
  | { readonly keySource: 'Microsoft.KeyVault'; readonly keyVaultProperties: { readonly keyIdentifier: string } };

export const encryptionBody = z.strictObject({
  keySource: z.enum(['Microsoft.Batch', 'Microsoft.KeyVault']).optional(),
  keyVaultProperties: z.strictObject({ keyIdentifier: z.string() }).optional(),
});

export const byService: Encryption = { keySource: 'Microsoft.Batch' };

/**
 * What a PATCH makes of it: a key alone replaces a key
 * (https://learn.microsoft.com/azure/batch/batch-customer-managed-key); the code is the one of Azure/azure-cli#24007.
 */
export function encryptionAfter(old: Encryption, patch: z.infer<typeof encryptionBody>): Encryption {
  const { keySource = old.keySource, keyVaultProperties } = patch;
  if (keySource === 'Microsoft.Batch') {
    if (keyVaultProperties) throw invalidProperty('keyVaultProperties', 'The key source is Microsoft.Batch.');
    return byService;
  }
  if (!keyVaultProperties) {
    throw batchRefusal(400, 'MissingRequiredProperty', 'A required property is missing in the body.', {
      PropertyName: 'keyVaultProperties',
      PropertyPath: 'properties.encryption.keyVaultProperties',
    });
  }
  if (!/^https:\/\/[^/]+\/keys\/[\w-]+(\/\w+)?$/.test(keyVaultProperties.keyIdentifier)) {
    throw invalidProperty('keyIdentifier', 'It is not the identifier of a key.');
  }
  return { keySource, keyVaultProperties };
}

interface Wanted {
  readonly cmkAllowed: boolean;
  readonly identity: AccountIdentity;
  readonly encryption: Encryption;
}

/** Throws unless one of the account's identities may use the key. The codes are ours: nobody documents them. */
export function assertKeyUsable(keys: KeyAccess, { cmkAllowed, identity, encryption }: Wanted): void {
  if (encryption.keySource === 'Microsoft.Batch') return;
  if (!cmkAllowed) {
    const message = 'Customer-managed keys are only supported for new Batch accounts.';
    throw batchRefusal(400, 'CustomerManagedKeysNotSupported', message);
  }
  const principals = principalsOf(identity);
  if (principals.length === 0) {
    throw batchRefusal(400, 'IdentityRequired', 'Customer-managed keys need an account with an identity.');
  }
  const { keyIdentifier } = encryption.keyVaultProperties;
  const answers = principals.map((principalId) => keys.canWrap(keyIdentifier, principalId));
  if (answers.includes('yes')) return;
  const message = 'No identity of the account can get the key, wrap and unwrap with it.';
  throw batchRefusal(400, 'InvalidKeyVaultKey', message, { Reason: answers.join(', ') });
}
