import { ofCertificates } from './reasons/certificates.ts';
import { ofEvents } from './reasons/events.ts';
import { ofKeys } from './reasons/keys.ts';
import { ordinary } from './reasons/ordinary.ts';
import { passing } from './reasons/passing.ts';
import { forPeople } from './reasons/people.ts';
import { ofPools } from './reasons/pools.ts';

/**
 * The closed list: one word, the same in log, tag, event, HTTP answer and test; each says what a person can do.
 * A word that is retired is never used again.
 */
const advice = {
  ...ordinary,
  ...passing,
  ...ofEvents,
  ...forPeople,
  ...ofKeys,
  ...ofCertificates,
  ...ofPools,
} as const;

export type Reason = keyof typeof advice;

/** What a person can do about it. */
export function adviceFor(reason: Reason): string {
  return advice[reason];
}

/** Asked once an hour: only a person can change the answer. */
export function needsAGrant(reason: Reason): boolean {
  return grants.has(reason);
}

const grants: ReadonlySet<Reason> = new Set([
  ...(['forbidden', 'forbidden-by-policy', 'firewall', 'locked', 'resource-missing'] as const),
  ...(['cmk-not-for-existing', 'key-role-missing', 'key-policy-missing', 'key-grant-missing', 'key-missing'] as const),
]);

/** Nothing is to be rotated, however due: somebody else sees to it, or wishes so. */
export function isNothingToRotate(reason: Reason | undefined): boolean {
  return reason === 'microsoft-managed' || reason === 'managed-by-batch' || reason === 'key-pinned';
}

/** The resource itself works no more: looked at every few minutes, and said to be well again. */
export function isDown(reason: Reason | undefined): boolean {
  return reason !== undefined && down.has(reason);
}

const down: ReadonlySet<Reason> = new Set(['key-access-lost', 'account-disabled', 'nodes-returning']);

export function isReason(word: string): word is Reason {
  return Object.hasOwn(advice, word);
}
