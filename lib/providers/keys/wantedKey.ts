import type { Reason } from '../../model/reason.ts';
import type { ProviderInput } from '../provider.ts';
import { textOf } from './keyCredential.ts';
import {
  baseOf,
  byService,
  isFollowed,
  keyIdentifier,
  keyUrl,
  normalisedKey,
  withoutVersion,
  type KeyIdentifier,
} from './keyIdentifier.ts';

/** A key without a version means its newest one. */
export type WantedKey = typeof byService | KeyIdentifier;

/**
 * Returns the key that the account's own tag KeyturnKey asks for, or else the key that the account uses (R26, key of the
 * owner).
 */
export function wantedOf({ requestedKey }: Pick<ProviderInput, 'requestedKey'>, used: string): WantedKey | undefined {
  if (requestedKey === undefined) return usedKey(used);
  const text = normalisedKey(requestedKey);
  return text === byService ? byService : keyIdentifier(text ?? '');
}

/** Returns the key that the account uses, without its version. */
export function usedKey(used: string): WantedKey | undefined {
  const key = keyIdentifier(used);
  return used === byService ? byService : key && withoutVersion(key);
}

/** An account cannot do without the key that it uses; another one is only not there yet. */
export function reasonIfMissing(wanted: KeyIdentifier, used: string): Reason {
  const isInUse = wanted.version === undefined ? baseOf(used) === keyUrl(wanted) : used === keyUrl(wanted);
  return isInUse ? 'key-access-lost' : 'key-missing';
}

/** Returns the text for the account and the secret, without a version if Batch is to follow the key by itself. */
export function textFor(input: ProviderInput, wanted: KeyIdentifier, newest: string): string {
  const isToBeFollowed = (input.target.options.kindOptions?.has('versionless') ?? false) || isFollowed(textOf(input));
  return keyUrl(isToBeFollowed ? wanted : { ...wanted, version: newest });
}

/** Tells whether the account's tag asks for another key, or another version, than the account uses. */
export function asksForAnother({ requestedKey }: ProviderInput, wanted: KeyIdentifier, used: string): boolean {
  if (requestedKey === undefined) return false;
  if (baseOf(used) !== keyUrl(withoutVersion(wanted))) return true;
  return wanted.version !== undefined && wanted.version !== keyIdentifier(used)?.version;
}
