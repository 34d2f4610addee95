import type { ReasonClass } from './reasonClass.ts';
import { ofCertificates } from './reasons/certificates.ts';
import { ofEvents } from './reasons/events.ts';
import { failures } from './reasons/failures.ts';
import { ofKeys } from './reasons/keys.ts';
import { ordinary } from './reasons/ordinary.ts';
import { forPeople } from './reasons/people.ts';
import { ofPools } from './reasons/pools.ts';

/**
 * The closed list of reasons. A word is the same in logs, tags, events and HTTP answers, and is never used again once
 * it is retired.
 */
const reasons = {
  ...ordinary,
  ...failures,
  ...forPeople,
  ...ofEvents,
  ...ofKeys,
  ...ofCertificates,
  ...ofPools,
};

export type Reason = keyof typeof reasons;

/** Returns what a person can do about it. */
export function adviceFor(reason: Reason): string {
  return reasons[reason].advice;
}

/** Whether a reason, if there is one, has one of the classes. */
export function hasClass(reason: Reason | undefined, ...classes: readonly ReasonClass[]): boolean {
  return reason !== undefined && classes.includes(reasons[reason].class);
}

export function isReason(word: string): word is Reason {
  return Object.hasOwn(reasons, word);
}
