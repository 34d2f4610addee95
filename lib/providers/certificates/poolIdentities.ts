import type { ResourceGraph } from '../../azure/resourceGraph.ts';
import { normalizedId } from '../../model/target.ts';
import { certificateUrl, type CertificateUrl } from '../../pools/certificateUrl.ts';
import type { KnownIdentity, Wanted } from '../../pools/finding.ts';
import { mayReadByPolicy, mayReadByRole, type Assignment } from '../../pools/vaultGrants.ts';
import { assignmentsAt, resourcesAt, type Resource } from './identityQueries.ts';

interface IdentityQuery {
  /** The ARM id of the Batch account. */
  readonly account: string;
  /** The ARM ids of the identities of its pools. */
  readonly attached: readonly string[];
  /** The URLs that nodes are given. */
  readonly certificates: readonly string[];
}

/** Returns what an audit may use besides the pools, for each certificate. */
type KnownIdentities = (certificate: string) => Pick<Wanted, 'identities' | 'tenantId'>;

/** Sends two queries at most, and none without identities or certificates. Leaves out all that this app may not see. */
export async function poolIdentities(
  graph: ResourceGraph,
  { account, attached, certificates }: IdentityQuery,
): Promise<KnownIdentities> {
  const urls = certificates.flatMap((text) => certificateUrl(text) ?? []);
  if (attached.length === 0 || urls.length === 0) return () => ({});
  const resources = await resourcesAt(graph, [account, ...attached], urls.map(uriOf));
  const rowOf = (id: string) => resources.find((row) => row.id === normalizedId(id));
  const assignments = await assignmentsFor(
    graph,
    urls.flatMap((url) => secretAt(resources, url) ?? []),
  );
  // Certificates of pools need an identity of the Batch account's tenant.
  const tenantId = rowOf(account)?.tenantId;
  return (certificate) => {
    const url = certificateUrl(certificate);
    const secret = url && secretAt(resources, url);
    const identities = attached.flatMap((id) => identityFrom(rowOf(id), assignments, secret) ?? []);
    return { identities, ...(tenantId && { tenantId }) };
  };
}

interface Secret {
  readonly vault: Resource;
  /** Roles can be assigned at this scope. */
  readonly id: string;
}

function secretAt(resources: readonly Resource[], url: CertificateUrl): Secret | undefined {
  const vault = resources.find(({ uri }) => uri === uriOf(url));
  return vault && { vault, id: `${vault.id}/secrets/${url.name.toLowerCase()}` };
}

function uriOf({ host }: CertificateUrl): string {
  return `https://${host}/`;
}

async function assignmentsFor(graph: ResourceGraph, secrets: readonly Secret[]): Promise<readonly Assignment[]> {
  const scopes = secrets.filter(hasRoles).flatMap(({ id }) => scopesOf(id));
  return scopes.length > 0 ? assignmentsAt(graph, scopes) : [];
}

/** A vault goes by roles or by policies, which are the default, and ignores the others. */
function hasRoles({ vault }: Secret): boolean {
  return vault.rbac === 'true';
}

/** Returns the tenant, the subscription, the group and the vault of a secret, and the secret itself. */
function scopesOf(secret: string): readonly string[] {
  const parts = secret.split('/');
  return ['/', ...[3, 5, 9, 11].map((length) => parts.slice(0, length).join('/'))];
}

function identityFrom(
  row: Resource | undefined,
  assignments: readonly Assignment[],
  secret: Secret | undefined,
): KnownIdentity | undefined {
  if (!row?.clientId) return undefined;
  const mayRead = secret && row.principalId ? mayReadOf(row.principalId, assignments, secret) : undefined;
  const identity = { resourceId: row.id, clientId: row.clientId, ...(row.home && { tenantId: row.home }) };
  return { ...identity, ...(mayRead !== undefined && { mayRead }) };
}

function mayReadOf(principalId: string, assignments: readonly Assignment[], secret: Secret): boolean | undefined {
  if (hasRoles(secret)) return mayReadByRole(assignments, principalId, secret.id);
  const { policies } = secret.vault;
  return policies && mayReadByPolicy(policies, principalId);
}
