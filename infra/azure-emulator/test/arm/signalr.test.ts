import { SignalRManagementClient } from '@azure/arm-signalr';
import { codeOf, startEmulator, subscriptionId } from '../support.ts';
import type { TestEmulator } from '../support.ts';

async function setUp(wanted: Parameters<TestEmulator['newSignalR']>[0] = {}) {
  const azure = await startEmulator();
  const service = await azure.newSignalR(wanted);
  const { signalR: client } = new SignalRManagementClient(azure.credential, subscriptionId, azure.options);
  return { azure, service, client, keys: () => client.listKeys('Group', 'sig') };
}

test('keys come with connection strings', async () => {
  const { keys } = await setUp();
  const { primaryKey = '', primaryConnectionString } = await keys();
  expect(primaryKey).toHaveLength(44);
  expect(primaryConnectionString).toBe(`Endpoint=https://sig.service.signalr.net;AccessKey=${primaryKey};Version=1.0;`);
});

test('a regeneration changes the key only at its end', async () => {
  const { azure, client, keys } = await setUp({ regenerateMs: 3_000 });
  const before = await keys();
  const poller = await client.beginRegenerateKey('Group', 'sig', { keyType: 'Secondary' });
  await poller.poll();
  expect(poller.isDone()).toBe(false);
  expect(await keys()).toEqual(before);
  expect((await client.get('Group', 'sig')).provisioningState).toBe('Updating');
  azure.clock.advance(3_000);
  const result: object = await poller.pollUntilDone();
  expect(result).not.toHaveProperty('primaryKey');
  expect((await client.get('Group', 'sig')).provisioningState).toBe('Succeeded');
  const after = await keys();
  expect(after.primaryKey).toBe(before.primaryKey);
  expect(after.secondaryKey).not.toBe(before.secondaryKey);
});

test('a regeneration is accepted with an empty body and two addresses at the subscription', async () => {
  const { azure, service } = await setUp();
  const path = `${service.id}/regenerateKey?api-version=2023-02-01`;
  const answer = await azure.callArm('POST', path, { body: '{"keyType":"Primary"}' });
  expect([answer.status, await answer.text(), answer.headers.get('retry-after')]).toEqual([202, '', '1']);
  const addresses = [answer.headers.get('azure-asyncoperation') ?? '', answer.headers.get('location') ?? ''];
  expect(addresses[0]).toContain(
    `/subscriptions/${subscriptionId}/providers/Microsoft.SignalRService/locations/westeu`,
  );
  const ask = async (address: string) => {
    const { pathname, search } = new URL(address);
    return (await azure.callArm('GET', pathname + search)).status;
  };
  const statuses = () => Promise.all(addresses.map(ask));
  expect(await statuses()).toEqual([200, 202]);
  azure.clock.advance(2_000);
  expect(await statuses()).toEqual([200, 204]);
});

test.each([
  { says: 'leaves the first alone', overlapDropsFirst: false, firstApplied: true },
  { says: 'can leave the first unapplied although it reports success', overlapDropsFirst: true, firstApplied: false },
])('a second regeneration is refused and $says', async ({ overlapDropsFirst, firstApplied }) => {
  const { azure, client, keys } = await setUp({ overlapDropsFirst });
  const before = await keys();
  const poller = await client.beginRegenerateKey('Group', 'sig', { keyType: 'Primary' });
  expect(await codeOf(client.beginRegenerateKey('Group', 'sig', { keyType: 'Secondary' }))).toBe('Conflict');
  azure.clock.advance(2_000);
  await poller.pollUntilDone();
  expect(poller.getOperationState().status).toBe('succeeded');
  const after = await keys();
  expect(after.primaryKey !== before.primaryKey).toBe(firstApplied);
  expect(after.secondaryKey).toBe(before.secondaryKey);
});

test('the salt is a key type of its own, which changes no key', async () => {
  const { azure, client, service, keys } = await setUp();
  const before = await keys();
  await client.beginRegenerateKey('Group', 'sig', { keyType: 'Salt' });
  azure.clock.advance(2_000);
  expect(await keys()).toEqual(before);
  expect(service.saltRegenerations).toBe(1);
});

test('without local authentication there are no keys', async () => {
  const { client, keys } = await setUp({ disableLocalAuth: true });
  expect(await keys()).toEqual({});
  const refused = client.beginRegenerateKey('Group', 'sig', { keyType: 'Primary' });
  expect(await codeOf(refused)).toBe('LocalAuthDisabled');
});

test('services are listed by group and by subscription', async () => {
  const { azure, client } = await setUp();
  await azure.newSignalR({ resourceGroup: 'other', name: 'second' });
  const names = async (pages: AsyncIterable<{ name?: string }>) => {
    const found = [];
    for await (const each of pages) found.push(each.name);
    return found;
  };
  expect(await names(client.listByResourceGroup('group'))).toEqual(['sig']);
  expect(await names(client.listBySubscription())).toEqual(['sig', 'second']);
});
