import { commonAlert } from '../../src/arm/service-health/serializers.ts';
import { startWithGraph, subscriptionId } from '../support.ts';

const second = '5ab5c000-0000-4000-8000-000000000002';
const notice = { trackingId: 'TT-1', eventType: 'HealthAdvisory' as const, subscriptionIds: [subscriptionId, second] };
const active = `ServiceHealthResources
  | where type =~ 'Microsoft.ResourceHealth/events'
  | where tostring(properties.Status) == 'Active' and properties.EventType in ('HealthAdvisory', 'SecurityAdvisory')
  | mv-expand impact = properties.Impact
  | where tostring(impact.ImpactedService) contains 'SignalR'
  | project id, subscriptionId, trackingId = tostring(properties.TrackingId), regions = impact.ImpactedRegions
  | order by id asc`;

test('an event has a row in each of its subscriptions until it is resolved', async () => {
  const azure = await startWithGraph();
  azure.health.raise(notice);
  const regions = [{ ImpactedRegion: 'West Europe' }];
  expect((await azure.query(active)).data).toEqual(
    notice.subscriptionIds.map((each) => ({
      id: `/subscriptions/${each}/providers/Microsoft.ResourceHealth/events/TT-1`,
      subscriptionId: each,
      trackingId: 'TT-1',
      regions,
    })),
  );
  azure.health.resolve('TT-1');
  expect((await azure.query(active)).data).toEqual([]);
});

test('an update has its time', async () => {
  const azure = await startWithGraph();
  azure.health.raise(notice);
  azure.clock.advance(60_000);
  azure.health.update('TT-1', { title: 'Now with a title' });
  const { data } = await azure.query(`ServiceHealthResources | where name == 'TT-1'`);
  expect(data[0]?.['properties']).toMatchObject({
    Title: 'Now with a title',
    ImpactStartTime: '2026-11-22T10:00:00.000Z',
    LastUpdateTime: '2026-11-22T10:01:00.000Z',
  });
});

test('times can be numbers, as Microsoft’s samples read them', async () => {
  const azure = await startWithGraph();
  azure.health.times = 'ticks';
  azure.health.raise(notice);
  const { data } = await azure.query(`ServiceHealthResources
    | project at = todatetime(tolong(properties.ImpactStartTime)), raw = properties.ImpactStartTime`);
  expect(data[0]).toEqual({ at: '2026-11-22T10:00:00.000Z', raw: '639309384000000000' });
});

test.each([
  ['a text and a space', {}, 'Activity Log', 'string'],
  ['an array and no space', { impactedServices: 'array', signalType: 'ActivityLog' }, 'ActivityLog', 'object'],
] as const)('the alert comes with %s', async (_, form, signalType, type) => {
  const event = (await startWithGraph()).health.raise(notice);
  const { essentials, alertContext } = commonAlert(event, { ...form, subscriptionId: second }).data;
  expect(essentials).toMatchObject({ signalType, alertTargetIDs: [`/subscriptions/${second}`] });
  const { impactedServices, ...properties } = alertContext.properties;
  expect(properties).toMatchObject({ incidentType: 'ActionRequired', stage: 'Active', trackingId: 'TT-1' });
  expect(typeof impactedServices).toBe(type);
  expect(typeof impactedServices === 'string' ? JSON.parse(impactedServices) : impactedServices).toEqual([
    { ImpactedRegions: [{ RegionName: 'West Europe' }], ServiceName: 'Azure SignalR Service' },
  ]);
});
