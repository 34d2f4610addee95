import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

/** First 12 hex digits of SHA-256: safe to publish. */
export type Fingerprint = string;

export function fingerprintOf(text: string): Fingerprint {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Key material. Prints, logs and serialises as its fingerprint; only `open()` gives it away. */
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
