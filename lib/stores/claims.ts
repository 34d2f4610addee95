import type { Claim } from '../model/snapshot.ts';
import { isArmId } from '../model/armId.ts';
import { normalizedId, secretFromUrl, secretUrl } from '../model/target.ts';
import { parseVaultObject } from '../model/vaultObject.ts';
import type { Blobs, Metadata } from './blobs.ts';
import type { Lease } from './lease.ts';

/** Records which secret is the target of a resource and kind. Also the index from a resource to its secrets. */
export interface Claims {
  of(resource: string, kind: string, qualifier?: string): Promise<Claim | undefined>;
  /** Writes the claim under the lease of its resource. */
  save(claim: Claim, lease: Pick<Lease, 'ensureTimeLeft'>): Promise<void>;
  remove(claim: Claim, lease: Pick<Lease, 'ensureTimeLeft'>): Promise<void>;
  /** Lists claims, 5,000 a call. `onUnreadable` hears of blobs that hold none. */
  list(onUnreadable?: () => void): AsyncIterable<Claim>;
}

export function claims(blobs: Blobs): Claims {
  return {
    of: async (resource, kind, qualifier) => {
      const metadata = await blobs.metadata(blobName({ resource, kind, qualifier }));
      return metadata && claimFrom(metadata);
    },
    save: async (claim, lease) => {
      const metadata = metadataOf(claim);
      await lease.ensureTimeLeft();
      if (await blobs.setMetadata(blobName(claim), metadata)) return;
      await lease.ensureTimeLeft();
      await blobs.create(blobName(claim), metadata);
    },
    remove: async (claim, lease) => {
      await lease.ensureTimeLeft();
      await blobs.remove(blobName(claim));
    },
    list: async function* (onUnreadable = () => undefined) {
      for await (const { metadata } of blobs.list()) {
        const claim = claimFrom(metadata);
        if (claim) yield claim;
        else onUnreadable();
      }
    },
  };
}

function blobName({ resource, kind, qualifier }: Pick<Claim, 'resource' | 'kind' | 'qualifier'>): string {
  const name = `${kind}${normalizedId(resource)}`;
  return qualifier ? `${name}/${qualifier.toLowerCase()}` : name;
}

function metadataOf({ secret, kind, resource, version, qualifier, sourceObject, host, ...dates }: Claim): Metadata {
  return {
    secret: secretUrl(secret),
    kind,
    resource: encodeURIComponent(resource),
    version,
    ...present({ ended: dates.ended?.join(' '), replaced: dates.replaced?.join(' ') }),
    ...present({ qualifier: qualifier && encodeURIComponent(qualifier), sourceobject: sourceObject, host }),
    ...(dates.createdOn && { createdon: dates.createdOn.toISOString() }),
    ...(dates.missingSince && { missingsince: dates.missingSince.toISOString() }),
    ...(dates.repairedAt && { repairedat: dates.repairedAt.toISOString() }),
    ...(dates.emergencies?.length && { emergencies: dates.emergencies.map((each) => each.toISOString()).join(' ') }),
    ...(dates.correctedUntil && { correcteduntil: dates.correctedUntil.toISOString() }),
  };
}

/**
 * Reads a claim as what it says it is, part by part, because anybody who may write blobs could have written it. What
 * cannot be read is no claim (R30, parsed and rebuilt).
 */
function claimFrom(metadata: Metadata): Claim | undefined {
  const { kind = '', version = '' } = metadata;
  const secret = secretFromUrl(metadata['secret'] ?? '');
  const resource = matching(decoded(metadata['resource']), isArmId);
  const isWhole = /^[a-z-]{1,40}$/.test(kind) && /^[0-9a-z]{1,64}$/i.test(version);
  if (!secret || resource === undefined || !isWhole) return undefined;
  const lists = { ended: wordsIn(metadata['ended']), replaced: wordsIn(metadata['replaced']) };
  return { secret, kind, resource, version, ...namesIn(metadata), ...lists, ...datesIn(metadata) };
}

function namesIn(metadata: Metadata): Pick<Claim, 'qualifier' | 'sourceObject' | 'host'> {
  return present({
    qualifier: matching(decoded(metadata['qualifier']), (text) => /^[\w./:-]+$/.test(text)),
    sourceObject: matching(metadata['sourceobject'], (text) => parseVaultObject(text) !== undefined),
    host: matching(metadata['host'], (text) => /^[a-z0-9.-]+(:\d{1,5})?$/i.test(text)),
  });
}

function matching(text: string | undefined, isSound: (text: string) => boolean): string | undefined {
  return text !== undefined && isSound(text) ? text : undefined;
}

/** Decodes what we encoded, and returns nothing for any other text. */
function decoded(text = ''): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function present(words: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(words).flatMap(([name, word]) => (word ? [[name, word]] : [])));
}

/** Fingerprints; any other word is left out. */
function wordsIn(text: string | undefined): readonly string[] | undefined {
  return text?.split(' ').filter((word) => /^[0-9a-f]{12}$/.test(word));
}

function datesIn(
  metadata: Metadata,
): Pick<Claim, 'createdOn' | 'missingSince' | 'repairedAt' | 'correctedUntil' | 'emergencies'> {
  return {
    createdOn: dateFrom(metadata['createdon']),
    missingSince: dateFrom(metadata['missingsince']),
    repairedAt: dateFrom(metadata['repairedat']),
    correctedUntil: dateFrom(metadata['correcteduntil']),
    emergencies: metadata['emergencies']?.split(' ').flatMap((text) => dateFrom(text) ?? []),
  };
}

function dateFrom(text: string | undefined): Date | undefined {
  const date = new Date(text ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
