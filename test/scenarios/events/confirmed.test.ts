import type { Resource } from '../../../infra/azure-emulator/src/index.ts';
import { isTurnForDriftCheck } from '../../../lib/decide/sweepSelection.ts';
import { hour, later, minute, second } from '../../../lib/model/clock.ts';
import { createAdopted, holdsKey, repairMessages } from '../../support/accessKeys.ts';
import type { TestApp } from '../../support/createTestApp.ts';

test('R17: while the data plane takes the replaced key a second look has to agree: the event comes again and repairs', async () => {
  const { app, resource } = await createAdopted('newBatch');
  resource.timing.acceptReplacedMs = 90 * second;
  app.azure.eventGrid.regenerate(resource, 'Primary');
  await app.deliverEvents();
  expect(app.tags()['RotationPhase']).toMatch(/drift-confirming/);
  expect(await app.callsDuring(() => app.runEvents(2 * minute))).not.toContain('listSecrets');
  expect(app.announced()).toEqual(repairMessages);
  expect(holdsKey(app, resource)).toBe(true);
});

test('a person’s long-running regenerate whose event comes at its acceptance is repairMessages when it ends, by events', async () => {
  const { app, resource } = await createAdopted('newSignalR');
  app.azure.eventGrid.settings.actionEvent = 'atAcceptance';
  if (resource.kind === 'signalr') resource.regenerateMs = 30 * second;
  await asPerson(app, resource, 'regenerateKey', { keyType: 'Primary' });
  expect(await app.callsDuring(() => app.runEvents(2 * minute))).not.toContain('listSecrets');
  expect(app.announced()).toEqual(repairMessages);
});

test('a person’s long-running regenerate whose event comes at its end is repairMessages by it', async () => {
  const { app, resource } = await createAdopted('newSignalR');
  await asPerson(app, resource, 'regenerateKey', { keyType: 'Primary' });
  expect(await app.callsDuring(() => app.runEvents(10 * second))).not.toContain('listSecrets');
  expect(app.announced()).toEqual(repairMessages);
});

/** Through Azure Resource Manager, with a token of somebody else. */
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

test('stale listKeys: the live key is refused, so the event comes again until the list shows the new key', async () => {
  const { app, resource } = await createAdopted('newBatch');
  resource.timing.staleReadMs = 60 * second;
  app.azure.eventGrid.regenerate(resource, 'Primary');
  expect(await app.callsDuring(() => app.runEvents(2 * minute))).not.toContain('listSecrets');
  expect(app.announced()).toEqual([repairMessages[0], 'Rotation.Held live-refused', ...repairMessages.slice(1)]);
  expect(app.regenerations()).toBe(0);
});

test('a regenerate that no event told of is found by the rolling check, within six hours', async () => {
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

/** When the verify timer looks at the secret next: once in six hours. */
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
