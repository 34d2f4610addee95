import { nearExpiryMs } from '../keyvault/keys/rotationPolicy.ts';
import type { Version } from '../keyvault/shelf.ts';
import type { Vault } from '../keyvault/vault.ts';
import type { Ground } from './ground.ts';
import { collectionOf, objectTypes, vaultEvent } from './keyVaultEvents.ts';
import type { ObjectType } from './keyVaultEvents.ts';
import { publish } from './publish.ts';
import type { Topic } from './topic.ts';

type Expiry = 'NearExpiry' | 'Expired';

/** Fixed for secrets and certificates (https://learn.microsoft.com/azure/key-vault/general/event-grid-overview). */
const leadMs = 30 * 86_400_000;

/** Tells of every version made from now on, and of its expiry when the time comes, which may be at its birth. */
export function tellOfVault(ground: Ground, topic: Topic, vault: Vault): void {
  for (const type of objectTypes) tellOfType(ground, topic, vault, type);
  keepUp(ground, vault);
}

function tellOfType(ground: Ground, topic: Topic, vault: Vault, type: ObjectType): void {
  const { versions, current, onNewVersion } = collectionOf(vault, type);
  const told = new Set<string>();
  onNewVersion((name, version) => {
    const event = vaultEvent(ground, topic, `${type}NewVersionCreated`, { vault, type, name, version });
    publish(ground, topic, event);
    tellWhenDue(name, version.version, 'NearExpiry');
    tellWhenDue(name, version.version, 'Expired');
  });
  // A rotation policy may say anew when a key is near its expiry.
  vault.onChange((name) => {
    const version = type === 'Key' ? current(name) : undefined;
    if (version) tellWhenDue(name, version.version, 'NearExpiry');
  });

  /** Looks at the version anew when the time has come: its expiry may have been moved. */
  function tellWhenDue(name: string, wanted: string, expiry: Expiry): void {
    const version = versions(name).find((each) => each.version === wanted);
    const dueMs = version ? dueOf(vault, type, name, version)[expiry] : Infinity;
    if (!version || dueMs === Infinity) return;
    if (dueMs <= ground.clock.now().getTime()) tell(name, version, expiry);
    else {
      const run = () => {
        tellWhenDue(name, wanted, expiry);
      };
      ground.agenda.add({ dueMs, run });
    }
  }
  /** Once each. A version that was replaced or has expired is not near its expiry any more. */
  function tell(name: string, version: Version, expiry: Expiry): void {
    const isOver = version !== current(name) || hasExpired(version, ground.clock.now());
    if (told.has(expiry + version.version) || (expiry === 'NearExpiry' && isOver)) return;
    told.add(expiry + version.version);
    publish(ground, topic, vaultEvent(ground, topic, `${type}${expiry}`, { vault, type, name, version }));
  }
}

function hasExpired({ expiresOn }: Version, now: Date): boolean {
  return expiresOn !== undefined && expiresOn <= now;
}

function dueOf(vault: Vault, type: ObjectType, name: string, version: Version): Record<Expiry, number> {
  const expiryMs = version.expiresOn?.getTime() ?? Infinity;
  if (type !== 'Key') return { NearExpiry: expiryMs - leadMs, Expired: expiryMs };
  const policy = vault.keys.find(name).rotationPolicy;
  return { NearExpiry: policy ? nearExpiryMs(policy, version) : Infinity, Expired: expiryMs };
}

/** What a vault does by itself happens in time, so that it is told of in time. */
function keepUp(ground: Ground, vault: Vault): void {
  let plannedMs = Infinity;
  const again = () => {
    const dueMs = vault.nextDueMs();
    if (dueMs >= plannedMs) return;
    plannedMs = dueMs;
    ground.agenda.add({ dueMs, run: () => run(dueMs) });
  };
  async function run(dueMs: number): Promise<void> {
    if (dueMs === plannedMs) plannedMs = Infinity;
    await vault.catchUp();
    again();
  }
  vault.onChange(again);
  vault.keys.onNewVersion(again);
  vault.certificates.onNewVersion(again);
  again();
}
