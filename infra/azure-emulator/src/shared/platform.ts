import type { Tokens } from '../identity/state.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';

/** What every service of the local Azure shares. */
export interface Core {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly tokens: Tokens;
  /** Every key, JWT and signature ever issued or seen, for tests that search for leaks. */
  readonly issued: Set<string>;
  /** Answers a new authority (`host` or `host:port`) under which a service instance is reached. */
  openAuthority(wanted: string): Promise<string>;
  random(bytes: number): Buffer;
}
