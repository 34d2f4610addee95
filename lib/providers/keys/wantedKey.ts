import type { Reason } from '../../model/reason.ts';
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
import type { ProviderInput } from '../provider.ts';
import { textOf } from './keyCredential.ts';

/** Without a version: the newest one. */
export type Wanted = typeof byService | KeyIdentifier;

/** What the target asks for: by the tag RotationKey, else the key that the account has. */
export function wantedOf({ target: { options } }: Pick<ProviderInput, 'target'>, used: string): Wanted | undefined {
  if (options.key === undefined) return usedKey(used);
  const text = normalisedKey(options.key);
  return text === byService ? byService : keyIdentifier(text ?? '');
}

/** The key that the account has, in whatever version. */
export function usedKey(used: string): Wanted | undefined {
  const key = keyIdentifier(used);
  return used === byService ? byService : key && withoutVersion(key);
}

/** What it means that the key wanted is not there: the account cannot do without the one that it uses. */
export function meaningOfMissing(wanted: KeyIdentifier, used: string): Reason {
  const isInUse = wanted.version === undefined ? baseOf(used) === keyUrl(wanted) : used === keyUrl(wanted);
  return isInUse ? 'key-access-lost' : 'key-missing';
}

/** What stands in the account and in the secret: without the version where Batch is to follow the key by itself. */
export function textFor(input: ProviderInput, wanted: KeyIdentifier, newest: string): string {
  const { kindOptions: extra } = input.target.options;
  const follows = (extra?.has('versionless') ?? false) || isFollowed(textOf(input));
  return keyUrl(follows ? wanted : { ...wanted, version: newest });
}

/** The wish is for another key, or another version, than the account has. */
export function isWishForAnother({ target: { options } }: ProviderInput, wanted: KeyIdentifier, used: string): boolean {
  if (options.key === undefined) return false;
  const now = keyIdentifier(used);
  return !now || keyUrl({ ...wanted, version: '' }) !== keyUrl({ ...now, version: '' }) || isOther(wanted, now);
}

function isOther({ version }: KeyIdentifier, now: KeyIdentifier): boolean {
  return version !== undefined && version !== now.version;
}
