import type { Secret, SecretVersion } from './store.ts';
import { versionOf } from './store.ts';

const recoverableDays = 90;
const dayMs = 86_400_000;

/** A version with its full id; only an answer to get and set carries the value. */
export function bundle(uri: string, secret: Secret, version: SecretVersion): object {
  return { id: `${uri}/secrets/${secret.name}/${version.version}`, ...properties(version) };
}

/** What a list shows of a secret: the current version under an id without version. */
export function item(uri: string, secret: Secret): object {
  return { id: `${uri}/secrets/${secret.name}`, ...properties(versionOf(secret)) };
}

export function deletedItem(uri: string, secret: Secret): object {
  return { ...item(uri, secret), ...deletion(uri, secret) };
}

export function deletedBundle(uri: string, secret: Secret): object {
  return { ...bundle(uri, secret, versionOf(secret)), ...deletion(uri, secret) };
}

function properties({ contentType, tags, ...version }: SecretVersion): object {
  return { contentType, attributes: attributes(version), tags };
}

function attributes(version: Omit<SecretVersion, 'contentType' | 'tags'>): object {
  return {
    enabled: version.enabled,
    nbf: toSeconds(version.notBefore),
    exp: toSeconds(version.expiresOn),
    created: toSeconds(version.createdOn),
    updated: toSeconds(version.updatedOn),
    recoveryLevel: 'Recoverable+Purgeable',
    recoverableDays,
  };
}

function deletion(uri: string, { name, deletedOn }: Secret): object {
  const purge = deletedOn && new Date(deletedOn.getTime() + recoverableDays * dayMs);
  return {
    recoveryId: `${uri}/deletedsecrets/${name}`,
    deletedDate: toSeconds(deletedOn),
    scheduledPurgeDate: toSeconds(purge),
  };
}

function toSeconds(date: Date | undefined): number | undefined {
  return date && Math.floor(date.getTime() / 1000);
}
