import type { KeyVaultKey } from '@azure/keyvault-keys';
import type { Reason } from '../model/reason.ts';

/** What a Batch account wants of a key that encrypts it (azure-facts 1.3); the first thing that is wrong. */
export function unfitKey({ id = '', keyType, keyOperations, key, properties }: KeyVaultKey): Reason | undefined {
  if (!isInVault(id)) return 'key-in-managed-hsm';
  if (keyType !== 'RSA' && keyType !== 'RSA-HSM') return 'key-not-rsa';
  if (!sizes.has(bitsOf(key?.n))) return 'key-size';
  if (!needed.every((operation) => keyOperations?.includes(operation))) return 'key-operations';
  const { recoveryLevel = '' } = properties;
  return /^Recoverable$|^Recoverable\+ProtectedSubscription$|^CustomizedRecoverable$/.test(recoveryLevel)
    ? undefined
    : 'key-not-recoverable';
}

/** What is wrong with this version of it, today. */
export function unfitVersion({ properties }: KeyVaultKey, now: Date): Reason | undefined {
  const { enabled, notBefore, expiresOn } = properties;
  if (enabled === false) return 'key-disabled';
  if (notBefore && notBefore > now) return 'key-not-yet-valid';
  return expiresOn && expiresOn <= now ? 'key-expired' : undefined;
}

const needed = ['wrapKey', 'unwrapKey'];
const sizes: ReadonlySet<number> = new Set([2048, 3072, 4096]);

function bitsOf(modulus: Uint8Array | undefined): number {
  return (modulus?.length ?? 0) * 8;
}

/** Managed HSM has other hosts, in every cloud. */
function isInVault(id: string): boolean {
  return !/\.managedhsm\./i.test(id);
}
