import { nearExpiryMs } from '../key-vault/keys/rotationPolicy.ts';
import type { Vault } from '../key-vault/state.ts';
import type { VersionedStore, Version } from '../key-vault/versionedStore.ts';
import { newEvent } from './cloudEvent.ts';
import type { CloudEvent } from './cloudEvent.ts';
import { publish } from './delivery.ts';
import { objectTypes } from './state.ts';
import type { EventGridContext, ObjectType, Topic, VaultEvent } from './state.ts';

type Expiry = 'NearExpiry' | 'Expired';

/** Fixed for secrets and certificates (https://learn.microsoft.com/azure/key-vault/general/event-grid-overview). */
const leadMs = 30 * 86_400_000;

/** Tells of every version made from now on, and of its expiry when the time comes, which may be at its birth. */
export function publishVaultEvents(context: EventGridContext, topic: Topic, vault: Vault): void {
  for (const type of objectTypes) publishEventsOfType(context, topic, vault, type);
  scheduleVaultTasks(context, vault);
}

function publishEventsOfType(context: EventGridContext, topic: Topic, vault: Vault, type: ObjectType): void {
  const { versions, current, onNewVersion } = collectionOf(vault, type);
  const told = new Set<string>();
  onNewVersion((name, version) => {
    const event = vaultEvent(context, topic, `${type}NewVersionCreated`, { vault, type, name, version });
    publish(context, topic, event);
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
    if (dueMs <= context.clock.now().getTime()) tell(name, version, expiry);
    else {
      const run = () => {
        tellWhenDue(name, wanted, expiry);
      };
      context.scheduler.add({ dueMs, run });
    }
  }
  /** Once each. A version that was replaced or has expired is not near its expiry any more. */
  function tell(name: string, version: Version, expiry: Expiry): void {
    const isOver = version !== current(name) || hasExpired(version, context.clock.now());
    if (told.has(expiry + version.version) || (expiry === 'NearExpiry' && isOver)) return;
    told.add(expiry + version.version);
    publish(context, topic, vaultEvent(context, topic, `${type}${expiry}`, { vault, type, name, version }));
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
function scheduleVaultTasks(context: EventGridContext, vault: Vault): void {
  let plannedMs = Infinity;
  const again = () => {
    const dueMs = vault.nextDueMs();
    if (dueMs >= plannedMs) return;
    plannedMs = dueMs;
    context.scheduler.add({ dueMs, run: () => run(dueMs) });
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

interface VaultObject {
  readonly vault: Vault;
  readonly type: ObjectType;
  readonly name: string;
  readonly version: Version;
}

type Versions = Pick<VersionedStore<Version>, 'versions' | 'current' | 'onNewVersion'>;

function collectionOf(vault: Vault, type: ObjectType): Versions {
  return { Secret: vault, Key: vault.keys, Certificate: vault.certificates }[type];
}

/** A version of an active object, the current one where none is named. */
export function objectOf(vault: Vault, event: VaultEvent, name: string, wanted?: string): VaultObject {
  const type = objectTypes.find((each) => event.startsWith(each)) ?? 'Secret';
  const { versions, current } = collectionOf(vault, type);
  const version = wanted === undefined ? current(name) : versions(name).find((each) => each.version === wanted);
  if (!version) throw new Error(`${type}NotFound: ${name}/${wanted ?? ''}`);
  return { vault, type, name, version };
}

const paths = { Secret: 'secrets', Key: 'keys', Certificate: 'certificates' } satisfies Record<ObjectType, string>;

export function vaultEvent(
  { clock }: EventGridContext,
  topic: Topic,
  event: VaultEvent,
  { vault, type, name, version }: VaultObject,
): CloudEvent {
  const seconds = (date: Date | undefined) => {
    if (!date) return null;
    const value = Math.floor(date.getTime() / 1_000);
    return topic.datesAsText ? String(value) : value;
  };
  const data = {
    Id: `${vault.uri}/${paths[type]}/${name}/${version.version}`,
    VaultName: vault.name,
    ObjectType: type,
    ObjectName: name,
    Version: version.version,
    NBF: seconds(version.notBefore),
    EXP: seconds(version.expiresOn),
  };
  return newEvent(clock.now(), { source: topic.id, type: `Microsoft.KeyVault.${event}`, subject: name, data });
}
