import type { Shelf, Version } from '../keyvault/shelf.ts';
import type { Vault } from '../keyvault/vault.ts';
import { newEvent } from './event.ts';
import type { CloudEvent } from './event.ts';
import type { Ground } from './ground.ts';
import type { Topic } from './topic.ts';

export const objectTypes = ['Secret', 'Key', 'Certificate'] as const;
export type ObjectType = (typeof objectTypes)[number];

export type VaultEvent = `${ObjectType}${'NewVersionCreated' | 'NearExpiry' | 'Expired'}`;

export interface VaultObject {
  readonly vault: Vault;
  readonly type: ObjectType;
  readonly name: string;
  readonly version: Version;
}

type Versions = Pick<Shelf<Version>, 'versions' | 'current' | 'onNewVersion'>;

export function collectionOf(vault: Vault, type: ObjectType): Versions {
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
  { clock }: Ground,
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
