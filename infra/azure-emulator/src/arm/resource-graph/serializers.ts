import type { Vault } from '../../key-vault/state.ts';
import { identityAt } from '../batch/identity.ts';
import type { Health, HealthEvent } from '../service-health/state.ts';
import { ticksOf } from './kusto/values.ts';
import type { Row } from './kusto/values.ts';

/** What Resource Graph shows of a user-assigned identity. */
export function identityBody(id: string, tenantId: string) {
  const [, , subscriptionId = '', , resourceGroup = '', , , , name = ''] = id.split('/');
  const body = {
    id,
    name,
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    location: 'westeurope',
    tags: {},
    properties: { tenantId, ...identityAt(id) },
  };
  return { place: { subscriptionId, resourceGroup }, body };
}

/** A vault as Azure Resource Manager would show it (api-version 2023-07-01). */
export function vaultBody({ id, name, uri, tenantId, permissionModel, purgeProtection }: Vault) {
  return {
    id,
    name,
    type: 'Microsoft.KeyVault/vaults',
    location: 'westeurope',
    tags: {},
    properties: {
      sku: { family: 'A', name: 'standard' },
      tenantId,
      vaultUri: `${uri}/`,
      enableRbacAuthorization: permissionModel === 'rbac',
      enableSoftDelete: true,
      // Azure takes no `false` for it: once on, it stays.
      ...(purgeProtection && { enablePurgeProtection: true }),
      provisioningState: 'Succeeded',
    },
  };
}

/**
 * An event as Resource Graph has it, once for each subscription it is about
 * (https://learn.microsoft.com/azure/service-health/azure-resource-graph-overview).
 */
export function healthRow(event: HealthEvent, subscriptionId: string, { times }: Pick<Health, 'times'>): Row {
  const { trackingId } = event;
  const time = (at: Date | undefined) => at && (times === 'ticks' ? String(ticksOf(at)) : at.toISOString());
  return {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.ResourceHealth/events/${trackingId}`,
    name: trackingId,
    type: 'microsoft.resourcehealth/events',
    location: 'global',
    subscriptionId,
    properties: {
      EventType: event.eventType,
      EventSubType: event.eventSubType,
      EventSource: 'ServiceHealth',
      EventLevel: event.eventLevel,
      Status: event.status,
      TrackingId: trackingId,
      Title: event.title,
      Summary: event.summary,
      Priority: 1,
      Impact: [{ ImpactedService: event.impactedService, ImpactedRegions: event.regions.map(region) }],
      ImpactStartTime: time(event.impactStartTime),
      ImpactMitigationTime: time(event.impactMitigationTime),
      LastUpdateTime: time(event.lastUpdateTime),
    },
  };
}

function region(ImpactedRegion: string) {
  return { ImpactedRegion };
}
