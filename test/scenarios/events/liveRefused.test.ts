import { acceptedKeys, type Resource } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

const kinds = ['newBatch', 'newSignalR'] as const;
const rest = 'Target.Adopted adopted';
const rotated = [
  ...[rest, 'Rotation.Held live-refused', 'Rotation.Started begun'],
  ...['Rotation.CredentialPublished published', 'Rotation.Completed completed'],
];

/** An adopted target whose service refuses the live key, although it lists the key. */
async function createRefused(kind: (typeof kinds)[number], env: Record<string, string> = {}) {
  const app = await createTestApp({ settings: env, events: 'delivered' });
  const resource = await app[kind]();
  await app.adopt(resource);
  resource.refused.add(app.keys(resource).Primary);
  return { app, resource };
}

function works({ clock, vault }: TestApp, resource: Resource): boolean {
  const text = vault.current('secret')?.value ?? '';
  return acceptedKeys(resource, clock.now().getTime()).some((key) => text.includes(key));
}

/** Returns the time of the first announcement of this reason. */
function since(app: TestApp, reason: string): Date {
  return app.messages.find(({ data }) => data.reason === reason)?.time ?? new Date(NaN);
}

test.each(kinds)('the drift check announces a refused live key (%s); a second inspection rotates it', async (kind) => {
  const { app, resource } = await createRefused(kind);
  await app.run(6 * hour);
  expect(works(app, resource)).toBe(true);
  await app.run(2 * hour);
  expect(app.announced()).toEqual(rotated);
  expect(works(app, resource)).toBe(true);
  expect(app.messages.find(({ data }) => data.reason === 'begun')?.data['cause']).toBe('drift');
  const wasFound = since(app, 'live-refused');
  expect(since(app, 'published') <= later(wasFound, 15 * minute)).toBe(true);
  expect(since(app, 'published') >= later(wasFound, minute)).toBe(true);
});

test('a refusal that the second inspection does not confirm rotates nothing', async () => {
  const { app, resource } = await createRefused('newBatch');
  while (!app.announced().includes('Rotation.Held live-refused')) await app.run(5 * minute);
  resource.refused.clear();
  await app.run(hour);
  expect(app.announced()).toEqual(rotated.slice(0, 2));
  expect(app.regenerations()).toBe(0);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test('promise 2: a refused version is not rotated before its overlap ends', async () => {
  const { app, resource } = await createRefused('newBatch');
  resource.refused.clear();
  await app.runEvents(30 * day);
  await app.run(90 * minute);
  app.vault.setSecret('secret', app.value() ?? '', { tags: { ...app.tags() } });
  await app.deliverEvents();
  const born = app.clock.now();
  const before = app.regenerations();
  resource.refused.add(app.keys(resource).Secondary);
  while (app.announced().filter((each) => each.endsWith('begun')).length < 2) await app.run(5 * minute);
  expect(app.regenerations()).toBe(before + 1);
  expect(app.clock.now() >= later(born, hour)).toBe(true);
  expect(works(app, resource)).toBe(true);
});

test('a refused new key is announced, and the old key works until the overlap ends', async () => {
  const { app, resource } = await createRefused('newBatch', { KEYTURN_OVERLAP: 'PT8H' });
  resource.refused.clear();
  await app.runEvents(30 * day);
  const keys = app.keys(resource);
  resource.refused.add(keys.Secondary);
  await app.run(7 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Held live-refused');
  expect(app.keys(resource)).toEqual(keys);
  await app.run(3 * hour);
  expect(works(app, resource)).toBe(true); // the overlap is over: the old key is regenerated and published
  await app.run(9 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('an outage of the data plane is not a refusal', async () => {
  const { app, resource } = await createRefused('newBatch');
  resource.refused.clear();
  app.azure.core.faults.plan({ service: 'batch', lasting: true, effect: { kind: 'status', status: 503 } });
  await app.run(6 * hour);
  expect(app.announced()).toEqual([rest]);
  expect(app.regenerations()).toBe(0);
});
