import { hour, minute, second } from '../../../lib/model/clock.ts';
import { createAdoptedBatchKey, newSite, plan, publishNearExpiry } from '../../support/consumers.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

const secrets = Array.from({ length: 24 }, (_, at) => `secret-${at}`);
const waits = { tags: { RotationOptions: 'wait-for-consumers' } };

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

test('two dozen targets whose settle ends together: none is held for Resource Graph, which takes fifteen at once', async () => {
  const app = await many();
  await publishNearExpiry(app, ...secrets);
  await app.run(70 * minute);
  const ended = secrets.map((name) => app.announced(name).filter((each) => !/Adopted|Started|Published/.test(each)));
  expect(ended).toEqual(secrets.map(() => ['Rotation.Completed completed']));
});

test('fifty apps that hang: the visit gives them twenty seconds, and the world hears of the new version first', async () => {
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
