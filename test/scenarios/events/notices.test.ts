import { commonAlert } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { regenerated } from '../situations/play.ts';
import { adopted, noted, subscriptionId, told } from '../../support/wired.ts';
import { causes, raise, resting, tellByEvent, ways } from './noticed.ts';

const whole = [
  ...['Target.Adopted adopted', 'Rotation.Started begun'],
  ...['Rotation.CredentialPublished published', 'Rotation.Completed completed'],
];
const other = '5ab5c000-0000-4000-8000-0000000000ff';

test.each(Object.entries(ways))('a mandatory regeneration, told by %s, replaces both keys', async (_way, tell) => {
  const { b, service } = await resting();
  const before = b.keys(service);
  await tell(b, raise(b));
  expect(told(b)).toEqual(whole.slice(0, 3));
  await b.live(70 * minute);
  expect(told(b)).toEqual(whole);
  expect(causes(b)).toEqual(['notice']);
  const after = b.keys(service);
  expect([after.Primary === before.Primary, after.Secondary === before.Secondary]).toEqual([false, false]);
});

test('the same notice, ten times by each way and active a month later still, starts one rotation', async () => {
  const { b } = await resting({}, { ageDays: 0 });
  const event = raise(b);
  for (let time = 0; time < 10; time += 1) {
    for (const tell of [ways['the poll'], ways['an action group']]) await tell?.(b, event);
    await b.live(15 * minute);
  }
  for (let week = 0; week < 5; week += 1) {
    b.pass(7 * day - hour);
    await b.live(hour);
    await ways['an action group']?.(b, event);
  }
  expect(told(b)).toEqual(whole);
  expect(regenerated(b)).toBe(2);
});

test('an event of the custom topic that comes ten times starts one rotation', async () => {
  const { b } = await resting();
  const effect = { kind: 'duplicate', times: 9, afterMs: 10 * minute } as const;
  b.azure.eventGrid.faults.plan({ eventType: 'Keyturn.RegenerationNotice', effect });
  tellByEvent(b, 'mail-1', { subscriptions: [subscriptionId] });
  await b.live(3 * hour);
  expect(b.delivered().filter((each) => each === 'Keyturn.RegenerationNotice: 202')).toHaveLength(10);
  expect(told(b)).toEqual(whole);
});

test('another notice, after the first one was met, starts another rotation', async () => {
  const { b } = await resting();
  raise(b);
  await b.live(2 * hour);
  raise(b, { trackingId: 'EFGH-456' });
  await b.live(2 * hour);
  expect(causes(b)).toEqual(['notice', 'notice']);
  expect(regenerated(b)).toBe(4);
});

test('two notices at once are met by one rotation', async () => {
  const { b } = await resting();
  raise(b);
  raise(b, { trackingId: 'EFGH-456' });
  await b.live(3 * hour);
  expect(causes(b)).toEqual(['notice']);
});

test('a notice that was resolved before anybody asked starts nothing', async () => {
  const { b } = await resting();
  b.azure.health.resolve(raise(b).trackingId);
  await b.live(hour);
  expect(causes(b)).toEqual([]);
});

test('what is to start in ten days is met at once, and not again when it starts', async () => {
  const { b } = await resting();
  raise(b, { impactStartTime: later(b.clock.now(), 10 * day) });
  await b.live(2 * hour);
  b.pass(11 * day);
  await b.live(hour);
  expect(told(b)).toEqual(whole);
});

test('times that Service Health writes as ticks are read too', async () => {
  const { b } = await resting();
  b.azure.health.times = 'ticks';
  raise(b);
  await b.live(3 * hour);
  expect(told(b)).toEqual(whole);
});

test.each([
  ['of another region', { regions: ['East US'] }],
  ['of another service', { impactedService: 'Azure Batch' }],
  ['of another subscription', { subscriptionIds: [other] }],
  ['that is no call for action', { eventType: 'ServiceIssue' }],
] as const)('a notice %s concerns nobody here', async (_sentence, more) => {
  const { b } = await resting();
  const event = raise(b, more);
  await b.app.pollNotices();
  expect((await b.notices(commonAlert(event))).body).toMatchObject({ affected: 0 });
  expect(causes(b)).toEqual([]);
});

test.each([
  ['names its region as Service Health does', { regions: ['WEST EUROPE'] }],
  ['is of the whole world', { regions: ['Global'] }],
  ['is about security', { eventType: 'SecurityAdvisory' }],
] as const)('a notice concerns a service where it %s', async (_sentence, more) => {
  const { b } = await resting();
  raise(b, more);
  await b.app.pollNotices();
  expect(causes(b)).toEqual(['notice']);
});

test('a notice that names a resource leaves the others alone, whatever kind they are', async () => {
  const { b } = await resting();
  const named = await b.newSignalR({ name: 'named' });
  await adopted(b, named, 60, { name: 'named' });
  const batch = await b.newBatch();
  await adopted(b, batch, 60, { name: 'batch' });
  b.pass(2 * day);
  tellByEvent(b, 'mail-1', { resources: [named.id.toUpperCase()] });
  await b.deliver();
  expect([told(b).length, told(b, 'named').length, told(b, 'batch').length]).toEqual([1, 3, 1]);
});

test('a notice of a resource that is no target is acknowledged, and said to be of none', async () => {
  const { b, service } = await resting();
  tellByEvent(b, 'mail-1', { resources: [`${service.id}-other`] });
  await b.deliver();
  expect(b.delivered().at(-1)).toBe('Keyturn.RegenerationNotice: 202');
  expect(noted(b).at(-1)).toBe('not-a-target');
});
