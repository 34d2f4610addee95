import { versionOf } from '../keyvault/secrets/store.ts';
import type { SecretVersion } from '../keyvault/secrets/store.ts';
import type { Vault } from '../keyvault/vault.ts';
import { newEvent } from './event.ts';
import type { CloudEvent } from './event.ts';
import type { Ground } from './ground.ts';
import { publish } from './publish.ts';
import type { Topic } from './topic.ts';

export type SecretEvent = 'SecretNewVersionCreated' | 'SecretNearExpiry' | 'SecretExpired';

type Expiry = Exclude<SecretEvent, 'SecretNewVersionCreated'>;

/** Fixed for secrets (https://learn.microsoft.com/azure/key-vault/general/event-grid-overview). */
const leadMs = { SecretNearExpiry: 30 * 86_400_000, SecretExpired: 0 } satisfies Record<Expiry, number>;

/** Tells of every version made from now on, and of its expiry when the time comes, which may be at its birth. */
export function tellOfSecrets(ground: Ground, topic: Topic, vault: Vault): void {
  vault.onNewVersion((name, version) => {
    publish(ground, topic, secretEvent(ground, topic, { vault, name, version }, 'SecretNewVersionCreated'));
    tellWhenDue(name, version.version, 'SecretNearExpiry');
    tellWhenDue(name, version.version, 'SecretExpired');
  });
  /** Looks at the version anew when the time has come: its expiry may have been moved. */
  function tellWhenDue(name: string, wanted: string, event: Expiry): void {
    const nowMs = ground.clock.now().getTime();
    const version = vault.versions(name).find((each) => each.version === wanted);
    const expiryMs = version?.expiresOn?.getTime();
    if (!version || expiryMs === undefined) return;
    const dueMs = expiryMs - leadMs[event];
    const run = () => {
      tellWhenDue(name, wanted, event);
    };
    if (dueMs > nowMs) ground.agenda.add({ dueMs, run });
    else if (event === 'SecretExpired' || (version === vault.current(name) && expiryMs > nowMs)) {
      publish(ground, topic, secretEvent(ground, topic, { vault, name, version }, event));
    }
  }
}

export interface OfSecret {
  readonly vault: Vault;
  readonly name: string;
  readonly version: SecretVersion;
}

/** A version of an active secret, the current one where none is named. */
export function secretOf(vault: Vault, name: string, version?: string): OfSecret {
  return { vault, name, version: versionOf(vault.find(name), version) };
}

export function secretEvent(
  { clock }: Ground,
  topic: Topic,
  { vault, name, version }: OfSecret,
  type: SecretEvent,
): CloudEvent {
  const seconds = (date: Date | undefined) => {
    if (!date) return null;
    const value = Math.floor(date.getTime() / 1_000);
    return topic.datesAsText ? String(value) : value;
  };
  const data = {
    Id: `${vault.uri}/secrets/${name}/${version.version}`,
    VaultName: vault.name,
    ObjectType: 'Secret',
    ObjectName: name,
    Version: version.version,
    NBF: seconds(version.notBefore),
    EXP: seconds(version.expiresOn),
  };
  return newEvent(clock.now(), { source: topic.id, type: `Microsoft.KeyVault.${type}`, subject: name, data });
}
