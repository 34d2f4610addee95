import { ticksOf } from '../graph/values.ts';
import type { Row } from '../graph/values.ts';
import type { Health, HealthEvent } from './health.ts';

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
