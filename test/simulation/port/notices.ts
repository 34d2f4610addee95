import type { Row } from '../../../lib/azure/resourceGraph.ts';
import { later, minute } from '../../../lib/model/clock.ts';
import type { Act } from './act.ts';

/** A mandatory regeneration, as the service announces it. */
export interface Notice {
  readonly id: string;
  readonly start: Date;
  readonly toldAt: Date;
  readonly deadline?: Date;
  /** How keyturn gets to know: it asks; it is sent an alert as well; or it hears of it on the topic alone. */
  readonly by: 'poll' | 'post' | 'event';
}

const service = 'Azure SignalR Service';

/** As Resource Graph shows it. */
export function rowOf({ id, start, deadline }: Notice): Row {
  return {
    id: `/providers/microsoft.resourcehealth/events/${id}`,
    subscriptionId: 's',
    properties: {
      TrackingId: id,
      ImpactStartTime: start.toISOString(),
      ...(deadline && { ImpactMitigationTime: deadline.toISOString() }),
      Impact: [{ ImpactedService: service, ImpactedRegions: [{ ImpactedRegion: 'Global' }] }],
    },
  };
}

/** As an action group posts it. */
export function alertOf({ id, start, deadline }: Notice): object {
  const properties = {
    incidentType: 'ActionRequired',
    trackingId: id,
    impactStartTime: start.toISOString(),
    ...(deadline && { impactMitigationTime: deadline.toISOString() }),
    impactedServices: JSON.stringify([{ ServiceName: service, ImpactedRegions: [{ RegionName: 'Global' }] }]),
    stage: 'Active',
  };
  const essentials = {
    monitorCondition: 'Fired',
    monitoringService: 'ServiceHealth',
    alertTargetIDs: ['/subscriptions/s'],
    firedDateTime: start.toISOString(),
  };
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: { essentials, alertContext: { status: 'Active', properties } },
  };
}

/** As whoever reads the mails puts it on the topic. */
export function eventOf({ id, start, deadline }: Notice, resource: string): object {
  const data = { resources: [resource], ...(deadline && { deadline: deadline.toISOString() }) };
  const type = 'Keyturn.RegenerationNotice';
  return { specversion: '1.0', id, type, source: '/a/person', time: start.toISOString(), data };
}

function told(by: Notice['by'], inMs?: number): Act {
  const when = inMs === undefined ? 'some day' : `in ${inMs / minute} minutes`;
  return {
    does: `hears that keys will be regenerated ${when}, by ${by}`,
    act: (world) => {
      const { now } = world.effects;
      const id = `notice-${world.notices.length}`;
      world.notice({ id, start: now, toldAt: now, by, ...(inMs !== undefined && { deadline: later(now, inMs) }) });
    },
  };
}

/** What the service tells, as acts of a history. */
export const noticed: readonly Act[] = [
  told('poll'),
  told('poll', 40 * minute),
  told('poll', 180 * minute),
  told('post'),
  told('post', 15 * minute),
];
