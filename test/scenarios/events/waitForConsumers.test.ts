import { day, hour, minute, second } from '../../../lib/model/clock.ts';
import {
  consumerPlace,
  createAdoptedBatchKey,
  newPinnedSite,
  newSite,
  plan,
  publishNearExpiry,
  refreshes,
} from '../../support/consumers.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

const waits = { tags: { RotationOptions: 'wait-for-consumers' } };
const over = 'Rotation.Completed completed';
const leftBehind = 'Rotation.Completed consumers-left-behind';

function lastMessage(app: TestApp, reason: string) {
  return app.messages.findLast(({ data }) => data.reason === reason);
}

test('a target with wait-for-consumers names the consumer that is behind, and continues when it has the version', async () => {
  const { app, account } = await createAdoptedBatchKey({}, waits);
  const { Primary } = app.keys(account);
  const { id } = newPinnedSite(app);
  await publishNearExpiry(app);
  await app.run(3 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Held consumers-behind');
  expect(lastMessage(app, 'consumers-behind')?.data['behind']).toBe(id);
  expect(app.keys(account).Primary).toBe(Primary);
  newSite(app, 'pinned'); // its owner takes the version out of the reference
  await app.run(20 * minute);
  expect(app.announced().at(-1)).toBe(over);
  expect(app.keys(account).Primary).not.toBe(Primary);
});

test('a target without wait-for-consumers continues when the overlap ends', async () => {
  const { app } = await createAdoptedBatchKey();
  newPinnedSite(app);
  await publishNearExpiry(app);
  await app.run(65 * minute);
  expect(app.announced().at(-1)).toBe(over);
});

test('a target with wait-for-consumers does not wait for an app without a reference, and names it', async () => {
  const { app } = await createAdoptedBatchKey({}, waits);
  const { id } = newSite(app, 'bare', { settings: {} });
  await publishNearExpiry(app);
  await app.run(65 * minute);
  expect(app.announced().at(-1)).toBe(leftBehind);
  expect(lastMessage(app, 'consumers-left-behind')?.data['behind']).toBe(id);
});

test('a target with wait-for-consumers waits seven days at most, and names who did not move', async () => {
  const { app } = await createAdoptedBatchKey({}, waits);
  const { id } = newPinnedSite(app);
  await publishNearExpiry(app);
  await app.run(7 * day - hour);
  expect(app.regenerations()).toBe(1);
  await app.run(2 * hour);
  expect(app.announced().at(-1)).toBe(leftBehind);
  expect(lastMessage(app, 'consumers-left-behind')?.data['behind']).toBe(id);
});

test('a target with wait-for-consumers ends with the overlap when no consumer is behind', async () => {
  const { app } = await createAdoptedBatchKey({}, waits);
  newSite(app, 'web');
  const since = await publishNearExpiry(app);
  await app.run(59 * minute);
  expect(app.regenerations()).toBe(1);
  await app.run(6 * minute);
  expect(app.announced().at(-1)).toBe(over);
  expect(refreshes(app, since)).toEqual(['web after 5']);
});

test('a target without known consumers ends with the overlap', async () => {
  const { app } = await createAdoptedBatchKey({}, waits);
  await publishNearExpiry(app);
  await app.run(59 * minute);
  expect(app.regenerations()).toBe(1);
  await app.run(6 * minute);
  expect(app.announced().at(-1)).toBe(over);
});

test('a container app counts as refreshed half an hour after publish', async () => {
  const { app } = await createAdoptedBatchKey({ KEYTURN_OVERLAP: 'PT15M' }, waits);
  const secrets = { key: `${app.vault.uri}/secrets/secret` };
  app.azure.createContainerApp({ ...consumerPlace, name: 'c', tags: { KeyturnSecrets: 'kv/secret' }, secrets });
  await publishNearExpiry(app);
  await app.run(25 * minute);
  expect(app.announced().at(-1)).toBe('Rotation.Held consumers-behind');
  await app.run(20 * minute);
  expect(app.announced().at(-1)).toBe(over);
});

test('a target with wait-for-consumers waits for an app that cannot be reached', async () => {
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

test('a graceful emergency waits for no consumer after the overlap', async () => {
  const { app } = await createAdoptedBatchKey({}, waits);
  newPinnedSite(app);
  expect((await app.requestRotation()).status).toBe(202);
  await app.run(70 * minute);
  expect(app.announced().at(-1)).toBe(over);
});

test('an immediate emergency refreshes at once and revokes within seconds, once all consumers have the version', async () => {
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

test('an immediate emergency waits five minutes for a consumer that is behind, and names it', async () => {
  const { app, account } = await createAdoptedBatchKey();
  const { Primary } = app.keys(account);
  newSite(app, 'web', { plan: 'another' });
  const { id } = newPinnedSite(app);
  const answer = await app.requestRotation({ mode: 'immediate' });
  expect(answer.body).toMatchObject({ status: 'running', consumers: { known: 2, behind: [id] } });
  await app.run(4 * minute);
  expect(app.keys(account).Primary).toBe(Primary);
  await app.run(6 * minute);
  expect(app.keys(account).Primary).not.toBe(Primary);
  expect(lastMessage(app, 'completed')?.data['behind']).toBe(id);
});

test('an immediate emergency without known consumers waits five minutes', async () => {
  const { app, account } = await createAdoptedBatchKey();
  const { Primary } = app.keys(account);
  const answer = await app.requestRotation({ mode: 'immediate' });
  expect(answer.body).toMatchObject({ status: 'running', consumers: { known: 0, behind: [] } });
  await app.run(4 * minute);
  expect(app.keys(account).Primary).toBe(Primary);
  await app.run(2 * minute);
  expect(app.announced().at(-1)).toBe(over);
});

const secrets = Array.from({ length: 24 }, (_, at) => `secret-${at}`);

/** Each secret with a createAdoptedBatchKey and an newSite of its own. */
async function many(): Promise<TestApp> {
  const app = await createTestApp({ events: 'delivered' });
  for (const name of secrets) {
    await app.adopt(await app.newBatch({ name: name.replace('-', '') }), 30, { name, ...waits });
    const settings = { KEY: `${app.vault.uri}/secrets/${name}` };
    newSite(app, name, { plan: `${plan}-${name}`, tags: { KeyturnSecrets: `kv/${name}` }, settings });
  }
  return app;
}

test("Resource Graph's limit of fifteen requests holds none of 24 targets whose overlap ends together", async () => {
  const app = await many();
  await publishNearExpiry(app, ...secrets);
  await app.run(70 * minute);
  const ended = secrets.map((name) => app.announced(name).filter((each) => !/Adopted|Started|Published/.test(each)));
  expect(ended).toEqual(secrets.map(() => ['Rotation.Completed completed']));
});

test('the new version is announced before fifty hanging apps get their twenty seconds', async () => {
  const { app, account } = await createAdoptedBatchKey();
  for (let at = 0; at < 50; at += 1) newSite(app, `web${at}`);
  app.pass(26 * hour);
  app.dropEvents();
  app.azure.core.faults.plan({ path: /sites\//, lasting: true, effect: { kind: 'delay', ms: 10 * second } });
  app.azure.eventGrid.regenerate(account, 'Primary');
  const since = app.clock.now();
  await app.keyturn.resource(regeneratedEvent(account.id));
  const heard = app.messages.find(({ type }) => type === 'Keyturn.Rotation.CredentialPublished')?.time;
  expect(heard).toEqual(since);
  expect(app.clock.now().getTime() - since.getTime()).toBeLessThanOrEqual(60 * second);
});

function regeneratedEvent(id: string): unknown {
  const data = { operationName: 'Microsoft.Batch/batchAccounts/regenerateKeys/action', resourceUri: id };
  const source = id.split('/').slice(0, 3).join('/');
  return { specversion: '1.0', id: 'event', type: 'Microsoft.Resources.ResourceActionSuccess', source, data };
}
