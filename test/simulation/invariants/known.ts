import type { Fingerprint } from '../../../lib/model/sealed.ts';
import type { Options, Tags, Written } from '../invariants.ts';

/** A version of the secret, with the tags it has by now. */
export type Version = Omit<Written, 'is' | 'sentAt'> & {
  /** When another changed its tags last. */
  readonly editedAt?: Date;
};

export interface Emergency {
  readonly at: Date;
  readonly immediate: boolean;
  readonly leaked: readonly Fingerprint[];
  /** The tags say that something is under way since. */
  readonly begun?: boolean;
  /** What stands if this one was not accepted. */
  readonly before?: Emergency;
}

/** The facts so far. Rules read them; only `learn` writes them. */
export interface Known {
  readonly overlapMs: number;
  readonly bestEffort: boolean;
  readonly keys: Map<string, Fingerprint>;
  /** Every key the resource ever had. */
  readonly ever: Set<Fingerprint>;
  readonly proved: Set<Fingerprint>;
  readonly versions: Map<string, Version>;
  /** When a newer version took over from one that held the key. */
  readonly replacedAt: Map<Fingerprint, Date>;
  readonly madeAt: Map<Fingerprint, Date>;
  /** Named by a tag that was corrected: until when it may not be regenerated. */
  readonly spared: Map<Fingerprint, Date>;
  /** Killed or made by another since keyturn saw the keys. */
  readonly unseen: Set<Fingerprint>;
  /** The version that each consumer holds. */
  readonly consumers: Map<string, string>;
  /** When keyturn last asked for a refresh, by consumer, by plan, and by consumer and version. */
  readonly refreshedAt: Map<string, Date>;
  readonly deadlines: Date[];
  /** When what is under way began. */
  startedAt?: Date;
  current?: Version;
  /** The current version as keyturn saw it last. */
  seen?: { readonly version: Version; readonly at: Date };
  emergency?: Emergency;
  /** As the tags say that keyturn wrote last. */
  isRotating: boolean;
  isMissed: boolean;
  /** A person acted, or something is urgent: then consumers may be failing. */
  isDisturbed: boolean;
  /** When the secret came back after keyturn had missed it. */
  returnedAt?: Date;
  /** When another last did something. */
  otherAt?: Date;
}

export function initially({ overlapMs, bestEffort = false, keys }: Options): Known {
  return {
    overlapMs,
    bestEffort,
    keys: new Map(Object.entries(keys)),
    ever: new Set(Object.values(keys)),
    proved: new Set(),
    versions: new Map(),
    replacedAt: new Map(),
    madeAt: new Map(),
    spared: new Map(),
    unseen: new Set(),
    consumers: new Map(),
    refreshedAt: new Map(),
    deadlines: [],
    isRotating: false,
    isMissed: false,
    isDisturbed: false,
  };
}

/** The name of the key that the tag says is live. */
export function slotOf(tags: Tags): string | undefined {
  const word = tags['CredentialId']?.trim().toLowerCase();
  return word === 'primary' ? 'Primary' : word === 'secondary' ? 'Secondary' : undefined;
}

export function isKey({ keys }: Known, key: Fingerprint): boolean {
  return [...keys.values()].includes(key);
}

/** Changed by another so shortly that keyturn need not have seen it (R6). */
export function isJustEdited({ editedAt }: Version, at: Date): boolean {
  return editedAt !== undefined && at.getTime() - editedAt.getTime() <= readIsGoodForMs;
}

const readIsGoodForMs = 60_000;

/**
 * The version keyturn must reckon with: as it saw it, if that was within the minute; for a request that landed late,
 * none if another has acted since it was sent.
 */
export function basis(known: Known, { at, sentAt }: { at: Date; sentAt?: Date }): Version | undefined {
  const { current, seen, otherAt } = known;
  if (sentAt) return otherAt && otherAt.getTime() >= sentAt.getTime() - readIsGoodForMs ? undefined : current;
  return seen && at.getTime() - seen.at.getTime() <= readIsGoodForMs ? seen.version : current;
}

/** Each sentence, and what breaks it. */
export type Rules<T> = Readonly<Record<string, (known: Known, fact: T, version: Version) => boolean>>;

export function brokenOf<T>(rules: Rules<T>, known: Known, fact: T, version: Version): readonly string[] {
  return Object.entries(rules).flatMap(([sentence, breaks]) => (breaks(known, fact, version) ? [sentence] : []));
}
