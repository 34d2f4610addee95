import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { regenerated, run, value } from '../situations/play.ts';
import { adopted, noted, told, wired, type Wired } from '../../support/wired.ts';

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

/** The deliveries of near-expiry alone, as Azure makes them: the event comes when the version is that old. */
async function nearExpiry(b: Wired): Promise<void> {
  await b.events(30 * day);
}

test.each(kinds)('a secret near its expiry (%s) is published by one delivery, and no timer ran', async (kind) => {
  const b = await wired();
  const resource = await b[kind]();
  await adopted(b, resource);
  const calls = await b.calls(() => nearExpiry(b));
  expect(calls.slice(0, whole[kind].length)).toEqual(whole[kind]);
  expect(calls).not.toContain('listSecrets');
  expect(b.delivered()).toEqual([
    `${events.new}: 202`,
    `${events.near}: 202`,
    `${events.new}: 202`,
    'Microsoft.Resources.ResourceActionSuccess: 202',
  ]);
  expect(told(b)).toEqual(['Target.Adopted adopted', ...started]);
  expect(value(b)).toContain(b.keys(resource).Secondary);
});

test.each(kinds)('events of our own doing (%s) cost a look, and change nothing', async (kind) => {
  const b = await wired();
  const resource = await b[kind]();
  await adopted(b, resource);
  const calls = await b.calls(() => nearExpiry(b));
  const looks = kind === 'newBatch' ? ['batch.listKeys'] : ['signalr.get', 'signalr.listKeys'];
  expect(calls.slice(whole[kind].length).filter((call) => call !== 'getSecret')).toEqual(looks);
  expect([...new Set(noted(b))]).toEqual(['own-version']);
  expect(regenerated(b)).toBe(1);
});

test('from near-expiry to the end of the rotation: events begin it, the revoke timer ends it', async () => {
  const b = await wired();
  await adopted(b, await b.newBatch());
  await nearExpiry(b);
  await b.live(70 * minute);
  expect(told(b)).toEqual(['Target.Adopted adopted', ...started, 'Rotation.Completed completed']);
  expect(regenerated(b)).toBe(2);
});

test('the schema of Event Grid is read too', async () => {
  const b = await wired();
  const { eventGrid } = b.azure;
  const subscription = [...eventGrid.topics.values()].flatMap(
    (topic) => topic.subscriptions.get('keyturn-secrets') ?? [],
  );
  for (const { topic: _, ...wanted } of subscription)
    await eventGrid.subscribe({ ...wanted, schema: 'EventGridSchema' });
  await adopted(b, await b.newBatch());
  await nearExpiry(b);
  expect(told(b)).toEqual(['Target.Adopted adopted', ...started]);
});

test('NBF and EXP as text change nothing', async () => {
  const b = await wired();
  for (const topic of b.azure.eventGrid.topics.values()) topic.datesAsText = true;
  await adopted(b, await b.newBatch());
  await nearExpiry(b);
  expect(told(b)).toEqual(['Target.Adopted adopted', ...started]);
});

test('ten deliveries of the same event make one rotation; the other nine tell of a version that is not current', async () => {
  const b = await wired();
  const eventType = events.near;
  b.azure.eventGrid.faults.plan({ eventType, effect: { kind: 'duplicate', times: 9, afterMs: 60_000 } });
  await adopted(b, await b.newBatch());
  await b.events(30 * day + 10 * minute);
  expect(b.delivered().filter((each) => each.startsWith(events.near))).toHaveLength(10);
  expect(noted(b).filter((reason) => reason === 'superseded')).toHaveLength(9);
  expect(regenerated(b)).toBe(1);
});

test('ten deliveries at once: one has the lease, the others leave it to that one', async () => {
  const b = await wired();
  const eventType = events.near;
  b.azure.eventGrid.faults.plan({ eventType, effect: { kind: 'duplicate', times: 9, afterMs: 0 } });
  await adopted(b, await b.newSignalR());
  await nearExpiry(b);
  expect(b.delivered().filter((each) => each === `${events.near}: 202`)).toHaveLength(10);
  expect(regenerated(b)).toBe(1);
  expect(told(b)).toEqual(['Target.Adopted adopted', ...started]);
});

test('an event whose answer is lost is delivered again, and finds the work done', async () => {
  const b = await wired();
  b.azure.eventGrid.faults.plan({ eventType: events.near, effect: { kind: 'time-out' } });
  await adopted(b, await b.newBatch());
  await b.events(30 * day + minute);
  expect(b.delivered().filter((each) => each.startsWith(events.near))).toEqual([
    `${events.near}: timeout`,
    `${events.near}: 202`,
  ]);
  expect(regenerated(b)).toBe(1);
});

test('R14: near expiry that is told at birth, since the validity is short, starts nothing', async () => {
  const b = await wired();
  const tags = { ValidityPeriodDays: '10' };
  await adopted(b, await b.newBatch(), 60, { tags, ageDays: 0, expiresOn: later(b.clock.now(), 10 * day) });
  expect(b.delivered().toSorted()).toEqual([`${events.near}: 202`, `${events.new}: 202`]);
  await b.events(5 * day);
  b.azure.eventGrid.emit('SecretNearExpiry', b.vault, 'secret'); // late, and long after settle
  await b.deliver();
  expect(regenerated(b)).toBe(0);
  expect(told(b)).toEqual(['Target.Adopted adopted']);
  await run(b, 2 * day, hour); // a third of the validity before its end the timer takes it
  expect(told(b).slice(1)).toEqual([...started, 'Rotation.Completed completed']);
});

test('an event that is dropped costs no more than the time to the next timer', async () => {
  const b = await wired();
  b.azure.eventGrid.faults.plan({ eventType: events.near, effect: { kind: 'drop' } });
  await adopted(b, await b.newBatch());
  await nearExpiry(b);
  expect(regenerated(b)).toBe(0);
  await b.live(15 * minute);
  expect(told(b)).toEqual(['Target.Adopted adopted', ...started]);
});

test('a secret that expired is rotated by its event, with its own cause', async () => {
  const b = await wired();
  b.azure.eventGrid.faults.plan({ eventType: events.near, effect: { kind: 'drop' } });
  await adopted(b, await b.newBatch());
  await b.events(60 * day);
  const begun = b.said().find(({ type }) => type === 'Keyturn.Rotation.Started');
  expect(begun?.data).toMatchObject({ cause: 'expired' });
  expect(regenerated(b)).toBe(1);
});

test('R18: a standby that a person made since is published, and regenerating it once more is spared', async () => {
  const b = await wired();
  const account = await b.newBatch();
  await adopted(b, account);
  b.azure.eventGrid.regenerate(account, 'Secondary');
  const { Secondary } = b.keys(account);
  await nearExpiry(b);
  expect(value(b)).toBe(Secondary);
  expect(regenerated(b)).toBe(0);
});
