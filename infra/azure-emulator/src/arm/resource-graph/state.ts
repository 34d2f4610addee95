import type { KeyVault, Vault } from '../../key-vault/state.ts';
import type { Core } from '../../shared/platform.ts';
import { accountBody } from '../batch/serializers.ts';
import { containerAppBody } from '../container-apps/serializers.ts';
import type { Health } from '../service-health/state.ts';
import { isUpdating } from '../signalr/regeneration.ts';
import { serviceBody } from '../signalr/serializers.ts';
import type { ArmState } from '../state.ts';
import { siteBody } from '../web/serializers.ts';
import type { Tables } from './kusto/query.ts';
import type { Row, Type } from './kusto/values.ts';
import { accessPolicies, attachedIdentities, roleAssignments } from './roleAssignments.ts';
import { healthRow, identityBody, vaultBody } from './serializers.ts';

const texts = [
  ...['id', 'name', 'type', 'tenantId', 'kind', 'location'],
  ...['resourceGroup', 'subscriptionId', 'managedBy'],
];
const dynamics = ['sku', 'plan', 'properties', 'tags', 'identity', 'zones', 'extendedLocation'];

/** The columns of every table (https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language). */
export const columns: ReadonlyMap<string, Type> = new Map([
  ...texts.map((name) => [name, 'string'] as const),
  ...dynamics.map((name) => [name, 'dynamic'] as const),
]);

/** What the tables show. */
export interface GraphSources {
  readonly arm: ArmState;
  readonly keyVault: KeyVault;
  readonly health: Health;
}

/** Everything there is, as its GET shows it at this moment. */
export function readTables(core: Core, { arm, keyVault, health }: GraphSources): Tables {
  const { tenantId } = core.tokens;
  const vaults = [...keyVault.vaults.values()];
  const events = health.events.flatMap((event) =>
    event.subscriptionIds.map((subscriptionId) => fullRow({ tenantId, ...healthRow(event, subscriptionId, health) })),
  );
  const rows = new Map([
    ['resources', [...resourceRows(core, arm), ...vaultRows(core, arm, vaults), ...identityRows(core, arm)]],
    ['authorizationresources', assignmentRows(core, arm, vaults)],
    ['servicehealthresources', events],
  ]);
  return { columns, rows };
}

function resourceRows({ clock, tokens: { tenantId } }: Core, state: ArmState): Row[] {
  const nowMs = clock.now().getTime();
  return [...state.resources.values(), ...state.consumers.values()].map((each) => {
    if (each.kind === 'batch') return resourceRow(each, accountBody(each), tenantId);
    if (each.kind === 'signalr') return resourceRow(each, serviceBody(each, isUpdating(state, each, nowMs)), tenantId);
    return resourceRow(each, each.kind === 'site' ? siteBody(each) : containerAppBody(each), tenantId);
  });
}

function vaultRows(core: Core, state: ArmState, vaults: readonly Vault[]): Row[] {
  return vaults.map((each) => {
    const { properties, ...body } = vaultBody(each);
    const shown = { ...body, properties: { ...properties, accessPolicies: accessPolicies(core, state, each) } };
    return resourceRow(each, shown, core.tokens.tenantId);
  });
}

function identityRows({ tokens: { tenantId } }: Core, state: ArmState): Row[] {
  return attachedIdentities(state).map((id) => {
    const { place, body } = identityBody(id, state.identityTenants.get(id.toLowerCase()) ?? tenantId);
    return resourceRow(place, body, tenantId);
  });
}

function assignmentRows(core: Core, state: ArmState, vaults: readonly Vault[]): Row[] {
  const all = roleAssignments(core, state, vaults);
  return all.map(({ place, body }) => resourceRow(place, body, core.tokens.tenantId));
}

interface Body {
  readonly type: string;
  readonly kind?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Types, kinds and groups are in lower case there, whatever the resource's own GET says. */
function resourceRow(place: { subscriptionId: string; resourceGroup: string }, body: Body, tenantId: string): Row {
  const { type, kind = '', tags } = body;
  return fullRow({
    tenantId,
    ...body,
    type: type.toLowerCase(),
    kind: kind.toLowerCase(),
    tags: Object.keys(tags).length === 0 ? null : tags,
    subscriptionId: place.subscriptionId,
    resourceGroup: place.resourceGroup.toLowerCase(),
  });
}

function fullRow(row: Row): Row {
  const empty = [...columns].map(([name, type]) => [name, type === 'string' ? '' : null] as const);
  return structuredClone({ ...Object.fromEntries(empty), ...row });
}
