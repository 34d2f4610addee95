/**
 * Checks what happened to one target against the promises of the design, fact by fact. It imports nothing of lib/ but
 * types: it knows facts alone. Keys and values come as fingerprints (`fingerprintOf`), never as they are.
 *
 *   const invariants = createInvariants({ overlapMs, keys: { Primary: 'aa…', Secondary: 'bb…' } });
 *   invariants.record({ is: 'written', at, by: 'other', version, key, value, tags, expires: false }); // first version
 *   …
 *   invariants.violations // sentences
 *
 * `by: 'other'` stands for everything that Keyturn did not ask for just then: a person, a tool, a repeated request.
 * Record `read` for each GET of the secret and `keysListed` for each answer that showed the keys: what another did
 * after it, in the same minute, Keyturn cannot know (R6). `sentAt` marks a request of Keyturn that arrives late.
 */
import type { Fingerprint } from '../../lib/model/sealed.ts';
import type { Mode } from '../../lib/model/state.ts';
import { initially, type Known } from './invariants/known.ts';
import { learn } from './invariants/learn.ts';
import { refreshed } from './invariants/refreshed.ts';
import { regenerated } from './invariants/regenerated.ts';
import { disabled, tagged } from './invariants/tagged.ts';
import { written } from './invariants/written.ts';

type By = 'keyturn' | 'other';
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
  /** The keys that leaked. */
  readonly leaked: readonly Fingerprint[];
}

/** A consumer holds this version from now on. */
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

/** Recorded at the earliest moment at which Keyturn may know of the notice. */
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
 * `missed`: Keyturn noted that the secret is missing. `refused`: the emergency was not answered with 202.
 * `trespassed`: Keyturn wrote to a secret that is not its own.
 */
interface Happened {
  readonly is: 'read' | 'keysListed' | 'deleted' | 'restored' | 'missed' | 'refused' | 'trespassed';
  readonly at: Date;
}

export type Change = Regenerated | Written | Tagged | Disabled | Refreshed;
export type Fact = Change | AskedFor | Proved | Happened | Moved | Noticed;

export interface Invariants {
  readonly violations: readonly string[];
  record(fact: Fact): void;
}

export interface Options {
  readonly overlapMs: number;
  readonly bestEffort?: boolean;
  readonly keys: Readonly<Record<string, Fingerprint>>;
}

export function createInvariants(options: Options): Invariants {
  const violations: string[] = [];
  const known = initially(options);
  return {
    violations,
    record: (fact) => {
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
