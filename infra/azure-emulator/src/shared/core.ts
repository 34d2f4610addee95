import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Journal, ServiceName } from './journal.ts';
import type { Tokens } from './tokens.ts';

/** What all services of the emulator share. */
export interface Core {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly tokens: Tokens;
  /** Every key, token and signature issued or seen, for tests that search for leaks. */
  readonly issued: Set<string>;
  /** Opens an authority (`host` or `host:port`) for a service instance and returns its final name. */
  openAuthority(wanted: string): Promise<string>;
  random(bytes: number): Buffer;
}

/** One service: a Web-standard request in, a response out. Its routes are a Hono app. */
export interface Service {
  readonly name: ServiceName;
  fetch(request: Request): Response | Promise<Response>;
}
