import type { Kept, Version } from './shelf.ts';
import type { Vault } from './vault.ts';

const recoverableDays = 90;
const dayMs = 86_400_000;

/** What the documents of an object need to know of its vault. */
export type Home = Pick<Vault, 'uri' | 'purgeProtection'>;

export function attributes({ purgeProtection }: Home, version: Version): object {
  return {
    enabled: version.enabled,
    nbf: toSeconds(version.notBefore),
    exp: toSeconds(version.expiresOn),
    created: toSeconds(version.createdOn),
    updated: toSeconds(version.updatedOn),
    recoveryLevel: purgeProtection ? 'Recoverable' : 'Recoverable+Purgeable',
    recoverableDays,
  };
}

/** What a deleted object's document has beside what it had before. */
export function deletion({ uri }: Home, collection: string, { name, deletedOn }: Kept): object {
  const purge = deletedOn && new Date(deletedOn.getTime() + recoverableDays * dayMs);
  return {
    recoveryId: `${uri}/deleted${collection}/${name}`,
    deletedDate: toSeconds(deletedOn),
    scheduledPurgeDate: toSeconds(purge),
  };
}

export function toSeconds(date: Date | undefined): number | undefined {
  return date && Math.floor(date.getTime() / 1000);
}
