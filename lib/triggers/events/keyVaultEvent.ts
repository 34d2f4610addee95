import { isIP } from 'node:net';
import { z } from 'zod';
import type { Reason } from '../../model/reason.ts';
import type { Settings } from '../../model/settings.ts';
import type { VisitRequest } from '../../model/state.ts';
import { secretFromUrl, type SecretName } from '../../model/target.ts';
import type { IncomingEvent } from './incoming.ts';

/** What an event of Key Vault requests: for the secret itself, or for the targets that use a key or certificate. */
export type KeyVaultEvent =
  | { readonly secret: SecretName; readonly request: VisitRequest & { readonly version: string } }
  | { readonly object: string; readonly request: VisitRequest };

const causes = { NearExpiry: 'near-expiry', Expired: 'expired', NewVersionCreated: 'new-version' } as const;
const typeOf = /^Microsoft\.KeyVault\.(Secret|Key|Certificate)(NearExpiry|Expired|NewVersionCreated)$/;

/**
 * NBF and EXP come as numbers, strings or null and are not needed: the secret itself is read (azure-facts: Key Vault
 * events).
 */
const word = z.string().trim().min(1);
const shape = z.object({ Id: z.url({ protocol: /^https?$/ }), VaultName: word, Version: word }).loose();

/**
 * Only events of vaults that are listed count, and only if what they say of their origin agrees. Keys and certificates
 * may lie in `KEYTURN_OBJECT_VAULTS` too (R26, key of the owner).
 */
export function parseKeyVaultEvent(
  { type, source, data }: IncomingEvent,
  { vaultUrls, objectVaultUrls }: Pick<Settings, 'vaultUrls' | 'objectVaultUrls'>,
): KeyVaultEvent | Reason {
  const [, object, happened] = typeOf.exec(type) ?? [];
  if (!object || !happened) return 'irrelevant';
  const read = shape.safeParse(data);
  if (!read.success) return 'unreadable';
  const { Id, VaultName, Version } = read.data;
  const { origin, pathname } = new URL(Id);
  if (!comesFrom(source, VaultName, origin)) return 'wrong-origin';
  const request = { cause: causes[happened as keyof typeof causes] };
  if (!pathname.endsWith(`/${Version}`)) return 'unreadable';
  const url = `${origin}${pathname.slice(0, pathname.lastIndexOf('/'))}`;
  const listed = object === 'Secret' ? vaultUrls : [...vaultUrls, ...objectVaultUrls];
  if (!listed.includes(origin)) return 'wrong-origin';
  if (object !== 'Secret') return { object: url.toLowerCase(), request };
  const secret = secretFromUrl(url);
  return secret ? { secret, request: { ...request, version: Version } } : 'unreadable';
}

/** Checks that source, data and id name the same vault. A host that is an IP address has no name to compare. */
function comesFrom(source: string, name: string, origin: string): boolean {
  const vault = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/([^/]+)$/i;
  const { hostname } = new URL(origin);
  const named = isIP(hostname) ? name : hostname.split('.')[0];
  return [vault.exec(source)?.[1], named].every((each) => each?.toLowerCase() === name.toLowerCase());
}
