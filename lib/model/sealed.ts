import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

/** The first 12 hex digits of a SHA-256, safe to publish. */
export type Fingerprint = string;

export function fingerprintOf(text: string): Fingerprint {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/**
 * Key material, or a text that holds some. It prints, logs and serialises as its fingerprint, so that no key gets into
 * a log or an event by accident; only `open()` returns it (promise 7, no secrets leak).
 */
export class Sealed {
  readonly #value: string;
  readonly fingerprint: Fingerprint;
  constructor(value: string) {
    this.#value = value;
    this.fingerprint = fingerprintOf(value);
  }
  open(): string {
    return this.#value;
  }
  toString(): string {
    return `sealed:${this.fingerprint}`;
  }
  toJSON(): string {
    return this.toString();
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
