import { BatchManagementClient } from '@azure/arm-batch';
import { SignalRManagementClient } from '@azure/arm-signalr';
import { keysAt } from '../../src/arm/resource.ts';
import { secondMs, startWithEvents, subscriptionId } from '../support.ts';

async function withClients() {
  const azure = await startWithEvents();
  const account = await azure.newBatch();
  const service = await azure.newSignalR({ regenerateMs: 5 * secondMs });
  await azure.subscribe({ source: `/subscriptions/${subscriptionId}` });
  return {
    azure,
    account,
    service,
    batch: new BatchManagementClient(azure.credential, subscriptionId, azure.options).batchAccountOperations,
    signalr: new SignalRManagementClient(azure.credential, subscriptionId, azure.options).signalR,
    async eventNames() {
      await azure.eventGrid.pump();
      return azure.eventGrid.deliveries.map(({ event }) => {
        const { operationName } = event.data as { operationName: string };
        return `${event.type.split('.').at(-1) ?? ''} ${operationName}`;
      });
    },
  };
}

test('an event of an action names the caller, the action and the resource', async () => {
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

test('listing keys and writing raise events, reading does not', async () => {
  const { batch, eventNames } = await withClients();
  await batch.get('Group', 'acct');
  await batch.getKeys('Group', 'acct');
  await batch.update('Group', 'acct', { tags: { a: '1' } });
  expect(await eventNames()).toEqual([
    'ResourceActionSuccess Microsoft.Batch/batchAccounts/listkeys/action',
    'ResourceWriteSuccess Microsoft.Batch/batchAccounts/write',
  ]);
});

test('a refused call raises a failure event, a call without a token raises none', async () => {
  const { azure, account, batch, eventNames } = await withClients();
  const path = `${account.id}/listKeys?api-version=2024-07-01`;
  await azure.handle(new Request(azure.armEndpoint + path, { method: 'POST' }));
  azure.arm.locks.add(account.id);
  await expect(batch.getKeys('Group', 'acct')).rejects.toMatchObject({ code: 'ScopeLocked' });
  expect(await eventNames()).toEqual(['ResourceActionFailure Microsoft.Batch/batchAccounts/listkeys/action']);
});

test('an action with a lost answer raises an event, a prevented one does not', async () => {
  const { azure, batch, eventNames } = await withClients();
  const regenerate = async (kind: 'reset' | 'lost-response') => {
    azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: { kind } });
    const asked = batch.regenerateKey('Group', 'acct', { keyName: 'Primary' });
    await expect(asked).rejects.toMatchObject({ code: 'ECONNRESET' });
    return (await eventNames()).length;
  };
  expect([await regenerate('reset'), await regenerate('lost-response')]).toEqual([0, 1]);
});

test.each([
  ['atCompletion', 0],
  ['atAcceptance', 1],
] as const)('a long regeneration raises its event %s', async (when, atOnce) => {
  const { azure, signalr, eventNames } = await withClients();
  azure.eventGrid.settings.actionEvent = when;
  await signalr.beginRegenerateKey('Group', 'sig', { keyType: 'Primary' });
  expect(await eventNames()).toHaveLength(atOnce);
  azure.clock.advance(5 * secondMs);
  expect(await eventNames()).toEqual(['ResourceActionSuccess Microsoft.SignalRService/SignalR/regeneratekey/action']);
});

test('a regeneration in the portal raises an event with the user as caller', async () => {
  const { azure, service, eventNames } = await withClients();
  const before = keysAt(service, azure.clock.now().getTime());
  const event = azure.eventGrid.regenerate(service, 'Primary');
  const after = keysAt(service, azure.clock.now().getTime());
  expect(after.Primary).not.toBe(before.Primary);
  expect(after.Secondary).toBe(before.Secondary);
  expect(event.subject).toBe(service.id);
  expect(event.data).not.toMatchObject({ claims: { appid: azure.core.tokens.appIdentity.clientId } });
  expect(await eventNames()).toEqual(['ResourceActionSuccess Microsoft.SignalRService/SignalR/regeneratekey/action']);
});
