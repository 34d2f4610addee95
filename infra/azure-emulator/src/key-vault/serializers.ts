import { z } from 'zod';
import { badParameter } from './errors.ts';
import type { Details, VersionedObject, Version } from './versionedStore.ts';

/** The strictest of the documented tag limits; elsewhere 512 characters are named. */
const tagLength = 256;
const tagCount = 15;

const seconds = z.int().nullish();

/** The part that the bodies of all three collections share. */
export const detailsSchema = z.object({
  attributes: z
    .object({ enabled: z.boolean().nullish(), nbf: seconds, exp: seconds })
    .refine(({ nbf, exp }) => !nbf || !exp || exp > nbf, 'exp must be later than nbf')
    .nullish(),
  tags: z
    .record(z.string().min(1).max(tagLength), z.string().max(tagLength))
    .refine((tags) => Object.keys(tags).length <= tagCount, `There are at most ${tagCount} tags.`)
    .nullish(),
});

export function toDetails({ attributes, tags }: z.infer<typeof detailsSchema>): Details {
  return {
    tags: tags ?? undefined,
    enabled: attributes?.enabled ?? undefined,
    notBefore: toDate(attributes?.nbf),
    expiresOn: toDate(attributes?.exp),
  };
}

export async function readBody<T>(schema: z.ZodType<T>, request: Request): Promise<T> {
  return parseBody(schema, await request.json().catch(() => undefined));
}

export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw badParameter(z.prettifyError(parsed.error));
  return parsed.data;
}

export function assertName(name: string): void {
  if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) throw badParameter(`The request URI contains an invalid name: ${name}`);
}

function toDate(unixSeconds: number | null | undefined): Date | undefined {
  return unixSeconds ? new Date(unixSeconds * 1000) : undefined;
}

const recoverableDays = 90;
const dayMs = 86_400_000;

/** What the documents of an object need to know of its vault. */
export interface VaultDocument {
  readonly uri: string;
  readonly purgeProtection: boolean;
}

export function attributes({ purgeProtection }: VaultDocument, version: Version): object {
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
export function deletion({ uri }: VaultDocument, collection: string, { name, deletedOn }: VersionedObject): object {
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
