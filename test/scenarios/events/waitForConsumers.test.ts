import { hour, minute, second } from '../../../lib/model/clock.ts';
import {
  consumerPlace,
  createAdoptedBatchKey,
  newSite,
  publishNearExpiry,
  refreshes,
} from '../../support/consumers.ts';
import type { TestApp } from '../../support/createTestApp.ts';

const waits = { tags: { RotationOptions: 'wait-for-consumers' } };
const over = 'Rotation.Completed completed';

/** It wants one version and no other, so that no refresh moves it. */
function pinned(app: TestApp) {
  const version = app.vault.current('secret')?.version ?? '';
  return newSite(app, 'pinned', { settings: { KEY: `${app.vault.uri}/secrets/secret/${version}` } });
}

function saidOf(app: TestApp, reason: string) {
  return app.messages.findLast(({ data }) => data.reason === reason);
}

test('who wishes to wait waits, naming who is behind; and goes on when that one is seen', async () => {
  const { app, account } = await createAdoptedBatchKey({}, waits);
  const { Primary } = app.keys(account);
  const { id } = pinned(app);
  await publishNearExpiry(app);
  await app.run(3 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Held consumers-behind');
  expect(saidOf(app, 'consumers-behind')?.data['behind']).toBe(id);
  expect(app.keys(account).Primary).toBe(Primary);
  newSite(app, 'pinned'); // its owner takes the version out of the reference
  await app.run(20 * minute);
  expect(app.announced().at(-1)).toBe(over);
  expect(app.keys(account).Primary).not.toBe(Primary);
});

test('who does not wish to wait proceeds when settle is over', async () => {
  const { app } = await createAdoptedBatchKey();
  pinned(app);
  await publishNearExpiry(app);
  await app.run(65 * minute);
  expect(app.announced().at(-1)).toBe(over);
});

test('who wishes to wait and is not kept waiting ends with settle, not before', async () => {
  const { app } = await createAdoptedBatchKey({}, waits);
  newSite(app, 'web');
  const since = await publishNearExpiry(app);
  await app.run(59 * minute);
  expect(app.regenerations()).toBe(1);
  await app.run(6 * minute);
  expect(app.announced().at(-1)).toBe(over);
  expect(refreshes(app, since)).toEqual(['web after 5']);
});

test('no known consumers never shorten settle, nor lengthen it', async () => {
  const { app } = await createAdoptedBatchKey({}, waits);
  await publishNearExpiry(app);
  await app.run(59 * minute);
  expect(app.regenerations()).toBe(1);
  await app.run(6 * minute);
  expect(app.announced().at(-1)).toBe(over);
});

test('a container newSite counts as seen half an hour after publish', async () => {
  const { app } = await createAdoptedBatchKey({ KEYTURN_OVERLAP: 'PT15M' }, waits);
  const secrets = { key: `${app.vault.uri}/secrets/secret` };
  app.azure.createContainerApp({ ...consumerPlace, name: 'c', tags: { KeyturnSecrets: 'kv/secret' }, secrets });
  await publishNearExpiry(app);
  await app.run(25 * minute);
  expect(app.announced().at(-1)).toBe('Rotation.Held consumers-behind');
  await app.run(20 * minute);
  expect(app.announced().at(-1)).toBe(over);
});

test('an newSite that cannot be reached is not seen: who waits for it waits', async () => {
  const { app } = await createAdoptedBatchKey({}, waits);
  newSite(app, 'web');
  const effect = { kind: 'status', status: 500 } as const;
  const fault = app.azure.core.faults.plan({ path: /sites\/web/, lasting: true, effect });
  await publishNearExpiry(app);
  await app.run(2 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Held consumers-behind');
  fault.remove();
  await app.run(hour);
  expect(app.announced().at(-1)).toBe(over);
});

test('an emergency that is graceful waits for nobody after settle', async () => {
  const { app } = await createAdoptedBatchKey({}, waits);
  pinned(app);
  expect((await app.requestRotation()).status).toBe(202);
  await app.run(70 * minute);
  expect(app.announced().at(-1)).toBe(over);
});

test('immediate: refreshed at once, and revoked within seconds, as soon as all are seen', async () => {
  const { app, account } = await createAdoptedBatchKey();
  const { Primary } = app.keys(account);
  const site = newSite(app, 'web');
  const since = app.clock.now();
  const answer = await app.requestRotation({ mode: 'immediate' });
  expect(answer.body).toMatchObject({ status: 'completed', consumers: { known: 1, behind: [] } });
  expect(app.keys(account).Primary).not.toBe(Primary);
  expect(site.value('KEY')).toBe(app.value());
  expect(refreshes(app, since)).toEqual(['web after 0']);
  expect(app.clock.now().getTime() - since.getTime()).toBeLessThanOrEqual(10 * second);
});

test('immediate, and one is not seen: the cap of five minutes, and answer and announcement name it', async () => {
  const { app, account } = await createAdoptedBatchKey();
  const { Primary } = app.keys(account);
  newSite(app, 'web', { plan: 'another' });
  const { id } = pinned(app);
  const answer = await app.requestRotation({ mode: 'immediate' });
  expect(answer.body).toMatchObject({ status: 'running', consumers: { known: 2, behind: [id] } });
  await app.run(4 * minute);
  expect(app.keys(account).Primary).toBe(Primary);
  await app.run(6 * minute);
  expect(app.keys(account).Primary).not.toBe(Primary);
  expect(saidOf(app, 'completed')?.data['behind']).toBe(id);
});

test('immediate, with nobody known: the whole cap, since they may be somewhere', async () => {
  const { app, account } = await createAdoptedBatchKey();
  const { Primary } = app.keys(account);
  const answer = await app.requestRotation({ mode: 'immediate' });
  expect(answer.body).toMatchObject({ status: 'running', consumers: { known: 0, behind: [] } });
  await app.run(4 * minute);
  expect(app.keys(account).Primary).toBe(Primary);
  await app.run(2 * minute);
  expect(app.announced().at(-1)).toBe(over);
});
