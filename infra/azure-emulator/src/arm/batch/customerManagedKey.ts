import { z } from 'zod';
import type { KeyVault } from '../../key-vault/state.ts';
import type { Clock } from '../../shared/clock.ts';
import { batchError, invalidPropertyError } from './errors.ts';
import { principalsOf } from './identity.ts';
import type { AccountIdentity } from './identity.ts';
import { serviceManaged } from './state.ts';
import type { CustomerKey, CustomerKeyTiming, Encryption, KeyAccess } from './state.ts';

export const encryptionBody = z.strictObject({
  keySource: z.enum(['Microsoft.Batch', 'Microsoft.KeyVault']).optional(),
  keyVaultProperties: z.strictObject({ keyIdentifier: z.string() }).optional(),
});

/**
 * What a PATCH makes of it: a key alone replaces a key
 * (https://learn.microsoft.com/azure/batch/batch-customer-managed-key); the code is the one of Azure/azure-cli#24007.
 */
export function patchEncryption(old: Encryption, patch: z.infer<typeof encryptionBody>): Encryption {
  const { keySource = old.keySource, keyVaultProperties } = patch;
  if (keySource === 'Microsoft.Batch') {
    if (keyVaultProperties) throw invalidPropertyError('keyVaultProperties', 'The key source is Microsoft.Batch.');
    return serviceManaged;
  }
  if (!keyVaultProperties) {
    throw batchError(400, 'MissingRequiredProperty', 'A required property is missing in the body.', {
      PropertyName: 'keyVaultProperties',
      PropertyPath: 'properties.encryption.keyVaultProperties',
    });
  }
  if (!/^https:\/\/[^/]+\/keys\/[\w-]+(\/\w+)?$/.test(keyVaultProperties.keyIdentifier)) {
    throw invalidPropertyError('keyIdentifier', 'It is not the identifier of a key.');
  }
  return { keySource, keyVaultProperties };
}

interface KeyUse {
  readonly cmkAllowed: boolean;
  readonly identity: AccountIdentity;
  readonly encryption: Encryption;
}

/** Throws unless one of the account's identities may use the key. The codes are ours: nobody documents them. */
export function assertKeyUsable(keys: KeyAccess, { cmkAllowed, identity, encryption }: KeyUse): void {
  if (encryption.keySource === 'Microsoft.Batch') return;
  if (!cmkAllowed) {
    const message = 'Customer-managed keys are only supported for new Batch accounts.';
    throw batchError(400, 'CustomerManagedKeysNotSupported', message);
  }
  const principals = principalsOf(identity);
  if (principals.length === 0) {
    throw batchError(400, 'IdentityRequired', 'Customer-managed keys need an account with an identity.');
  }
  const { keyIdentifier } = encryption.keyVaultProperties;
  const answers = principals.map((principalId) => keys.canWrap(keyIdentifier, principalId));
  if (answers.includes('yes')) return;
  const message = 'No identity of the account can get the key, wrap and unwrap with it.';
  throw batchError(400, 'InvalidKeyVaultKey', message, { Reason: answers.join(', ') });
}

export const defaultKeyTiming: CustomerKeyTiming = { followMs: 86_400_000, recoveryMs: 600_000, nodesBackMs: 60_000 };

interface KeyOwner {
  readonly identity: AccountIdentity;
  readonly encryption: Encryption;
}

/**
 * An account's hold on its key (https://learn.microsoft.com/azure/batch/batch-customer-managed-key). It is looked at
 * when somebody asks, so access counts as back from the last time it was seen lost.
 */
export function createCustomerKey(clock: Clock, keys: KeyAccess, timing: CustomerKeyTiming, holder: () => KeyOwner) {
  const nowMs = () => clock.now().getTime();
  let followed: { readonly version: string | undefined; readonly atMs: number } | undefined;
  let outage: { readonly sinceMs: number; readonly seenMs: number } | undefined;

  function inUse(): string | undefined {
    const { encryption } = holder();
    if (encryption.keySource === 'Microsoft.Batch') return undefined;
    const { keyIdentifier } = encryption.keyVaultProperties;
    if (new URL(keyIdentifier).pathname.split('/').length > 3) return keyIdentifier;
    if (!followed || nowMs() - followed.atMs >= timing.followMs) {
      followed = { version: keys.newestVersion(keyIdentifier) ?? followed?.version, atMs: nowMs() };
    }
    return `${keyIdentifier}/${followed.version ?? ''}`;
  }
  function look(): void {
    const key = inUse();
    const principals = principalsOf(holder().identity);
    if (key === undefined || principals.some((each) => canUnwrap(keys, key, each))) return;
    const goesOn = outage && nowMs() < outage.seenMs + timing.recoveryMs + timing.nodesBackMs;
    outage = { sinceMs: goesOn && outage ? outage.sinceMs : nowMs(), seenMs: nowMs() };
  }
  function isUsable(): boolean {
    look();
    return !outage || nowMs() >= outage.seenMs + timing.recoveryMs;
  }
  function nodes() {
    look();
    if (!outage) return { down: false, sinceMs: 0 };
    const backMs = outage.seenMs + timing.recoveryMs + timing.nodesBackMs;
    return nowMs() < backMs ? { down: true, sinceMs: outage.sinceMs } : { down: false, sinceMs: backMs };
  }
  function forget(): void {
    followed = undefined;
  }
  return { timing, keys, inUse, isUsable, nodes, refresh: forget } satisfies CustomerKey;
}

/** Nothing but its deletion is possible while the key cannot be used. The code is Batch's for a disabled account. */
export function assertKeyAccessible({ name, customerKey }: { name: string; customerKey: CustomerKey }): void {
  if (customerKey.isUsable()) return;
  const message = `The Batch account ${name} is disabled: it has no access to its customer-managed key.`;
  throw batchError(403, 'AccountIsDisabled', message);
}

export function createKeyAccess({ vaults, canWrap }: KeyVault): KeyAccess {
  function newestVersion(keyIdentifier: string): string | undefined {
    const { host, pathname } = new URL(keyIdentifier);
    const versions = vaults.get(host)?.keys.versions(pathname.split('/')[2] ?? '') ?? [];
    return versions.findLast(({ enabled }) => enabled)?.version;
  }
  return { canWrap, newestVersion };
}

/** Outside its dates a key does not wrap, but what it wrapped can still be read. */
function canUnwrap(keys: KeyAccess, keyIdentifier: string, principalId: string): boolean {
  return ['yes', 'KeyNotYetValid', 'KeyExpired'].includes(keys.canWrap(keyIdentifier, principalId));
}
