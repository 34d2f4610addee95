import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

const whole = {
  newBatch: [
    ...['getSecret', 'getSecret', 'batch.listKeys', 'updateSecret', 'batch.regenerateKey'],
    ...['setSecret', 'batch.listKeys', 'updateSecret'],
  ],
  newSignalR: [
    ...['getSecret', 'getSecret', 'signalr.get', 'signalr.listKeys', 'updateSecret', 'signalr.regenerateKey'],
    ...['signalr.operationStatus', 'signalr.get', 'signalr.listKeys'],
    ...['getSecret', 'setSecret', 'signalr.listKeys', 'updateSecret'],
  ],
} as const;

const kinds = ['newBatch', 'newSignalR'] as const;
const events = { new: 'Microsoft.KeyVault.SecretNewVersionCreated', near: 'Microsoft.KeyVault.SecretNearExpiry' };
const started = ['Rotation.Started begun', 'Rotation.CredentialPublished published'];

/** Lets time pass until Azure delivers the near-expiry event. */
async function nearExpiry(app: TestApp): Promise<void> {
  await app.runEvents(30 * day + minute); // events that found the lease taken come again within the minute
}

test.each(kinds)('one delivery publishes a secret near its expiry (%s), without a timer', async (kind) => {
  const app = await createTestApp({ events: 'delivered' });
  const resource = await app[kind]();
  await app.adopt(resource);
  const calls = await app.callsDuring(() => nearExpiry(app));
  expect(calls.slice(0, whole[kind].length)).toEqual(whole[kind]);
  expect(calls).not.toContain('listSecrets');
  const deliveries = app.deliveries().filter((each) => each !== `${events.new}: 500`); // while the visit has the lease
  expect(deliveries.toSorted()).toEqual([
    `${events.near}: 202`,
    `${events.new}: 202`,
    `${events.new}: 202`,
    'Microsoft.Resources.ResourceActionSuccess: 202',
  ]);
  expect(app.announced()).toEqual(['Target.Adopted adopted', ...started]);
  expect(app.value()).toContain(app.keys(resource).Secondary);
});

test.each(kinds)('events of our own changes (%s) cost one inspection and change nothing', async (kind) => {
  const app = await createTestApp({ events: 'delivered' });
  const resource = await app[kind]();
  await app.adopt(resource);
  const calls = await app.callsDuring(() => nearExpiry(app));
  const looks = kind === 'newBatch' ? ['batch.listKeys'] : ['signalr.get', 'signalr.listKeys'];
  expect(calls.slice(whole[kind].length).filter((call) => call !== 'getSecret')).toEqual(looks);
  expect(app.notes().filter((note) => note !== 'busy')).toEqual(['own-version', 'own-version']);
  expect(app.regenerations()).toBe(1);
});

test('an event starts the rotation and the revoke timer ends it', async () => {
  const app = await createTestApp({ events: 'delivered' });
  await app.adopt(await app.newBatch());
  await nearExpiry(app);
  await app.run(70 * minute);
  expect(app.announced()).toEqual(['Target.Adopted adopted', ...started, 'Rotation.Completed completed']);
  expect(app.regenerations()).toBe(2);
});

test('events in the schema of Event Grid are handled', async () => {
  const app = await createTestApp({ events: 'delivered' });
  const { eventGrid } = app.azure;
  const subscription = [...eventGrid.topics.values()].flatMap(
    (topic) => topic.subscriptions.get('keyturn-secrets') ?? [],
  );
  for (const { topic: _, ...wanted } of subscription)
    await eventGrid.subscribe({ ...wanted, schema: 'EventGridSchema' });
  await app.adopt(await app.newBatch());
  await nearExpiry(app);
  expect(app.announced()).toEqual(['Target.Adopted adopted', ...started]);
});

test('events with NBF and EXP as text are handled', async () => {
  const app = await createTestApp({ events: 'delivered' });
  for (const topic of app.azure.eventGrid.topics.values()) topic.datesAsText = true;
  await app.adopt(await app.newBatch());
  await nearExpiry(app);
  expect(app.announced()).toEqual(['Target.Adopted adopted', ...started]);
});

test('ten deliveries of one event make one rotation, and nine find a version that is not current', async () => {
  const app = await createTestApp({ events: 'delivered' });
  const eventType = events.near;
  app.azure.eventGrid.faults.plan({ eventType, effect: { kind: 'duplicate', times: 9, afterMs: 60_000 } });
  await app.adopt(await app.newBatch());
  await app.runEvents(30 * day + 10 * minute);
  expect(app.deliveries().filter((each) => each.startsWith(events.near))).toHaveLength(10);
  expect(app.notes().filter((reason) => reason === 'superseded')).toHaveLength(9);
  expect(app.regenerations()).toBe(1);
});

test('ten deliveries at once make one rotation, under one lease', async () => {
  const app = await createTestApp({ events: 'delivered' });
  const eventType = events.near;
  app.azure.eventGrid.faults.plan({ eventType, effect: { kind: 'duplicate', times: 9, afterMs: 0 } });
  await app.adopt(await app.newSignalR());
  await nearExpiry(app);
  expect(app.deliveries().filter((each) => each === `${events.near}: 202`)).toHaveLength(10);
  expect(app.regenerations()).toBe(1);
  expect(app.announced()).toEqual(['Target.Adopted adopted', ...started]);
});

test('a redelivered near-expiry event finds its work done', async () => {
  const app = await createTestApp({ events: 'delivered' });
  app.azure.eventGrid.faults.plan({ eventType: events.near, effect: { kind: 'time-out' } });
  await app.adopt(await app.newBatch());
  await app.runEvents(30 * day + minute);
  expect(app.deliveries().filter((each) => each.startsWith(events.near))).toEqual([
    `${events.near}: timeout`,
    `${events.near}: 202`,
  ]);
  expect(app.regenerations()).toBe(1);
});

test('R14: a near-expiry event that comes with a new short-lived version starts nothing', async () => {
  const app = await createTestApp({ events: 'delivered' });
  const tags = { ValidityPeriodDays: '10' };
  await app.adopt(await app.newBatch(), 60, { tags, ageDays: 0, expiresOn: later(app.clock.now(), 10 * day) });
  expect(app.deliveries().toSorted()).toEqual([`${events.near}: 202`, `${events.new}: 202`]);
  await app.runEvents(5 * day);
  app.azure.eventGrid.emit('SecretNearExpiry', app.vault, 'secret'); // late, and long after the overlap
  await app.deliverEvents();
  expect(app.regenerations()).toBe(0);
  expect(app.announced()).toEqual(['Target.Adopted adopted']);
  await app.runTimers(2 * day, hour); // a third of the validity before its end the timer takes it
  expect(app.announced().slice(1)).toEqual([...started, 'Rotation.Completed completed']);
});

test('the next timer takes up a dropped event', async () => {
  const app = await createTestApp({ events: 'delivered' });
  app.azure.eventGrid.faults.plan({ eventType: events.near, effect: { kind: 'drop' } });
  await app.adopt(await app.newBatch());
  await nearExpiry(app);
  expect(app.regenerations()).toBe(0);
  await app.run(15 * minute);
  expect(app.announced()).toEqual(['Target.Adopted adopted', ...started]);
});

test('the event of an expired secret rotates it with the cause expired', async () => {
  const app = await createTestApp({ events: 'delivered' });
  app.azure.eventGrid.faults.plan({ eventType: events.near, effect: { kind: 'drop' } });
  await app.adopt(await app.newBatch());
  await app.runEvents(60 * day);
  const begun = app.messages.find(({ type }) => type === 'Keyturn.Rotation.Started');
  expect(begun?.data).toMatchObject({ cause: 'expired' });
  expect(app.regenerations()).toBe(1);
});

test('R18: a standby key that a person made is published, not regenerated', async () => {
  const app = await createTestApp({ events: 'delivered' });
  const account = await app.newBatch();
  await app.adopt(account);
  app.azure.eventGrid.regenerate(account, 'Secondary');
  const { Secondary } = app.keys(account);
  await nearExpiry(app);
  expect(app.value()).toBe(Secondary);
  expect(app.regenerations()).toBe(0);
});
