import { isUpdating } from '../../infra/local/azure/arm/operations.ts';
import { spare } from '../../lib/model/target.ts';
import { contract } from './contract.ts';
import { failures } from './failures.ts';
import { remembering, stage, type Kind, type Stage } from './stage.ts';

const place = { subscriptionId: '5ab5c000-0000-4000-8000-000000000001', resourceGroup: 'rg', location: 'westeurope' };

const signalrKey: Kind = {
  kind: 'signalr-key',
  create: (azure) => azure.createSignalR({ ...place, name: 'service', regenerateMs: 20_000 }),
  forms: [
    (key, { authority }) => `Endpoint=https://${authority};AccessKey=${key};Version=1.0;`,
    (key, { authority }) => `endpoint=https://${authority};accesskey=${key};ClientEndpoint=https://chat.example.com`,
    (key) => key,
  ],
  disable: (resource) => {
    if (resource.kind === 'signalr') resource.disableLocalAuth = true;
  },
  listKeys: 'signalr.listKeys',
  regenerateKey: 'signalr.regenerateKey',
};

contract(signalrKey);
failures(signalrKey);

function generate(s: Stage) {
  const standby = spare('Secondary', 'Primary', undefined);
  if (!standby) throw new Error('Secondary is live.');
  return s.provider.generate(s.view(s.keys().Primary, { state: remembering(s) }), standby);
}

test('regenerating is accepted at once and done when the service says so', async () => {
  const s = await stage(signalrKey);
  const view = s.view(s.keys().Primary, { state: remembering(s) });
  expect(await generate(s)).toMatchObject({ is: 'pending', reason: 'service-working' });
  expect((await s.provider.look(view)).fit).toMatchObject({ is: 'pending', reason: 'service-working' });
  expect(s.operations()).not.toContain('signalr.listKeys');
  s.azure.clock.advance(20_000);
  expect(await s.provider.look(view)).toMatchObject({ fit: { is: 'good' }, next: { id: 'Secondary' } });
});

test('where the status of the operation may not be read, the service’s own state tells', async () => {
  const s = await stage(signalrKey);
  const scope = `/subscriptions/${place.subscriptionId}`;
  for (const operations of ['operationStatuses', 'operationResults']) {
    const action = `Microsoft.SignalRService/locations/${operations}/signalr/read`;
    s.azure.arm.denials.add({ objectId: '*', scope, action });
  }
  const view = s.view(s.keys().Primary, { state: remembering(s) });
  expect(await generate(s)).toMatchObject({ is: 'pending' });
  expect((await s.seen(view)).next?.value.open()).toBe(s.keys().Secondary);
});

test('a second regenerate while one runs is refused as such, and the first comes to its end', async () => {
  const s = await stage(signalrKey);
  await generate(s);
  await expect(generate(s)).rejects.toMatchObject({ reason: 'service-working', detail: { answered: true } });
  s.azure.clock.advance(20_000);
  if (s.resource.kind === 'signalr')
    expect(isUpdating(s.azure.arm, s.resource, s.azure.clock.now().getTime())).toBe(false);
});

test('the salt is never touched', async () => {
  const s = await stage(signalrKey);
  await generate(s);
  expect(s.azure.core.journal.calls.filter(({ request }) => request.body.includes('Salt'))).toEqual([]);
});

test('a connection string that names another host than ARM does is refused before its keys are asked for', async () => {
  const s = await stage(signalrKey);
  const other = await s.azure.createSignalR({ ...place, name: 'other' });
  const view = { ...s.view('x'), target: { ...s.view('x').target, resource: other.id } };
  expect((await s.provider.look(view)).fit).toEqual({ is: 'bad', reason: 'endpoint-not-of-resource' });
  expect(s.operations()).toEqual(['signalr.get']);
});

test.each(['Failed', 'Canceled'])(
  'an update that ended %s is not work that is waited for: it is told',
  async (state) => {
    const s = await stage(signalrKey);
    const { id, name, authority: hostName } = s.resource;
    const body = { id, name, location: 'westeurope', properties: { provisioningState: state, hostName } };
    s.azure.core.faults.plan({ operation: 'signalr.get', effect: { kind: 'status', status: 200, body } });
    expect((await s.provider.look(s.view(s.keys().Primary))).fit).toEqual({
      is: 'unknown',
      reason: 'refused',
      code: state,
    });
  },
);
