import type { HealthEvent } from './state.ts';

export interface AlertForm {
  /** The subscription whose activity log tells it; the event's first one if absent. */
  readonly subscriptionId?: string;
  /** A text of JSON in what Azure sends, an array in the portal's own test. */
  readonly impactedServices?: 'string' | 'array';
  /** Both have been seen. */
  readonly signalType?: 'Activity Log' | 'ActivityLog';
  readonly incidentType?: IncidentType;
}

type IncidentType = 'ActionRequired' | 'Informational' | 'Incident' | 'Maintenance' | 'Security';

/**
 * What an action group posts for an event: Azure Monitor's common alert schema
 * (https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema).
 */
export function commonAlert(event: HealthEvent, form: AlertForm = {}) {
  const { subscriptionId = event.subscriptionIds[0] ?? '', signalType = 'Activity Log' } = form;
  const subscription = `/subscriptions/${subscriptionId}`;
  const essentials = {
    alertId: `${subscription}/providers/Microsoft.AlertsManagement/alerts/${event.trackingId.toLowerCase()}`,
    alertRule: 'service-health',
    severity: 'Sev4',
    signalType,
    monitorCondition: 'Fired',
    monitoringService: 'ServiceHealth',
    alertTargetIDs: [subscription],
    originAlertId: event.trackingId,
    firedDateTime: event.lastUpdateTime.toISOString(),
    description: '',
    essentialsVersion: '1.0',
    alertContextVersion: '1.0',
  };
  return { schemaId: 'azureMonitorCommonAlertSchema', data: { essentials, alertContext: contextOf(event, form) } };
}

function contextOf(event: HealthEvent, form: AlertForm) {
  return {
    authorization: null,
    channels: 1,
    claims: null,
    caller: null,
    correlationId: event.trackingId,
    eventSource: 2,
    eventTimestamp: event.lastUpdateTime.toISOString(),
    httpRequest: null,
    eventDataId: event.trackingId,
    level: 3,
    operationName: 'Microsoft.ServiceHealth/incident/action',
    operationId: event.trackingId,
    properties: propertiesOf(event, form),
    status: event.status,
    subStatus: null,
    submissionTimestamp: event.lastUpdateTime.toISOString(),
    ResourceType: null,
  };
}

function propertiesOf(event: HealthEvent, { impactedServices = 'string', incidentType }: AlertForm) {
  const regions = event.regions.map((RegionName) => ({ RegionName }));
  const services = [{ ImpactedRegions: regions, ServiceName: event.impactedService }];
  return {
    title: event.title,
    service: event.impactedService,
    region: event.regions.join('; '),
    communication: event.summary,
    incidentType: incidentType ?? incidentTypes[event.eventType],
    trackingId: event.trackingId,
    impactStartTime: event.impactStartTime.toISOString(),
    impactMitigationTime: event.impactMitigationTime?.toISOString(),
    impactedServices: impactedServices === 'array' ? services : JSON.stringify(services),
    defaultLanguageTitle: event.title,
    defaultLanguageContent: event.summary,
    stage: event.status,
    communicationId: event.trackingId,
    isHIR: 'false',
    IsSynthetic: 'False',
    impactType: 'SubscriptionList',
    version: '0.1.1',
  };
}

const incidentTypes = {
  ServiceIssue: 'Incident',
  PlannedMaintenance: 'Maintenance',
  HealthAdvisory: 'ActionRequired',
  SecurityAdvisory: 'Security',
  Billing: 'Informational',
} satisfies Record<HealthEvent['eventType'], IncidentType>;
