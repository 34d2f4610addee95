import { normalizedId } from '../../model/target.ts';
import type { Check, PoolProblem, KnownIdentity, ObservingExtension } from '../finding.ts';
import { isMsiEndpoint, msiEndpoints } from '../keyVaultExtension.ts';

/** Can the node sign in to the vault as an identity of the pool? */
export const identityChecks: readonly Check[] = [missing, unnamed, foreign, endpoint, tenant, rights];

function missing({ pool }: ObservingExtension): PoolProblem | undefined {
  return pool.identities.length > 0 ? undefined : { reason: 'pool-identity-missing' };
}

function unnamed({ extension }: ObservingExtension): PoolProblem | undefined {
  return extension.msiClientId?.trim() ? undefined : { reason: 'pool-client-id-missing' };
}

/** Finds nothing unless the client id of every identity of the pool is known, by the pool or by the caller. */
function foreign({ pool, extension, wanted }: ObservingExtension): PoolProblem | undefined {
  const named = extension.msiClientId?.trim();
  if (!named) return undefined;
  if (!isClientId(named)) return { reason: 'pool-client-id-foreign', detail: 'is no client id' };
  const known = pool.identities.map(({ id, clientId }) => clientId ?? knownAs(id, wanted.identities)?.clientId);
  if (known.length === 0 || known.some((id) => id === undefined || isSameId(id, named))) return undefined;
  return { reason: 'pool-client-id-foreign' };
}

/** The extension needs the endpoint if a client id is given (azure-facts: Key Vault extension). */
function endpoint({ pool, extension }: ObservingExtension): PoolProblem | undefined {
  const { msiClientId, msiEndpoint = '' } = extension;
  if (!msiClientId?.trim() || isMsiEndpoint(msiEndpoint)) return undefined;
  const found = msiEndpoint.trim() === '' ? 'is empty' : 'is another address';
  return { reason: 'pool-msi-endpoint', detail: `${found}; should be ${msiEndpoints[pool.os]}` };
}

function tenant({ extension, wanted }: ObservingExtension): PoolProblem | undefined {
  const used = usedIdentity(extension.msiClientId, wanted.identities);
  if (!used?.tenantId || !wanted.tenantId || isSameId(used.tenantId, wanted.tenantId)) return undefined;
  return { reason: 'pool-identity-tenant', detail: used.resourceId };
}

function rights({ extension, wanted }: ObservingExtension): PoolProblem | undefined {
  const used = usedIdentity(extension.msiClientId, wanted.identities);
  return used?.mayRead === false ? { reason: 'pool-identity-rights', detail: used.resourceId } : undefined;
}

export function isClientId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function usedIdentity(clientId = '', known: readonly KnownIdentity[] = []): KnownIdentity | undefined {
  return known.find((each) => isSameId(each.clientId, clientId.trim()));
}

function knownAs(resourceId: string, known: readonly KnownIdentity[] = []): KnownIdentity | undefined {
  return known.find((each) => normalizedId(each.resourceId) === normalizedId(resourceId));
}

function isSameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
