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
import { initially, type Known } from './rules/known.ts';
import { learn } from './rules/learn.ts';
import { refreshed } from './rules/refreshed.ts';
import { regenerated } from './rules/regenerated.ts';
import { disabled, tagged } from './rules/tagged.ts';
import { written } from './rules/written.ts';

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

/** Whoever uses the secret holds this version from now on. */
interface Moved {
  readonly is: 'moved';
  readonly at: Date;
  readonly consumer: string;
  readonly version: string;
}

export interface Refreshed extends Act {
  readonly is: 'refreshed';
  readonly consumer: string;
  readonly plan: string;
}

/** Told at the earliest moment at which keyturn may know of it. */
interface Noticed {
  readonly is: 'noticed';
  readonly at: Date;
  readonly deadline?: Date;
}

interface Proved {
  readonly is: 'proved';
  readonly at: Date;
  readonly key: Fingerprint;
  readonly accepted: boolean;
}

/**
 * `missed`: keyturn noted that the secret is missing. `refused`: the emergency was not answered with 202.
 * `trespassed`: keyturn wrote to a secret that is none of its own.
 */
interface Happened {
  readonly is: 'read' | 'looked' | 'deleted' | 'restored' | 'missed' | 'refused' | 'trespassed';
  readonly at: Date;
}

export type Change = Regenerated | Written | Tagged | Disabled | Refreshed;
export type Fact = Change | AskedFor | Proved | Happened | Moved | Noticed;

export interface Promises {
  readonly violations: readonly string[];
  told(fact: Fact): void;
}

export interface Options {
  readonly overlapMs: number;
  readonly bestEffort?: boolean;
  readonly keys: Readonly<Record<string, Fingerprint>>;
}

export function promises(options: Options): Promises {
  const violations: string[] = [];
  const known = initially(options);
  return {
    violations,
    told: (fact) => {
      violations.push(...broken(known, fact).map((what) => `${what} [${fact.at.toISOString().slice(5, 19)}]`));
      learn(known, fact);
    },
  };
}

function broken(known: Known, fact: Fact): readonly string[] {
  if (fact.is === 'trespassed') return ['8: wrote to a secret that is none of its own'];
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
    case 'refreshed':
      return refreshed(known, fact);
  }
}
