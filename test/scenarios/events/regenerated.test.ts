import { hour, minute, second } from '../../../lib/model/clock.ts';
import { normalizedId } from '../../../lib/model/target.ts';
import { accessKeyKinds, createAdopted, holdsKey, repairMessages } from '../../support/accessKeys.ts';
import { createTestApp } from '../../support/createTestApp.ts';

test.each(accessKeyKinds)(
  'a person regenerates the live key (%s): repairMessages by the event, no timer, nothing regenerated',
  async (kind) => {
    const { app, resource } = await createAdopted(kind);
    app.azure.eventGrid.regenerate(resource, 'Primary');
    const calls = await app.callsDuring(() => app.deliverEvents());
    expect(calls).not.toContain('listSecrets');
    expect(app.announced()).toEqual(repairMessages);
    expect(app.regenerations()).toBe(0);
    expect(holdsKey(app, resource)).toBe(true);
  },
);

test.each([
  ['newBatch', ['getSecret', 'batch.listKeys']],
  ['newSignalR', ['getSecret', 'signalr.get', 'signalr.listKeys']],
] as const)('a person regenerates the standby (%s): a look, and nothing else', async (kind, inspection) => {
  const { app, resource } = await createAdopted(kind);
  const tags = app.tags();
  app.azure.eventGrid.regenerate(resource, 'Secondary');
  expect(await app.callsDuring(() => app.deliverEvents())).toEqual(inspection);
  expect(app.tags()).toEqual(tags);
  expect(app.announced()).toEqual(['Target.Adopted adopted']);
});

test('while another worker has the resource the event is delivered again, ten seconds later, and then repairs', async () => {
  const { app, resource } = await createAdopted('newBatch');
  await app.services.leases.withLease(normalizedId(resource.id), async () => {
    app.azure.eventGrid.regenerate(resource, 'Primary');
    await app.deliverEvents();
  });
  expect(app.announced()).toEqual(['Target.Adopted adopted']);
  await app.runEvents(10 * second);
  expect(app.deliveries().slice(-3)).toEqual([
    'Microsoft.Resources.ResourceActionSuccess: 500',
    'Microsoft.Resources.ResourceActionSuccess: 202',
    'Microsoft.KeyVault.SecretNewVersionCreated: 202',
  ]);
  expect(app.announced()).toEqual(repairMessages);
});

test('both keys at once: a working one is published, by the first of the two events', async () => {
  const { app, resource } = await createAdopted('newBatch');
  app.azure.eventGrid.regenerate(resource, 'Primary');
  app.azure.eventGrid.regenerate(resource, 'Secondary');
  await app.runEvents(minute);
  expect(app.announced()).toEqual(repairMessages);
  expect(holdsKey(app, resource)).toBe(true);
});

test('two resources at once are both repaired', async () => {
  const app = await createTestApp({ events: 'delivered' });
  const [one, other] = [await app.newBatch(), await app.newSignalR()];
  await app.adopt(one, 30, { name: 'one' });
  await app.adopt(other, 30, { name: 'other' });
  app.azure.eventGrid.regenerate(one, 'Primary');
  app.azure.eventGrid.regenerate(other, 'Primary');
  await app.deliverEvents();
  expect([app.announced('one'), app.announced('other')]).toEqual([repairMessages, repairMessages]);
});

test('a key that is regenerated in mid-rotation, as a new one settles, is repairMessages by its event too', async () => {
  const { app, resource } = await createAdopted('newBatch');
  app.azure.eventGrid.emit('SecretNearExpiry', app.vault, 'secret');
  await app.runEvents(30 * 24 * hour);
  expect(app.value()).toBe(app.keys(resource).Secondary);
  app.azure.eventGrid.regenerate(resource, 'Secondary');
  await app.runEvents(minute);
  expect(holdsKey(app, resource)).toBe(true);
  await app.run(2 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
  expect(holdsKey(app, resource)).toBe(true);
});

test('the whole rotation of ours: what Event Grid tells of it changes nothing', async () => {
  const { app, resource } = await createAdopted('newSignalR');
  await app.runEvents(30 * 24 * hour);
  await app.run(2 * hour);
  expect(app.announced()).toEqual(repairMessages);
  expect(app.regenerations()).toBe(2);
  expect(app.deliveries().filter((each) => !each.endsWith(': 202'))).toEqual([]);
  expect(holdsKey(app, resource)).toBe(true);
});

test('a person regenerates the live key while our own request for the other one is under way', async () => {
  const { app, resource } = await createAdopted('newSignalR');
  const end = app.azure.core.journal.on(({ operation }) => {
    if (operation !== 'signalr.operationStatus') return;
    end();
    app.azure.eventGrid.regenerate(resource, 'Primary');
  });
  await app.runEvents(30 * 24 * hour + 5 * minute);
  expect(holdsKey(app, resource)).toBe(true);
  expect(app.regenerations()).toBe(1);
  await app.run(2 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
  expect(holdsKey(app, resource)).toBe(true);
});
