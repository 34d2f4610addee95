import { hour, later, minute, second } from '../../../lib/model/clock.ts';
import { normalizedId } from '../../../lib/model/target.ts';
import { accessKeyKinds, createAdopted, holdsKey, repairMessages } from '../../support/accessKeys.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';
import type { Resource } from '../../../infra/azure-emulator/src/index.ts';
import { isTurnForDriftCheck } from '../../../lib/decide/sweepSelection.ts';

test.each(accessKeyKinds)(
  'the event repairs a live key that a person regenerated (%s), and regenerates nothing',
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
] as const)(
  'the event of a standby key that a person regenerated (%s) costs one inspection',
  async (kind, inspection) => {
    const { app, resource } = await createAdopted(kind);
    const tags = app.tags();
    app.azure.eventGrid.regenerate(resource, 'Secondary');
    expect(await app.callsDuring(() => app.deliverEvents())).toEqual(inspection);
    expect(app.tags()).toEqual(tags);
    expect(app.announced()).toEqual(['Target.Adopted adopted']);
  },
);

test('an event is redelivered while another worker holds the lease, and then repairs', async () => {
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

test('the first of two events publishes a working key when both were regenerated', async () => {
  const { app, resource } = await createAdopted('newBatch');
  app.azure.eventGrid.regenerate(resource, 'Primary');
  app.azure.eventGrid.regenerate(resource, 'Secondary');
  await app.runEvents(minute);
  expect(app.announced()).toEqual(repairMessages);
  expect(holdsKey(app, resource)).toBe(true);
});

test('two resources are repaired at once', async () => {
  const app = await createTestApp({ events: 'delivered' });
  const [one, other] = [await app.newBatch(), await app.newSignalR()];
  await app.adopt(one, 30, { name: 'one' });
  await app.adopt(other, 30, { name: 'other' });
  app.azure.eventGrid.regenerate(one, 'Primary');
  app.azure.eventGrid.regenerate(other, 'Primary');
  await app.deliverEvents();
  expect([app.announced('one'), app.announced('other')]).toEqual([repairMessages, repairMessages]);
});

test('the event repairs a key that was regenerated during the overlap', async () => {
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

test('events of our own rotation change nothing', async () => {
  const { app, resource } = await createAdopted('newSignalR');
  await app.runEvents(30 * 24 * hour);
  await app.run(2 * hour);
  expect(app.announced()).toEqual(repairMessages);
  expect(app.regenerations()).toBe(2);
  expect(app.deliveries().filter((each) => !each.endsWith(': 202'))).toEqual([]);
  expect(holdsKey(app, resource)).toBe(true);
});

test('the event repairs a live key that was regenerated while our request for the other was in flight', async () => {
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

test('R17: the event is redelivered until the data plane refuses the replaced key, and then repairs', async () => {
  const { app, resource } = await createAdopted('newBatch');
  resource.timing.acceptReplacedMs = 90 * second;
  app.azure.eventGrid.regenerate(resource, 'Primary');
  await app.deliverEvents();
  expect(app.tags()['RotationPhase']).toMatch(/drift-confirming/);
  expect(await app.callsDuring(() => app.runEvents(2 * minute))).not.toContain('listSecrets');
  expect(app.announced()).toEqual(repairMessages);
  expect(holdsKey(app, resource)).toBe(true);
});

test('events alone repair a slow regeneration whose event comes when it is accepted', async () => {
  const { app, resource } = await createAdopted('newSignalR');
  app.azure.eventGrid.settings.actionEvent = 'atAcceptance';
  if (resource.kind === 'signalr') resource.regenerateMs = 30 * second;
  await asPerson(app, resource, 'regenerateKey', { keyType: 'Primary' });
  expect(await app.callsDuring(() => app.runEvents(2 * minute))).not.toContain('listSecrets');
  expect(app.announced()).toEqual(repairMessages);
});

test('the event repairs a slow regeneration when it comes at the end', async () => {
  const { app, resource } = await createAdopted('newSignalR');
  await asPerson(app, resource, 'regenerateKey', { keyType: 'Primary' });
  expect(await app.callsDuring(() => app.runEvents(10 * second))).not.toContain('listSecrets');
  expect(app.announced()).toEqual(repairMessages);
});

/** Calls Azure Resource Manager with the token of a person. */
async function asPerson(app: TestApp, resource: Resource, action: string, body: object): Promise<void> {
  const { azure } = app;
  const person = { clientId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', objectId: 'b0b00000-0000-4000-8000-000000000001' };
  const { token } = await azure.core.tokens.issue('https://management.azure.com', person);
  const version = resource.kind === 'batch' ? '2024-07-01' : '2023-02-01';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const url = `${azure.armEndpoint}${resource.id}/${action}?api-version=${version}`;
  const answer = await azure.handle(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }));
  expect(answer.ok).toBe(true);
}

test('the event is redelivered until a stale listKeys shows the new key', async () => {
  const { app, resource } = await createAdopted('newBatch');
  resource.timing.staleReadMs = 60 * second;
  app.azure.eventGrid.regenerate(resource, 'Primary');
  expect(await app.callsDuring(() => app.runEvents(2 * minute))).not.toContain('listSecrets');
  expect(app.announced()).toEqual([repairMessages[0], 'Rotation.Held live-refused', ...repairMessages.slice(1)]);
  expect(app.regenerations()).toBe(0);
});

test('the drift check finds a regeneration without an event within six hours', async () => {
  const { app, resource } = await createAdopted('newBatch');
  app.azure.eventGrid.faults.plan({ eventType, effect: { kind: 'drop' } });
  app.azure.eventGrid.regenerate(resource, 'Primary');
  const from = app.clock.now().getTime();
  const turnMs = turnOf(app);
  expect(turnMs - from).toBeLessThanOrEqual(6 * hour);
  await app.run(turnMs - from - minute);
  expect(app.announced()).toEqual(['Target.Adopted adopted']);
  await app.run(2 * minute);
  expect(app.announced()).toEqual(repairMessages);
});

const eventType = 'Microsoft.Resources.ResourceActionSuccess';

/** Returns the time at which the verify timer inspects the secret next. */
function turnOf({ clock, services, vault }: TestApp): number {
  const secret = { vaultUrl: vault.uri, name: 'secret' };
  const target = { secret, kind: '', resource: '', options: services.settings.defaults };
  const stateBinding = { installation: '', resource: '', value: '', credentials: [] };
  const at = Array.from({ length: 73 }, (_, i) => later(clock.now(), (i + 1) * 5 * minute));
  const dates = { createdOn: clock.now() };
  return (
    at.find((now) => isTurnForDriftCheck({ target, state: { refusals: 0, stateBinding }, ...dates }, now))?.getTime() ??
    NaN
  );
}
