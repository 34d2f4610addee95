import type { Clock } from '../../shared/clock.ts';

/** What Azure Service Health tells the owners of subscriptions. */
export interface HealthEvent {
  readonly trackingId: string;
  readonly eventType: 'ServiceIssue' | 'PlannedMaintenance' | 'HealthAdvisory' | 'SecurityAdvisory' | 'Billing';
  readonly eventSubType: string;
  readonly status: 'Active' | 'Resolved';
  readonly eventLevel: 'Critical' | 'Error' | 'Warning' | 'Informational';
  readonly title: string;
  readonly summary: string;
  readonly impactedService: string;
  readonly regions: readonly string[];
  readonly subscriptionIds: readonly string[];
  readonly impactStartTime: Date;
  readonly impactMitigationTime: Date | undefined;
  readonly lastUpdateTime: Date;
}

type NewHealthEvent = Pick<HealthEvent, 'trackingId' | 'eventType' | 'subscriptionIds'> & Partial<HealthEvent>;

export interface Health {
  readonly events: readonly HealthEvent[];
  /**
   * Microsoft's sample queries read times both as texts and, by `todatetime(tolong(…))`, as numbers
   * (https://learn.microsoft.com/azure/service-health/resource-graph-samples): both are to be expected.
   */
  times: 'text' | 'ticks';
  raise(wanted: NewHealthEvent): HealthEvent;
  /** Changes an event, which is an update of it. */
  update(trackingId: string, changes: Partial<HealthEvent>): HealthEvent;
  resolve(trackingId: string): HealthEvent;
}

export function createHealth(clock: Clock): Health {
  const events: HealthEvent[] = [];
  function raise(wanted: NewHealthEvent): HealthEvent {
    const event = { ...signalRAdvisory, impactStartTime: clock.now(), lastUpdateTime: clock.now(), ...wanted };
    events.push(event);
    return event;
  }
  function update(trackingId: string, changes: Partial<HealthEvent>): HealthEvent {
    const index = events.findIndex((event) => event.trackingId === trackingId);
    const old = events[index];
    if (!old) throw new Error(`There is no health event ${trackingId}.`);
    return (events[index] = { ...old, lastUpdateTime: clock.now(), ...changes });
  }
  function resolve(trackingId: string): HealthEvent {
    return update(trackingId, { status: 'Resolved', impactMitigationTime: clock.now() });
  }
  return { events, times: 'text', raise, update, resolve };
}

/** What is not said of an event. */
const signalRAdvisory = {
  eventSubType: '',
  status: 'Active',
  eventLevel: 'Warning',
  title: 'Action required: regenerate the access keys of your SignalR services',
  summary: '<p>Regenerate the access keys before the impact is mitigated.</p>',
  impactedService: 'Azure SignalR Service',
  regions: ['West Europe'],
  impactMitigationTime: undefined,
} satisfies Partial<HealthEvent>;
