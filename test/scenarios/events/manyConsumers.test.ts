import { hour, minute, second } from '../../../lib/model/clock.ts';
import { adopted, told, wired, type Wired } from '../../support/wired.ts';
import { app, plan, published, target } from './apps.ts';

const secrets = Array.from({ length: 24 }, (_, at) => `secret-${at}`);
const waits = { tags: { RotationOptions: 'wait-for-consumers' } };

/** Each secret with a target and an app of its own. */
async function many(): Promise<Wired> {
  const b = await wired();
  for (const name of secrets) {
    await adopted(b, await b.newBatch({ name: name.replace('-', '') }), 30, { name, ...waits });
    const settings = { KEY: `${b.vault.uri}/secrets/${name}` };
    app(b, name, { plan: `${plan}-${name}`, tags: { KeyturnSecrets: `kv/${name}` }, settings });
  }
  return b;
}

test('two dozen targets whose settle ends together: none is held for Resource Graph, which takes fifteen at once', async () => {
  const b = await many();
  await published(b, ...secrets);
  await b.live(70 * minute);
  const ended = secrets.map((name) => told(b, name).filter((each) => !/Adopted|Started|Published/.test(each)));
  expect(ended).toEqual(secrets.map(() => ['Rotation.Completed completed']));
});

test('fifty apps that hang: the visit gives them twenty seconds, and the world hears of the new version first', async () => {
  const { b, account } = await target();
  for (let at = 0; at < 50; at += 1) app(b, `web${at}`);
  b.pass(26 * hour);
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  b.azure.core.faults.plan({ path: /sites\//, lasting: true, effect: { kind: 'delay', ms: 10 * second } });
  b.azure.eventGrid.regenerate(account, 'Primary');
  const since = b.clock.now();
  await b.app.resource(regeneratedEvent(account.id));
  const heard = b.said().find(({ type }) => type === 'Keyturn.Rotation.CredentialPublished')?.time;
  expect(heard).toEqual(since);
  expect(b.clock.now().getTime() - since.getTime()).toBeLessThanOrEqual(60 * second);
});

function regeneratedEvent(id: string): unknown {
  const data = { operationName: 'Microsoft.Batch/batchAccounts/regenerateKeys/action', resourceUri: id };
  const source = id.split('/').slice(0, 3).join('/');
  return { specversion: '1.0', id: 'event', type: 'Microsoft.Resources.ResourceActionSuccess', source, data };
}
