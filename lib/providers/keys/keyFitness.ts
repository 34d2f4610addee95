import type { KeyVaultKey } from '@azure/keyvault-keys';
import type { Reason } from '../../model/reason.ts';

const neededOperations = ['wrapKey', 'unwrapKey'];
const sizes: ReadonlySet<number> = new Set([2048, 3072, 4096]);
/** Soft delete with purge protection: every recovery level without `Purgeable` (data-plane reference of keys). */
const recoverable = /^(Customized)?Recoverable(\+ProtectedSubscription)?$/;

/**
 * Returns the first reason why a Batch account cannot be encrypted by this key, in whatever version (azure-facts: Batch
 * encryption, and learn.microsoft.com/azure/batch/batch-customer-managed-key).
 */
export function unfitKey({ keyType, keyOperations, key, properties }: KeyVaultKey): Reason | undefined {
  if (keyType !== 'RSA' && keyType !== 'RSA-HSM') return 'key-not-rsa';
  if (!sizes.has((key?.n?.length ?? 0) * 8)) return 'key-size';
  if (!neededOperations.every((operation) => keyOperations?.includes(operation))) return 'key-operations';
  return recoverable.test(properties.recoveryLevel ?? '') ? undefined : 'key-not-recoverable';
}

/** Returns the first reason why this version cannot be used today. */
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
