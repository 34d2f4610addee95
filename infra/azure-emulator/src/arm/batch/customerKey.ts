import type { Clock } from '../../clock.ts';
import type { Encryption } from './encryption.ts';
import { principalsOf } from './identity.ts';
import type { AccountIdentity } from './identity.ts';
import { unwraps } from './keyAccess.ts';
import type { KeyAccess } from './keyAccess.ts';
import { batchRefusal } from './refusal.ts';

/** How the service lags behind a vault. */
export interface CustomerKeyTiming {
  /** A versionless identifier is looked up again after so long; "once a day" is what the documents say. */
  followMs: number;
  /** How long the account stays refused after it was last seen without access: up to ten minutes. */
  recoveryMs: number;
  /** How much longer its nodes do. */
  nodesBackMs: number;
}

export interface CustomerKey {
  readonly timing: CustomerKeyTiming;
  readonly keys: KeyAccess;
  /** The identifier, with its version, of the key that wraps now. */
  inUse(): string | undefined;
  isUsable(): boolean;
  /** Whether nodes are unavailable, and since when they are or are not. */
  nodes(): { readonly down: boolean; readonly sinceMs: number };
  /** Looks a versionless identifier up anew. */
  forget(): void;
}

export const usualKeyTiming: CustomerKeyTiming = { followMs: 86_400_000, recoveryMs: 600_000, nodesBackMs: 60_000 };

interface Holder {
  readonly identity: AccountIdentity;
  readonly encryption: Encryption;
}

/**
 * An account's hold on its key (https://learn.microsoft.com/azure/batch/batch-customer-managed-key). It is looked at
 * when somebody asks, so access counts as back from the last time it was seen lost.
 */
export function createCustomerKey(clock: Clock, keys: KeyAccess, timing: CustomerKeyTiming, holder: () => Holder) {
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
    if (key === undefined || principals.some((each) => unwraps(keys, key, each))) return;
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
  return { timing, keys, inUse, isUsable, nodes, forget } satisfies CustomerKey;
}

/** Nothing but its deletion is possible while the key cannot be used. The code is Batch's for a disabled account. */
export function assertKeyHeld({ name, customerKey }: { name: string; customerKey: CustomerKey }): void {
  if (customerKey.isUsable()) return;
  const message = `The Batch account ${name} is disabled: it has no access to its customer-managed key.`;
  throw batchRefusal(403, 'AccountIsDisabled', message);
}
