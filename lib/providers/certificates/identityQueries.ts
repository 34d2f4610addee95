import { z } from 'zod';
import type { ResourceGraph } from '../../azure/resourceGraph.ts';
import { undefinedIf } from '../../model/operationError.ts';
import { normalizedId } from '../../model/target.ts';
import { managementGroups, type Assignment } from '../../pools/vaultGrants.ts';

const word = z.string().toLowerCase().catch('');
const words = z.array(z.string()).catch([]);
const permissions = z.object({ secrets: words, certificates: words });

/** An account, an identity or a vault, in lower case. Members that it has not are empty. */
const resource = z.object({
  ...{ id: word, tenantId: word, clientId: word, principalId: word, home: word, uri: word, rbac: word },
  policies: z
    .array(z.object({ objectId: z.string(), permissions }))
    .optional()
    .catch(undefined),
});
export type Resource = z.output<typeof resource>;

/** Finds the resources with these ids, and the vaults at these addresses. */
export async function resourcesAt(
  graph: ResourceGraph,
  ids: readonly string[],
  uris: readonly string[],
): Promise<readonly Resource[]> {
  const query = `Resources
| where id in~ (${quoted(ids)})
  or type =~ 'microsoft.keyvault/vaults' and tostring(properties.vaultUri) in~ (${quoted(uris)})
| project id, tenantId, clientId = tostring(properties.clientId), principalId = tostring(properties.principalId),
  home = tostring(properties.tenantId), uri = tostring(properties.vaultUri),
  rbac = tostring(properties.enableRbacAuthorization), policies = properties.accessPolicies
| order by id asc`;
  const rows = (await undefinedIf('any failure', graph(query))) ?? [];
  return rows.map((row) => resource.parse(row));
}

const assignment = z.object({ principalId: word, principalType: word, role: word, scope: word, condition: word });

/** Finds every assignment at these scopes. If one is shown, this app may see them all. */
export async function assignmentsAt(graph: ResourceGraph, scopes: readonly string[]): Promise<readonly Assignment[]> {
  const query = `AuthorizationResources
| where type =~ 'microsoft.authorization/roleassignments'
| project id, principalId = tostring(properties.principalId), principalType = tostring(properties.principalType),
  role = tostring(properties.roleDefinitionId), scope = tostring(properties.scope),
  condition = tostring(properties.condition)
| where scope in~ (${quoted(scopes)}) or scope startswith '${managementGroups}'
| order by id asc`;
  const rows = (await undefinedIf('any failure', graph(query))) ?? [];
  return rows.map((row) => {
    const { role, scope, ...rest } = assignment.parse(row);
    return { ...rest, role: role.split('/').at(-1) ?? '', scope: scope === '/' ? scope : normalizedId(scope) };
  });
}

/** Escapes quotes, because a pool may observe any host, and a host may have quotes in it. */
function quoted(texts: readonly string[]): string {
  return [...new Set(texts)].map((text) => `'${text.replace(/[\\']/g, String.raw`\$&`)}'`).join(', ');
}
