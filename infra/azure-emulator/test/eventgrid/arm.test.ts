import { BatchManagementClient } from '@azure/arm-batch';
import { SignalRManagementClient } from '@azure/arm-signalr';
import { keysAt } from '../../src/arm/resource.ts';
import { subscriptionId } from '../arm/bench.ts';
import { bench, second } from './bench.ts';

async function withClients() {
  const azure = await bench();
  const account = await azure.newBatch();
  const service = await azure.newSignalR({ regenerateMs: 5 * second });
  await azure.subscribe({ source: `/subscriptions/${subscriptionId}` });
  return {
    azure,
    account,
    service,
    batch: new BatchManagementClient(azure.credential, subscriptionId, azure.options).batchAccountOperations,
    signalr: new SignalRManagementClient(azure.credential, subscriptionId, azure.options).signalR,
    async told() {
      await azure.eventGrid.pump();
      return azure.eventGrid.deliveries.map(({ event }) => {
        const { operationName } = event.data as { operationName: string };
        return `${event.type.split('.').at(-1) ?? ''} ${operationName}`;
      });
    },
  };
}

test('an action tells who did what to which resource', async () => {
  const { azure, account, batch } = await withClients();
  await batch.regenerateKey('GROUP', 'ACCT', { keyName: 'Primary' });
  await azure.eventGrid.pump();
  const action = 'Microsoft.Batch/batchAccounts/regeneratekeys/action';
  const { clientId, objectId } = azure.core.tokens.appIdentity;
  expect(azure.eventGrid.deliveries[0]?.event).toMatchObject({
    type: 'Microsoft.Resources.ResourceActionSuccess',
    source: `/subscriptions/${subscriptionId}`,
    subject: account.id,
    data: {
      authorization: { scope: account.id, action, evidence: { principalId: objectId } },
      claims: { appid: clientId, 'http://schemas.microsoft.com/identity/claims/objectidentifier': objectId },
      httpRequest: { method: 'POST', url: expect.stringContaining('/regenerateKeys?api-version=') as string },
      resourceProvider: 'Microsoft.Batch',
      resourceUri: account.id,
      operationName: action,
      status: 'Succeeded',
      subscriptionId,
    },
  });
});

test('listing keys and writing are told of, reading is not', async () => {
  const { batch, told } = await withClients();
  await batch.get('Group', 'acct');
  await batch.getKeys('Group', 'acct');
  await batch.update('Group', 'acct', { tags: { a: '1' } });
  expect(await told()).toEqual([
    'ResourceActionSuccess Microsoft.Batch/batchAccounts/listkeys/action',
    'ResourceWriteSuccess Microsoft.Batch/batchAccounts/write',
  ]);
});

test('what is refused is told of as a failure, who has no token is not', async () => {
  const { azure, account, batch, told } = await withClients();
  const path = `${account.id}/listKeys?api-version=2024-07-01`;
  await azure.handle(new Request(azure.armEndpoint + path, { method: 'POST' }));
  azure.arm.locks.add(account.id);
  await expect(batch.getKeys('Group', 'acct')).rejects.toMatchObject({ code: 'ScopeLocked' });
  expect(await told()).toEqual(['ResourceActionFailure Microsoft.Batch/batchAccounts/listkeys/action']);
});

test('an action whose answer was lost is told of all the same, one that was prevented is not', async () => {
  const { azure, batch, told } = await withClients();
  const regenerate = async (kind: 'reset' | 'lost-response') => {
    azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: { kind } });
    const asked = batch.regenerateKey('Group', 'acct', { keyName: 'Primary' });
    await expect(asked).rejects.toMatchObject({ code: 'ECONNRESET' });
    return (await told()).length;
  };
  expect([await regenerate('reset'), await regenerate('lost-response')]).toEqual([0, 1]);
});

test.each([
  ['atCompletion', 0],
  ['atAcceptance', 1],
] as const)('a long regeneration is told of %s', async (when, atOnce) => {
  const { azure, signalr, told } = await withClients();
  azure.eventGrid.settings.actionEvent = when;
  await signalr.beginRegenerateKey('Group', 'sig', { keyType: 'Primary' });
  expect(await told()).toHaveLength(atOnce);
  azure.clock.advance(5 * second);
  expect(await told()).toEqual(['ResourceActionSuccess Microsoft.SignalRService/SignalR/regeneratekey/action']);
});

test('a person at the portal regenerates a key, and it is told as theirs', async () => {
  const { azure, service, told } = await withClients();
  const before = keysAt(service, azure.clock.now().getTime());
  const event = azure.eventGrid.regenerate(service, 'Primary');
  const after = keysAt(service, azure.clock.now().getTime());
  expect(after.Primary).not.toBe(before.Primary);
  expect(after.Secondary).toBe(before.Secondary);
  expect(event.subject).toBe(service.id);
  expect(event.data).not.toMatchObject({ claims: { appid: azure.core.tokens.appIdentity.clientId } });
  expect(await told()).toEqual(['ResourceActionSuccess Microsoft.SignalRService/SignalR/regeneratekey/action']);
});
