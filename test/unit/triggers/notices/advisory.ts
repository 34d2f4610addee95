import { onDay } from '../../decide/situation.ts';

export const subscription = '5AB5C000-0000-4000-8000-000000000001';
/** A demand to regenerate, as Service Health knows it. */
export const event = {
  trackingId: 'ABCD-1',
  eventType: 'HealthAdvisory',
  eventSubType: '',
  status: 'Active',
  eventLevel: 'Warning',
  title: 'Regenerate the access keys',
  summary: '',
  impactedService: 'Azure SignalR Service',
  regions: ['West Europe', 'North Europe'],
  subscriptionIds: [subscription],
  impactStartTime: onDay(50),
  impactMitigationTime: onDay(70),
  lastUpdateTime: onDay(51),
} as const;
