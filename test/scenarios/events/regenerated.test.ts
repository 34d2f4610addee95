import { hour, minute, second } from '../../../lib/model/clock.ts';
import { normalizedId } from '../../../lib/model/target.ts';
import { regenerated, value } from '../situations/play.ts';
import { adopted, told, wired } from '../../support/wired.ts';
import { atRest, isAlive, kinds, repaired } from './keys.ts';

test.each(kinds)(
  'a person regenerates the live key (%s): repaired by the event, no timer, nothing regenerated',
  async (kind) => {
    const { b, resource } = await atRest(kind);
    b.azure.eventGrid.regenerate(resource, 'Primary');
    const calls = await b.calls(() => b.deliver());
    expect(calls).not.toContain('listSecrets');
    expect(told(b)).toEqual(repaired);
    expect(regenerated(b)).toBe(0);
    expect(isAlive(b, resource)).toBe(true);
  },
);

test.each([
  ['newBatch', ['getSecret', 'batch.listKeys']],
  ['newSignalR', ['getSecret', 'signalr.get', 'signalr.listKeys']],
] as const)('a person regenerates the standby (%s): a look, and nothing else', async (kind, inspection) => {
  const { b, resource } = await atRest(kind);
  const tags = b.tags();
  b.azure.eventGrid.regenerate(resource, 'Secondary');
  expect(await b.calls(() => b.deliver())).toEqual(inspection);
  expect(b.tags()).toEqual(tags);
  expect(told(b)).toEqual(['Target.Adopted adopted']);
});

test('while another worker has the resource the event is delivered again, ten seconds later, and then repairs', async () => {
  const { b, resource } = await atRest('newBatch');
  await b.core.leases.withLease(normalizedId(resource.id), async () => {
    b.azure.eventGrid.regenerate(resource, 'Primary');
    await b.deliver();
  });
  expect(told(b)).toEqual(['Target.Adopted adopted']);
  await b.events(10 * second);
  expect(b.delivered().slice(-3)).toEqual([
    'Microsoft.Resources.ResourceActionSuccess: 500',
    'Microsoft.Resources.ResourceActionSuccess: 202',
    'Microsoft.KeyVault.SecretNewVersionCreated: 202',
  ]);
  expect(told(b)).toEqual(repaired);
});

test('both keys at once: a working one is published, by the first of the two events', async () => {
  const { b, resource } = await atRest('newBatch');
  b.azure.eventGrid.regenerate(resource, 'Primary');
  b.azure.eventGrid.regenerate(resource, 'Secondary');
  await b.events(minute);
  expect(told(b)).toEqual(repaired);
  expect(isAlive(b, resource)).toBe(true);
});

test('two resources at once are both repaired', async () => {
  const b = await wired();
  const [one, other] = [await b.newBatch(), await b.newSignalR()];
  await adopted(b, one, 30, { name: 'one' });
  await adopted(b, other, 30, { name: 'other' });
  b.azure.eventGrid.regenerate(one, 'Primary');
  b.azure.eventGrid.regenerate(other, 'Primary');
  await b.deliver();
  expect([told(b, 'one'), told(b, 'other')]).toEqual([repaired, repaired]);
});

test('a key that is regenerated in mid-rotation, as a new one settles, is repaired by its event too', async () => {
  const { b, resource } = await atRest('newBatch');
  b.azure.eventGrid.emit('SecretNearExpiry', b.vault, 'secret');
  await b.events(30 * 24 * hour);
  expect(value(b)).toBe(b.keys(resource).Secondary);
  b.azure.eventGrid.regenerate(resource, 'Secondary');
  await b.events(minute);
  expect(isAlive(b, resource)).toBe(true);
  await b.live(2 * hour);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
  expect(isAlive(b, resource)).toBe(true);
});

test('the whole rotation of ours: what Event Grid tells of it changes nothing', async () => {
  const { b, resource } = await atRest('newSignalR');
  await b.events(30 * 24 * hour);
  await b.live(2 * hour);
  expect(told(b)).toEqual(repaired);
  expect(regenerated(b)).toBe(2);
  expect(b.delivered().filter((each) => !each.endsWith(': 202'))).toEqual([]);
  expect(isAlive(b, resource)).toBe(true);
});

test('a person regenerates the live key while our own request for the other one is under way', async () => {
  const { b, resource } = await atRest('newSignalR');
  const end = b.azure.core.journal.on(({ operation }) => {
    if (operation !== 'signalr.operationStatus') return;
    end();
    b.azure.eventGrid.regenerate(resource, 'Primary');
  });
  await b.events(30 * 24 * hour + 5 * minute);
  expect(isAlive(b, resource)).toBe(true);
  expect(regenerated(b)).toBe(1);
  await b.live(2 * hour);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
  expect(isAlive(b, resource)).toBe(true);
});
