import { secretUrl, type SecretName } from './target.ts';

/*
 * A resource names who may have it changed, in a tag of its own (R25, named by the resource).
 *
 * The author of one secret can put any public identifier into it. Only its owner can tag the account, the
 * certificate or the key.
 */

/** Tag of a Batch account: the one secret whose target changes its encryption. */
export const secretTag = 'KeyturnCmk';
/** Tag of a Batch account: the key that its owner wants it to use. */
export const keyTag = 'KeyturnKey';
/** Tag of a certificate or key in a vault: the accounts whose targets change it. */
export const accountsTag = 'KeyturnAccounts';

type ResourceTags = Readonly<Record<string, string>> | undefined;

/** Reads a tag of a resource: ARM does not tell names of tags apart by case. */
export function resourceTag(tags: ResourceTags, name: string): string | undefined {
  return Object.entries(tags ?? {})
    .find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1]
    .trim();
}

/** Returns how a resource names the secret: the vault's name, a slash, the secret's name. An address has no name. */
export function nameOf(secret: SecretName): string {
  const { hostname } = new URL(secret.vaultUrl);
  return isAddress(hostname) ? secretUrl(secret) : `${firstLabels(hostname, 1)}/${secret.name}`;
}

/** Whether the account names this secret, and no other. In any case, by `nameOf` or by the secret's URL. */
export function namesSecret(tags: ResourceTags, secret: SecretName): boolean {
  const word = resourceTag(tags, secretTag)?.toLowerCase().replace(/\/$/, '');
  return word !== undefined && (word === nameOf(secret).toLowerCase() || word === secretUrl(secret));
}

/** Returns how a certificate or key names an account: `account.region`, as its endpoint begins. */
export function accountName(host: string): string {
  return isAddress(host) ? host : firstLabels(host, 2);
}

/** Returns the accounts that a certificate or key names. */
export function namedAccounts(tags: ResourceTags): readonly string[] {
  const words = (resourceTag(tags, accountsTag) ?? '').toLowerCase().split(/\s+/);
  return words.filter((word) => /^[a-z0-9]+(\.[a-z0-9]+)+(:\d+)?$/.test(word));
}

/** Whether the account with this endpoint is among them. */
export function isAccountIn(named: readonly string[], host: string | undefined): boolean {
  return host !== undefined && URL.canParse(`https://${host}`) && named.includes(accountName(host));
}

function isAddress(host: string): boolean {
  return /^[\d.]+(:\d+)?$|^\[/.test(host);
}

function firstLabels(hostname: string, count: number): string {
  return hostname.toLowerCase().split('.').slice(0, count).join('.');
}
