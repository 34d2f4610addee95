import type { ResourceGraph } from '../../azure/resourceGraph.ts';
import { normalizedId } from '../../model/target.ts';
import { certificateUrl, type CertificateUrl } from '../../pools/certificateUrl.ts';
import type { KnownIdentity, Wanted } from '../../pools/finding.ts';
import { mayReadByPolicy, mayReadByRole, type Assignment } from '../../pools/vaultGrants.ts';
import { assignmentsAt, resourcesAt, type Resource } from './identityQueries.ts';

interface Asked {
  /** The ARM id of the Batch account. */
  readonly account: string;
  /** The ARM ids of the identities of its pools. */
  readonly attached: readonly string[];
  /** As nodes are told. */
  readonly certificates: readonly string[];
}

/** What an auditor may know besides the pools, for each certificate. */
type Known = (certificate: string) => Pick<Wanted, 'identities' | 'tenantId'>;

/** Two queries at most, and none without identities and certificates. What this app may not see is not known. */
export async function poolIdentities(graph: ResourceGraph, { account, attached, certificates }: Asked): Promise<Known> {
  const urls = certificates.flatMap((text) => certificateUrl(text) ?? []);
  if (attached.length === 0 || urls.length === 0) return () => ({});
  const found = await resourcesAt(graph, [account, ...attached], urls.map(uriOf));
  const rowOf = (id: string) => found.find((row) => row.id === normalizedId(id));
  const assigned = await assignedIn(
    graph,
    urls.flatMap((url) => secretAt(found, url) ?? []),
  );
  // The page on certificates of pools wants the identity to be of the tenant of the Batch account.
  const tenantId = rowOf(account)?.tenantId;
  return (certificate) => {
    const url = certificateUrl(certificate);
    const secret = url && secretAt(found, url);
    const identities = attached.flatMap((id) => identityFrom(rowOf(id), assigned, secret) ?? []);
    return { identities, ...(tenantId && { tenantId }) };
  };
}

interface Secret {
  readonly vault: Resource;
  /** Its scope: roles can be assigned to it. */
  readonly id: string;
}

function secretAt(found: readonly Resource[], url: CertificateUrl): Secret | undefined {
  const vault = found.find(({ uri }) => uri === uriOf(url));
  return vault && { vault, id: `${vault.id}/secrets/${url.name.toLowerCase()}` };
}

function uriOf({ host }: CertificateUrl): string {
  return `https://${host}/`;
}

async function assignedIn(graph: ResourceGraph, secrets: readonly Secret[]): Promise<readonly Assignment[]> {
  const scopes = secrets.filter(hasRoles).flatMap(({ id }) => scopesOf(id));
  return scopes.length > 0 ? assignmentsAt(graph, scopes) : [];
}

/** A vault has roles or policies; the others are ignored. Unsaid, it has policies. */
function hasRoles({ vault }: Secret): boolean {
  return vault.rbac === 'true';
}

/** The tenant, the subscription, the group and the vault of a secret, and itself. */
function scopesOf(secret: string): readonly string[] {
  const parts = secret.split('/');
  return ['/', ...[3, 5, 9, 11].map((length) => parts.slice(0, length).join('/'))];
}

function identityFrom(
  row: Resource | undefined,
  assigned: readonly Assignment[],
  secret: Secret | undefined,
): KnownIdentity | undefined {
  if (!row?.clientId) return undefined;
  const mayRead = secret && row.principalId ? mayReadOf(row.principalId, assigned, secret) : undefined;
  const identity = { resourceId: row.id, clientId: row.clientId, ...(row.home && { tenantId: row.home }) };
  return { ...identity, ...(mayRead !== undefined && { mayRead }) };
}

function mayReadOf(principalId: string, assigned: readonly Assignment[], secret: Secret): boolean | undefined {
  if (hasRoles(secret)) return mayReadByRole(assigned, principalId, secret.id);
  const { policies } = secret.vault;
  return policies && mayReadByPolicy(policies, principalId);
}
