import { z } from 'zod';
import type { Graph, Row } from '../graph.ts';
import { Failure } from '../model/failure.ts';
import { normalised } from '../model/target.ts';
import { certificateUrl, type CertificateUrl } from '../pools/certificateUrl.ts';
import type { KnownIdentity, Wanted } from '../pools/finding.ts';
import { managementGroups, mayReadByPolicy, mayReadByRole, type Assignment } from '../pools/vaultGrants.ts';

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
export async function poolIdentities(graph: Graph, asked: Asked): Promise<Known> {
  const urls = asked.certificates.flatMap((text) => certificateUrl(text) ?? []);
  if (asked.attached.length === 0 || urls.length === 0) return () => ({});
  const found = (await rowsOf(graph, resourcesOf(asked, urls))).map((row) => resource.parse(row));
  const secrets = urls.flatMap((url) => secretAt(found, url) ?? []);
  const scopes = new Set(secrets.filter(({ vault }) => vault.rbac === 'true').flatMap(({ id }) => scopesOf(id)));
  const assigned = scopes.size > 0 ? (await rowsOf(graph, assignmentsAt([...scopes]))).map(assignmentFrom) : [];
  return (certificate) => known(asked, found, assigned, certificateUrl(certificate));
}

async function rowsOf(graph: Graph, query: string): Promise<readonly Row[]> {
  try {
    return await graph(query);
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

function resourcesOf({ account, attached }: Asked, urls: readonly CertificateUrl[]): string {
  return `Resources
| where id in~ (${quoted([account, ...attached])})
  or type =~ 'microsoft.keyvault/vaults' and tostring(properties.vaultUri) in~ (${quoted(urls.map(uriOf))})
| project id, tenantId, clientId = tostring(properties.clientId), principalId = tostring(properties.principalId),
  home = tostring(properties.tenantId), uri = tostring(properties.vaultUri),
  rbac = tostring(properties.enableRbacAuthorization), policies = properties.accessPolicies
| order by id asc`;
}

/** Of whomever: that any are shown tells that this app may see them. */
function assignmentsAt(scopes: readonly string[]): string {
  return `AuthorizationResources
| where type =~ 'microsoft.authorization/roleassignments'
| project id, principalId = tostring(properties.principalId), principalType = tostring(properties.principalType),
  role = tostring(properties.roleDefinitionId), scope = tostring(properties.scope),
  condition = tostring(properties.condition)
| where scope in~ (${quoted(scopes)}) or scope startswith '${managementGroups}'
| order by id asc`;
}

/** A host may have quotes in it. */
function quoted(texts: readonly string[]): string {
  return [...new Set(texts)].map((text) => `'${text.replace(/[\\']/g, String.raw`\$&`)}'`).join(', ');
}

const word = z.string().toLowerCase().catch('');
const words = z.array(z.string()).catch([]);
const permissions = z.object({ secrets: words, certificates: words });
const resource = z.object({
  ...{ id: word, tenantId: word, clientId: word, principalId: word, home: word, uri: word, rbac: word },
  policies: z
    .array(z.object({ objectId: z.string(), permissions }))
    .optional()
    .catch(undefined),
});
type Resource = z.output<typeof resource>;

const assignment = z.object({ principalId: word, principalType: word, role: word, scope: word, condition: word });

function assignmentFrom(row: Row): Assignment {
  const { role, scope, ...rest } = assignment.parse(row);
  return { ...rest, role: role.split('/').at(-1) ?? '', scope: scope === '/' ? scope : normalised(scope) };
}

interface Secret {
  readonly vault: Resource;
  /** Its scope, to which roles are assigned. */
  readonly id: string;
}

function secretAt(found: readonly Resource[], url: CertificateUrl): Secret | undefined {
  const vault = found.find(({ uri }) => uri === uriOf(url));
  return vault && { vault, id: `${vault.id}/secrets/${url.name.toLowerCase()}` };
}

function uriOf({ host }: CertificateUrl): string {
  return `https://${host}/`;
}

/** Itself, its vault, the group and the subscription of that, and the tenant. */
function scopesOf(secret: string): readonly string[] {
  const parts = secret.split('/');
  return ['/', ...[3, 5, 9, 11].map((length) => parts.slice(0, length).join('/'))];
}

/** The identity is to be made in the tenant of the Batch account (seed of the page on certificates of pools). */
function known(
  { account, attached }: Asked,
  found: readonly Resource[],
  assigned: readonly Assignment[],
  url: CertificateUrl | undefined,
): ReturnType<Known> {
  const secret = url && secretAt(found, url);
  const rowOf = (id: string) => found.find((row) => row.id === normalised(id));
  const identities = attached.flatMap((id) => identityFrom(rowOf(id), assigned, secret) ?? []);
  const tenantId = rowOf(account)?.tenantId;
  return { identities, ...(tenantId && { tenantId }) };
}

function identityFrom(
  row: Resource | undefined,
  assigned: readonly Assignment[],
  secret: Secret | undefined,
): KnownIdentity | undefined {
  if (!row?.clientId) return undefined;
  const mayRead = secret && row.principalId ? mayReadOf(row.principalId, assigned, secret) : undefined;
  const base = { resourceId: row.id, clientId: row.clientId, ...(row.home && { tenantId: row.home }) };
  return { ...base, ...(mayRead !== undefined && { mayRead }) };
}

/** A vault has roles or policies; the others are ignored. Unsaid, it has policies. */
function mayReadOf(principalId: string, assigned: readonly Assignment[], { vault, id }: Secret): boolean | undefined {
  if (vault.rbac === 'true') return mayReadByRole(assigned, principalId, id);
  return vault.policies && mayReadByPolicy(vault.policies, principalId);
}
