import type { KeyVaultKey } from '@azure/keyvault-keys';
import type { Reason } from '../../model/reason.ts';

/**
 * What a Batch account wants of a key that encrypts it (azure-facts: Batch encryption, and
 * learn.microsoft.com/azure/batch/batch-customer-managed-key): the first thing that is wrong, whatever the version.
 */
export function unfitKey({ keyType, keyOperations, key, properties }: KeyVaultKey): Reason | undefined {
  if (keyType !== 'RSA' && keyType !== 'RSA-HSM') return 'key-not-rsa';
  if (!sizes.has(bitsOf(key?.n))) return 'key-size';
  if (!needed.every((operation) => keyOperations?.includes(operation))) return 'key-operations';
  return recoverable.test(properties.recoveryLevel ?? '') ? undefined : 'key-not-recoverable';
}

/** What is wrong with this version of it, today. */
export function unfitVersion({ properties }: Pick<KeyVaultKey, 'properties'>, now: Date): Reason | undefined {
  const { enabled, notBefore, expiresOn } = properties;
  if (enabled === false) return 'key-disabled';
  if (notBefore && notBefore > now) return 'key-not-yet-valid';
  return expiresOn && expiresOn <= now ? 'key-expired' : undefined;
}

/** Managed HSM has other hosts, in every cloud. */
export function isInVault(vaultUrl: string): boolean {
  return !/\.managedhsm\./i.test(vaultUrl);
}

const needed = ['wrapKey', 'unwrapKey'];
const sizes: ReadonlySet<number> = new Set([2048, 3072, 4096]);
/** Soft delete with purge protection: every recovery level without `Purgeable` (data-plane reference of keys). */
const recoverable = /^(Customized)?Recoverable(\+ProtectedSubscription)?$/;

function bitsOf(modulus: Uint8Array | undefined): number {
  return (modulus?.length ?? 0) * 8;
}
