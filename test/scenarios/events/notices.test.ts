import { commonAlert } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { subscriptionId } from '../../support/createTestApp.ts';
import { createAdoptedSignalR, noticeRoutes, publishNotice, raiseNotice, startCauses } from '../../support/notices.ts';

const whole = [
  ...['Target.Adopted adopted', 'Rotation.Started begun'],
  ...['Rotation.CredentialPublished published', 'Rotation.Completed completed'],
];
const other = '5ab5c000-0000-4000-8000-0000000000ff';

test.each(Object.entries(noticeRoutes))('a notice by %s replaces both keys', async (_way, tell) => {
  const { app, service } = await createAdoptedSignalR();
  const before = app.keys(service);
  await tell(app, raiseNotice(app));
  expect(app.announced()).toEqual(whole.slice(0, 3));
  await app.run(70 * minute);
  expect(app.announced()).toEqual(whole);
  expect(startCauses(app)).toEqual(['notice']);
  const after = app.keys(service);
  expect([after.Primary === before.Primary, after.Secondary === before.Secondary]).toEqual([false, false]);
});

test('a notice that comes ten times by two routes, and stays active for a month, starts one rotation', async () => {
  const { app } = await createAdoptedSignalR({}, { ageDays: 0 });
  const event = raiseNotice(app);
  for (let time = 0; time < 10; time += 1) {
    for (const tell of [noticeRoutes.poll, noticeRoutes['action group']]) await tell(app, event);
    await app.run(15 * minute);
  }
  for (let week = 0; week < 5; week += 1) {
    app.pass(7 * day - hour);
    await app.run(hour);
    await noticeRoutes['action group'](app, event);
  }
  expect(app.announced()).toEqual(whole);
  expect(app.regenerations()).toBe(2);
});

test('ten deliveries of a notice event start one rotation', async () => {
  const { app } = await createAdoptedSignalR();
  const effect = { kind: 'duplicate', times: 9, afterMs: 10 * minute } as const;
  app.azure.eventGrid.faults.plan({ eventType: 'Keyturn.RegenerationNotice', effect });
  publishNotice(app, 'mail-1', { subscriptions: [subscriptionId] });
  await app.run(3 * hour);
  expect(app.deliveries().filter((each) => each === 'Keyturn.RegenerationNotice: 202')).toHaveLength(10);
  expect(app.announced()).toEqual(whole);
});

test('another notice after the first one was met starts another rotation', async () => {
  const { app } = await createAdoptedSignalR();
  raiseNotice(app);
  await app.run(2 * hour);
  raiseNotice(app, { trackingId: 'EFGH-456' });
  await app.run(2 * hour);
  expect(startCauses(app)).toEqual(['notice', 'notice']);
  expect(app.regenerations()).toBe(4);
});

test('one rotation meets two notices', async () => {
  const { app } = await createAdoptedSignalR();
  raiseNotice(app);
  raiseNotice(app, { trackingId: 'EFGH-456' });
  await app.run(3 * hour);
  expect(startCauses(app)).toEqual(['notice']);
});

test('a notice that was resolved before the poll starts nothing', async () => {
  const { app } = await createAdoptedSignalR();
  app.azure.health.resolve(raiseNotice(app).trackingId);
  await app.run(hour);
  expect(startCauses(app)).toEqual([]);
});

test('a notice that starts in ten days is met at once, and not again when it starts', async () => {
  const { app } = await createAdoptedSignalR();
  raiseNotice(app, { impactStartTime: later(app.clock.now(), 10 * day) });
  await app.run(2 * hour);
  app.pass(11 * day);
  await app.run(hour);
  expect(app.announced()).toEqual(whole);
});

test('times in ticks are read', async () => {
  const { app } = await createAdoptedSignalR();
  app.azure.health.times = 'ticks';
  raiseNotice(app);
  await app.run(3 * hour);
  expect(app.announced()).toEqual(whole);
});

test.each([
  ['of another region', { regions: ['East US'] }],
  ['of another service', { impactedService: 'Azure Batch' }],
  ['of another subscription', { subscriptionIds: [other] }],
  ['without a call for action', { eventType: 'ServiceIssue' }],
] as const)('a notice %s affects no target', async (_sentence, more) => {
  const { app } = await createAdoptedSignalR();
  const event = raiseNotice(app, more);
  await app.keyturn.pollNotices();
  expect((await app.postNotice(commonAlert(event))).body).toMatchObject({ affected: 0 });
  expect(startCauses(app)).toEqual([]);
});

test.each([
  ['names its region as Service Health does', { regions: ['WEST EUROPE'] }],
  ['names the region Global', { regions: ['Global'] }],
  ['is about security', { eventType: 'SecurityAdvisory' }],
] as const)('a notice affects a service when it %s', async (_sentence, more) => {
  const { app } = await createAdoptedSignalR();
  raiseNotice(app, more);
  await app.keyturn.pollNotices();
  expect(startCauses(app)).toEqual(['notice']);
});

test('a notice that names a resource leaves the others alone, of both kinds', async () => {
  const { app } = await createAdoptedSignalR();
  const named = await app.newSignalR({ name: 'named' });
  await app.adopt(named, 60, { name: 'named' });
  const batch = await app.newBatch();
  await app.adopt(batch, 60, { name: 'batch' });
  app.pass(2 * day);
  publishNotice(app, 'mail-1', { resources: [named.id.toUpperCase()] });
  await app.deliverEvents();
  expect([app.announced().length, app.announced('named').length, app.announced('batch').length]).toEqual([1, 3, 1]);
});

test('a notice of a resource without a target is acknowledged and noted', async () => {
  const { app, service } = await createAdoptedSignalR();
  publishNotice(app, 'mail-1', { resources: [`${service.id}-other`] });
  await app.deliverEvents();
  expect(app.deliveries().at(-1)).toBe('Keyturn.RegenerationNotice: 202');
  expect(app.notes().at(-1)).toBe('not-a-target');
});
