import { accountsTag, isAccountIn, namedAccounts, resourceTag } from '../model/naming.ts';
import { OperationError } from '../model/operationError.ts';
import type { Claim, Secret } from '../model/snapshot.ts';
import { secretUrl } from '../model/target.ts';
import { parseVaultObject, type VaultObject } from '../model/vaultObject.ts';
import type { ProviderDeps, ProviderInput } from './provider.ts';

/** A version of a key or certificate, as the list of its versions shows it. */
export interface ListedVersion {
  readonly version?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly createdOn?: Date | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/**
 * Returns the accounts that any enabled version names, since a renewal may not carry the tags on. The newest version
 * counts in any case: its owner must be able to name an account when all versions are disabled.
 */
export function accountsNamedBy(versions: readonly ListedVersion[]): readonly string[] {
  const newestMs = Math.max(...versions.map(madeMs));
  return versions
    .filter((version) => version.enabled !== false || madeMs(version) === newestMs)
    .flatMap(({ tags }) => namedAccounts(tags));
}

function madeMs({ createdOn }: ListedVersion): number {
  return createdOn?.getTime() ?? 0;
}

/**
 * Returns the tags with which the live version names the accounts too, or nothing if it has the tag. A renewal may not
 * have carried it on, and ending the last version that has it would take the right away that its owner gave.
 */
export function tagsThatName(versions: readonly ListedVersion[], live: string): Record<string, string> | undefined {
  const { tags = {} } = versions.find(({ version }) => version === live) ?? {};
  if (resourceTag(tags, accountsTag) !== undefined) return undefined;
  return { ...tags, [accountsTag]: [...new Set(accountsNamedBy(versions))].join(' ') };
}

/**
 * Tells whether another target still publishes this version of a key or certificate, or an older one (R27, ended for
 * all).
 *
 * Only targets count whose accounts the key or certificate names: no other account may keep a version alive. A secret that
 * is deleted may come back, and one that cannot be read may hold anything, so neither shows a newer version.
 */
export async function isPublishedElsewhere(
  { claims, vault }: ProviderDeps,
  { target }: ProviderInput,
  object: string,
  versions: readonly ListedVersion[],
  ended: string,
): Promise<boolean> {
  const named = accountsNamedBy(versions);
  for await (const claim of claims.list()) {
    const isAnother = claim.sourceObject === object && secretUrl(claim.secret) !== secretUrl(target.secret);
    if (isAnother && isNamed(claim, named) && !(await publishesNewer(claim))) return true;
  }
  return false;

  async function publishesNewer({ secret }: Claim): Promise<boolean> {
    const published = versionIn(await readOrNothing(secret), object);
    const dateOf = (id: string | undefined) => versions.find(({ version }) => version === id)?.createdOn;
    const [theirs, old] = [dateOf(published), dateOf(ended)];
    return published !== ended && theirs !== undefined && old !== undefined && theirs > old;
  }

  async function readOrNothing(secret: Claim['secret']): Promise<Secret | undefined> {
    try {
      return await vault.read(secret);
    } catch (error) {
      if (error instanceof OperationError) return undefined;
      throw error;
    }
  }
}

function isNamed({ host }: Claim, named: readonly string[]): boolean {
  return isAccountIn(named, host);
}

/**
 * Returns the version that a secret publishes: its value names it, or else its tag. A certificate is named by the secret
 * that holds its private key, too.
 */
function versionIn(secret: Secret | undefined, object: string): string | undefined {
  const found = secret && parseVaultObject(secret.value.open());
  if (!found || !isOf(found, object)) return undefined;
  return found.version ?? secret.tags['CredentialId']?.trim().toLowerCase();
}

function isOf({ vaultUrl, collection, name }: VaultObject, object: string): boolean {
  return `${vaultUrl}/${collection === 'secrets' ? 'certificates' : collection}/${name.toLowerCase()}` === object;
}
