import { fingerprintOf, Sealed, type Fingerprint } from '../../model/sealed.ts';
import type { Credential } from '../../model/snapshot.ts';
import type { ProviderInput } from '../provider.ts';
import { isRemembered } from '../versionedCredential.ts';
import {
  byService,
  isFollowed,
  keyIdentifier,
  keyUrl,
  normalisedKey,
  withoutVersion,
  type KeyIdentifier,
} from './keyIdentifier.ts';

/** The id of a key without a version if no tag recorded which version was the newest. */
const unknownVersion = 'versionless';

/**
 * Makes a credential of the text that an account's encryption names. Of a key without a version the newest version is
 * part of the credential, but not of the text.
 */
export function credentialOf(text: string, newest = unknownVersion): Credential {
  const value = new Sealed(text);
  if (isFollowed(text)) return { id: newest, fingerprint: followedFingerprint(text, newest), value };
  const id = text === byService ? byService.toLowerCase() : (keyIdentifier(text)?.version ?? unknownVersion);
  return { id, fingerprint: fingerprintOf(text), value };
}

/** Returns the fingerprints of both ways to use a version: by its name, and by following its key. */
export function fingerprintsOf(key: KeyIdentifier, version: string): readonly Fingerprint[] {
  const base = keyUrl(withoutVersion(key));
  return [fingerprintOf(`${base}/${version}`), followedFingerprint(base, version)];
}

function followedFingerprint(text: string, version: string): Fingerprint {
  return fingerprintOf(`${text} ${version}`);
}

/** Returns the text of the secret in its one spelling. */
export function textOf({ secret }: Pick<ProviderInput, 'secret'>): string {
  const text = secret.value.open();
  return normalisedKey(text) ?? text;
}

/** Returns the credential that the secret names. The tag has the version of a key without one. */
export function keyInSecret(input: Pick<ProviderInput, 'secret'>): Credential {
  return credentialOf(textOf(input), credentialIdIn(input.secret.tags['CredentialId'] ?? ''));
}

/** Reads a version, which is 32 hex digits in lower case, or a word of ours that stands for none. */
export function credentialIdIn(word: string): string | undefined {
  const id = word.trim().toLowerCase();
  return /^([0-9a-f]{32}|versionless|microsoft\.batch)$/.test(id) ? id : undefined;
}

/** As `keyInSecret`, but if the tag names no version that the state remembers, a followed key has its newest one. */
export function keyInSecretNow(input: Pick<ProviderInput, 'secret' | 'state'>, newest: string | undefined): Credential {
  const credential = keyInSecret(input);
  return isFollowed(textOf(input)) && !isRemembered(input, credential.fingerprint)
    ? credentialOf(textOf(input), newest)
    : credential;
}
