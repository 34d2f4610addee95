import { fingerprintOf, Sealed, type Fingerprint } from '../../model/sealed.ts';
import type { Credential } from '../../model/snapshot.ts';
import {
  byService,
  isFollowed,
  keyIdentifier,
  keyUrl,
  normalisedKey,
  withoutVersion,
  type KeyIdentifier,
} from './keyIdentifier.ts';
import type { ProviderInput } from '../provider.ts';
import { isRemembered } from '../versionedCredential.ts';

/** A key without a version, of which nobody noted which version was the newest. */
const unknownVersion = 'versionless';

/**
 * What encrypts an account is a text: a key with its version, a key without one (then its newest version is part of the
 * credential, but not of the text), or `Microsoft.Batch`.
 */
export function credentialOf(text: string, newest = unknownVersion): Credential {
  if (isFollowed(text)) return { id: newest, fingerprint: ofFollowed(text, newest), value: new Sealed(text) };
  const id = text === byService ? byService.toLowerCase() : (keyIdentifier(text)?.version ?? unknownVersion);
  return { id, fingerprint: fingerprintOf(text), value: new Sealed(text) };
}

/** Both ways in which a version of a key may have been used. */
export function fingerprintsOf(key: KeyIdentifier, version: string): readonly Fingerprint[] {
  const base = keyUrl(withoutVersion(key));
  return [fingerprintOf(`${base}/${version}`), ofFollowed(base, version)];
}

function ofFollowed(text: string, version: string): Fingerprint {
  return fingerprintOf(`${text} ${version}`);
}

/** What the secret says, in one spelling. */
export function textOf({ secret }: Pick<ProviderInput, 'secret'>): string {
  const text = secret.value.open();
  return normalisedKey(text) ?? text;
}

/** The credential that the secret names; the version of a key without one stands in the tag. */
export function keyInSecret(input: Pick<ProviderInput, 'secret'>): Credential {
  const taggedId = credentialIdIn(input.secret.tags['CredentialId'] ?? '');
  return credentialOf(textOf(input), taggedId);
}

/** Versions are 32 hex digits; Key Vault writes them in lower case. */
export function credentialIdIn(word: string): string | undefined {
  const id = word.trim().toLowerCase();
  return /^([0-9a-f]{32}|versionless|microsoft\.batch)$/.test(id) ? id : undefined;
}

/** As `held`; what the tag does not say, or says of a version that nobody knows, is the newest version there is. */
export function keyInSecretNow(input: Pick<ProviderInput, 'secret' | 'state'>, newest: string | undefined): Credential {
  const found = keyInSecret(input);
  return isFollowed(textOf(input)) && !isRemembered(input, found.fingerprint)
    ? credentialOf(textOf(input), newest)
    : found;
}
