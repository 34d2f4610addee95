/**
 * An observer that is told what happened to one target, in order, and answers which promise of the design it broke.
 * It knows nothing of lib/: only facts. Keys and values are told as fingerprints (`fingerprintOf`), never as they are.
 *
 *   const watch = promises({ settleMs, keys: { Primary: 'aa…', Secondary: 'bb…' } });
 *   watch.told({ is: 'written', at, by: 'other', version, key, value, tags, expires: false }); // the first version
 *   …
 *   watch.violations // sentences
 *
 * `by: 'other'` is whatever keyturn did not ask for just then: a person, a tool, a duplicate made by the network.
 * Tell `read` for each GET of the secret and `looked` for each answer that showed the keys: what another did after it,
 * in the same minute, keyturn cannot know (R6). `sentAt` is for a request of keyturn that lands late.
 */
import type { Fingerprint } from '../../lib/model/sealed.ts';
import type { Mode } from '../../lib/model/state.ts';
import { regenerated } from './rules/regenerated.ts';
import { disabled, tagged, written } from './rules/written.ts';

export type By = 'keyturn' | 'other';
export type Tags = Readonly<Record<string, string>>;

interface Act {
  readonly at: Date;
  readonly by: By;
  readonly sentAt?: Date;
}

export interface Regenerated extends Act {
  readonly is: 'regenerated';
  readonly slot: string;
  readonly old: Fingerprint;
  readonly made: Fingerprint;
}

export interface Written extends Act {
  readonly is: 'written';
  readonly version: string;
  /** The key in the value. */
  readonly key: Fingerprint;
  /** The whole value: a connection string, or the key again. */
  readonly value: Fingerprint;
  readonly tags: Tags;
  readonly contentType?: string;
  readonly expires: boolean;
}

export interface Tagged extends Act {
  readonly is: 'tagged';
  readonly version: string;
  readonly tags: Tags;
}

export interface Disabled extends Act {
  readonly is: 'disabled';
  readonly version: string;
}

export interface AskedFor {
  readonly is: 'emergency';
  readonly at: Date;
  readonly mode: Mode;
  /** The keys that are out. */
  readonly leaked: readonly Fingerprint[];
}

export type Fact =
  | Regenerated
  | Written
  | Tagged
  | Disabled
  /** `missed`: keyturn noted that the secret is missing. `refused`: the emergency was not answered with 202. */
  | { readonly is: 'read' | 'looked' | 'deleted' | 'restored' | 'missed' | 'refused'; readonly at: Date }
  | { readonly is: 'proved'; readonly at: Date; readonly key: Fingerprint; readonly accepted: boolean }
  | AskedFor
  /** Keyturn wrote to a secret that is none of its own. */
  | { readonly is: 'trespassed'; readonly at: Date; readonly what: string };

export type Version = Omit<Written, 'is' | 'sentAt'> & { readonly tags: Tags };

interface Emergency {
  readonly at: Date;
  readonly immediate: boolean;
  readonly leaked: readonly Fingerprint[];
  /** The tags say it. */
  readonly begun?: boolean;
}

/** What is known so far. Rules read it; only `told` writes it. */
export interface Known {
  readonly settleMs: number;
  readonly bestEffort: boolean;
  readonly keys: Map<string, Fingerprint>;
  /** Every key the resource ever had. */
  readonly ever: Set<Fingerprint>;
  readonly proved: Set<Fingerprint>;
  readonly versions: Map<string, Version>;
  /** When a newer version took over from one that held the key. */
  readonly replacedAt: Map<Fingerprint, Date>;
  /** Named by a tag that was corrected: until when it may not be regenerated. */
  readonly spared: Map<Fingerprint, Date>;
  /** Killed or made by another since keyturn saw the keys. */
  readonly unseen: Set<Fingerprint>;
  current?: Version;
  /** The current version as keyturn saw it last. */
  seen?: { readonly version: Version; readonly at: Date };
  emergency?: Emergency;
  isMissed?: boolean;
  /** As the tags say that keyturn wrote last. */
  isRotating?: boolean;
  /** When the secret came back after keyturn had missed it. */
  returnedAt?: Date;
  /** When another last did something. */
  otherAt?: Date;
}

export interface Promises {
  readonly violations: readonly string[];
  told(fact: Fact): void;
}

export interface Options {
  readonly settleMs: number;
  readonly bestEffort?: boolean;
  readonly keys: Readonly<Record<string, Fingerprint>>;
}

export function promises({ settleMs, bestEffort = false, keys }: Options): Promises {
  const violations: string[] = [];
  const known: Known = {
    settleMs,
    bestEffort,
    keys: new Map(Object.entries(keys)),
    ever: new Set(Object.values(keys)),
    proved: new Set(),
    versions: new Map(),
    replacedAt: new Map(),
    spared: new Map(),
    unseen: new Set(),
  };
  return {
    violations,
    told: (fact) => {
      violations.push(...broken(known, fact).map((what) => `${what} [${fact.at.toISOString().slice(5, 19)}]`));
      learn(known, fact);
    },
  };
}

function broken(known: Known, fact: Fact): readonly string[] {
  if (fact.is === 'trespassed') return [`8: touched ${fact.what}`];
  if (!('by' in fact) || fact.by === 'other') return [];
  switch (fact.is) {
    case 'regenerated':
      return regenerated(known, fact);
    case 'written':
      return written(known, fact);
    case 'tagged':
      return tagged(known, fact);
    case 'disabled':
      return disabled(known, fact);
  }
}

function learn(known: Known, fact: Fact): void {
  if ('by' in fact && fact.by === 'other') known.otherAt = fact.at;
  switch (fact.is) {
    case 'regenerated':
      return learnKey(known, fact);
    case 'written':
      return learnVersion(known, fact);
    case 'tagged':
      return learnTags(known, fact);
    case 'read':
      if (known.current) known.seen = { version: known.current, at: fact.at };
      return;
    case 'looked':
      return known.unseen.clear();
    case 'proved':
      if (fact.accepted) known.proved.add(fact.key);
      return;
    case 'emergency':
      known.emergency = joined(known, fact);
      return;
    default:
      return learnAbsence(known, fact);
  }
}

function joined({ emergency }: Known, { at, mode, leaked }: AskedFor): Emergency {
  const before = emergency ?? { immediate: false, leaked: [] };
  return { at, immediate: mode === 'immediate' || before.immediate, leaked: [...before.leaked, ...leaked] };
}

function learnAbsence(known: Known, { is, at }: Fact): void {
  if (is === 'missed') known.isMissed = true;
  if (is === 'restored' && known.isMissed) {
    known.returnedAt = at;
    known.isMissed = false;
  }
  if (is === 'refused') delete known.emergency;
}

function learnKey(known: Known, { slot, old, made, by }: Regenerated): void {
  known.keys.set(slot, made);
  known.ever.add(made);
  if (by === 'other') known.unseen.add(old).add(made);
}

function learnVersion(known: Known, fact: Written): void {
  if (known.current) known.replacedAt.set(known.current.key, fact.at);
  known.current = fact;
  known.versions.set(fact.version, fact);
  if (fact.by === 'keyturn') known.seen = { version: fact, at: fact.at };
}

function learnTags(known: Known, { version, tags, by, at }: Tagged): void {
  const before = known.versions.get(version);
  if (!before) return;
  const after = { ...before, tags };
  const seen = slotOf(known.seen?.version.tags ?? {});
  const named = known.keys.get(seen ?? '');
  if (by === 'keyturn' && named && slotOf(tags) !== seen) {
    known.spared.set(named, new Date(at.getTime() + known.settleMs));
  }
  if (by === 'keyturn') learnEmergency(known, tags);
  known.versions.set(version, after);
  if (known.current?.version === version) known.current = after;
  if (by === 'keyturn' && known.seen?.version.version === version) known.seen = { version: after, at };
}

/** It is over when the tags are at rest again. */
function learnEmergency(known: Known, tags: Tags): void {
  const { emergency } = known;
  const atRest = tags['RotationPhase']?.startsWith('idle') ?? true;
  known.isRotating = !atRest;
  if (emergency && !atRest) known.emergency = { ...emergency, begun: true };
  if (emergency?.begun && atRest) delete known.emergency;
}

/** The name of the key that the tag says is live. */
export function slotOf(tags: Tags): string | undefined {
  const word = tags['CredentialId']?.trim().toLowerCase();
  return word === 'primary' ? 'Primary' : word === 'secondary' ? 'Secondary' : undefined;
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
