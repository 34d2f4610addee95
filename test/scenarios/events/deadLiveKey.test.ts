import { hour, later, minute, second } from '../../../lib/model/clock.ts';
import { accessKeyKinds, createAdopted, holdsKey } from '../../support/accessKeys.ts';
import type { TestApp } from '../../support/createTestApp.ts';
import type { Resource } from '../../../infra/azure-emulator/src/index.ts';

/** The ways in which a read fails by what time cures. */
const failures = [
  ['answered 503', { kind: 'status', status: 503 }],
  ['reset', { kind: 'reset' }],
  ['lost on its way back', { kind: 'lost-response' }],
  ['throttled', { kind: 'status', status: 429, headers: { 'Retry-After': '5' } }],
] as const;
type FaultEffect = (typeof failures)[number][1];

const listKeys = { newBatch: 'batch.listKeys', newSignalR: 'signalr.listKeys' } as const;

/** How long a dead key stays published while events bring each visit, in seconds. */
async function secondsUntilAlive(app: TestApp, resource: Resource): Promise<number> {
  const diedOn = app.clock.now();
  while (!holdsKey(app, resource) && app.clock.now() < later(diedOn, 20 * minute)) await app.runEvents(second);
  return (app.clock.now().getTime() - diedOn.getTime()) / second;
}

function failNext(app: TestApp, operation: string, effect: FaultEffect, times: number): void {
  for (let nth = 1; nth <= times; nth += 1) app.azure.core.faults.plan({ operation, nth, effect });
}

describe.each(accessKeyKinds)('R48 (%s): a live key that a person regenerated', (kind) => {
  test.each(failures)('is replaced at once although one read is %s', async (_how, effect) => {
    const { app, resource } = await createAdopted(kind);
    failNext(app, listKeys[kind], effect, 1);
    app.azure.eventGrid.regenerate(resource, 'Primary');
    expect(await secondsUntilAlive(app, resource)).toBeLessThanOrEqual(11);
  });

  test.each(failures)('is replaced by a redelivery although several reads are %s', async (how, effect) => {
    const { app, resource } = await createAdopted(kind);
    failNext(app, listKeys[kind], effect, how === 'throttled' ? 2 : 4); // two visits
    app.azure.eventGrid.regenerate(resource, 'Primary');
    expect(await secondsUntilAlive(app, resource)).toBeLessThanOrEqual(41);
    expect(app.deliveries()).toContain('Microsoft.Resources.ResourceActionSuccess: 500');
  });
});

test.each([
  ['the secret', 'getSecret'],
  ['the list of keys', 'batch.listKeys'],
])('R48: no event of a change is acknowledged while %s cannot be read', async (_what, operation) => {
  const { app, resource } = await createAdopted('newBatch');
  const fault = app.azure.core.faults.plan({ operation, lasting: true, effect: { kind: 'status', status: 503 } });
  app.azure.eventGrid.regenerate(resource, 'Primary');
  await app.runEvents(10 * minute);
  const statuses = new Set(app.deliveries().filter((each) => each.startsWith('Microsoft.Resources')));
  expect([...statuses]).toEqual(['Microsoft.Resources.ResourceActionSuccess: 500']);
  fault.remove();
  await app.runEvents(11 * minute);
  expect(holdsKey(app, resource)).toBe(true);
});

test('R48: a key that was regenerated while its secret was disabled is replaced by a redelivery', async () => {
  const { app, resource } = await createAdopted('newBatch');
  app.vault.update('secret', { enabled: false });
  app.azure.eventGrid.regenerate(resource, 'Primary');
  await app.runEvents(2 * minute);
  app.vault.update('secret', { enabled: true });
  await app.runEvents(10 * minute);
  expect(holdsKey(app, resource)).toBe(true);
});

test('R48: what is suspected stands in the state, and the next sweep of any phase takes it up', async () => {
  const { app, resource } = await createAdopted('newBatch');
  const effect = { kind: 'status', status: 503 } as const;
  const fault = app.azure.core.faults.plan({ operation: 'batch.listKeys', lasting: true, effect });
  app.azure.eventGrid.regenerate(resource, 'Primary');
  await app.deliverEvents();
  fault.remove();
  app.dropEvents();
  await app.sweep('revoke');
  expect(holdsKey(app, resource)).toBe(true);
  const calls = await app.callsDuring(() => app.sweep('publish'));
  expect(calls).not.toContain('batch.listKeys');
});

test('R47: the back-off of another step does not delay a dead live key', async () => {
  const { app, resource } = await createAdopted('newBatch');
  app.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: { kind: 'status', status: 503 } });
  await app.runEvents(30 * 24 * hour);
  expect(app.tags()['RotationPhase']).toMatch(/outage/);
  app.pass(3 * second);
  app.azure.eventGrid.regenerate(resource, 'Primary');
  expect(await secondsUntilAlive(app, resource)).toBeLessThanOrEqual(1);
});

test('R47: a held target stays held, and a dead live key is announced once', async () => {
  const { app, resource } = await createAdopted('newBatch');
  app.vault.updateTags('secret', { ...app.tags(), RotationProgress: '{"v":1,"h":"proof-refused"}' });
  const before = app.announced().length;
  app.azure.eventGrid.regenerate(resource, 'Primary');
  await app.run(7 * hour);
  expect(app.announced().slice(before)).toEqual(['Rotation.Held live-dead']);
  expect(holdsKey(app, resource)).toBe(false);
});
