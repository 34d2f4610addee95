import { isUpdating } from '../../../infra/azure-emulator/src/index.ts';
import type { SignalRService } from '../../../infra/azure-emulator/src/index.ts';
import { later, minute, second } from '../../../lib/model/clock.ts';
import { contract } from './contract.ts';
import { contractOfKeys } from './contractOfKeys.ts';
import { keyGround, words, type KeyKind } from './keyGround.ts';
import { inProcess } from './shells.ts';
import { during, plainly, stage, standbyIn } from './stage.ts';

const signalrKey: KeyKind<SignalRService> = {
  kind: 'signalr-key',
  create: async ({ azure, place }) => {
    const resource = await azure.createSignalR({ ...place, name: 'service', regenerateMs: 20_000 });
    const disable = () => {
      resource.disableLocalAuth = true;
    };
    const text = (key: string) => `Endpoint=https://${resource.authority};AccessKey=${key};Version=1.0;`;
    return keyGround(azure, { resource, disable, text });
  },
  reads: { 'signalr.get': 'resource-missing', 'signalr.listKeys': 'resource-missing' },
  makes: 'signalr.regenerateKey',
  listKeys: 'signalr.listKeys',
  forms: [
    ({ value }, { authority }) => `Endpoint=https://${authority};AccessKey=${value.open()};Version=1.0;`,
    ({ value }, { authority }) =>
      `endpoint=https://${authority};accesskey=${value.open()};ClientEndpoint=https://chat.example.com`,
    ({ value }) => value.open(),
  ],
  words,
};

contract(signalrKey, contractOfKeys);

/** The standby as the state remembers it, and what it takes to replace it. */
async function begun() {
  const s = await stage(signalrKey, inProcess);
  const before = await s.provider.inspect(s.view());
  const view = s.view(s.ground.value, during('generate', before));
  const standby = standbyIn(before);
  return { ...s, view, standby, generate: () => s.provider.generate(view, standby, plainly) };
}

test('regenerating is accepted at once and done when the service says so', async () => {
  const s = await begun();
  expect(await s.generate()).toMatchObject({ is: 'pending', reason: 'service-working' });
  const listed = s.count('signalr.listKeys');
  expect((await s.provider.inspect(s.view)).readiness).toMatchObject({ is: 'pending', reason: 'service-working' });
  expect(s.count('signalr.listKeys')).toBe(listed);
  s.azure.clock.advance(20_000);
  expect(await s.provider.inspect(s.view)).toMatchObject({ readiness: { is: 'valid' }, next: { id: 'Secondary' } });
});

test('where the status of the operation may not be read, the service’s own state tells', async () => {
  const s = await begun();
  const scope = `/subscriptions/${s.place.subscriptionId}`;
  for (const operations of ['operationStatuses', 'operationResults']) {
    const action = `Microsoft.SignalRService/locations/${operations}/signalr/read`;
    s.azure.arm.denials.add({ objectId: '*', scope, action });
  }
  expect(await s.generate()).toMatchObject({ is: 'pending' });
  expect((await s.seen(s.view)).next?.value.open()).toBe(s.ground.keys().Secondary);
});

test('a second regenerate while one runs is refused as such, and the first comes to its end', async () => {
  const s = await begun();
  await s.generate();
  await expect(s.generate()).rejects.toMatchObject({ reason: 'service-working', detail: { answered: true } });
  s.azure.clock.advance(20_000);
  expect(isUpdating(s.azure.arm, s.resource, s.azure.clock.now().getTime())).toBe(false);
});

test('a regenerate that is accepted after a long wait is looked for again after two seconds', async () => {
  const s = await begun();
  const { now, state } = s.view;
  const wait = { reason: 'service-working', since: later(now, -minute), until: now } as const;
  const generated = await s.provider.generate({ ...s.view, state: { ...state, wait } }, s.standby, plainly);
  expect(generated).toMatchObject({ is: 'pending', until: later(now, 2 * second) });
});

test('the salt is never touched', async () => {
  const s = await begun();
  await s.generate();
  expect(s.calls().filter(({ request }) => request.body.includes('Salt'))).toEqual([]);
});

test('a connection string that names another host than ARM does is refused before its keys are asked for', async () => {
  const s = await stage(signalrKey, inProcess);
  const other = await s.azure.createSignalR({ ...s.place, name: 'other' });
  const view = s.view();
  const { readiness } = await s.provider.inspect({ ...view, target: { ...view.target, resource: other.id } });
  expect(readiness).toEqual({ is: 'invalid', reason: 'endpoint-not-of-resource' });
  expect(s.operations()).toEqual(['signalr.get']);
});

test.each(['Failed', 'Canceled'])('an update that ended %s is not waited for, but reported', async (state) => {
  const s = await stage(signalrKey, inProcess);
  const { id, name, authority: hostName } = s.resource;
  const body = { id, name, location: 'westeurope', properties: { provisioningState: state, hostName } };
  s.azure.core.faults.plan({ operation: 'signalr.get', effect: { kind: 'status', status: 200, body } });
  expect((await s.provider.inspect(s.view())).readiness).toEqual({
    is: 'unknown',
    reason: 'refused',
    code: state,
  });
});
