import { deleteResource } from '../../../infra/azure-emulator/src/index.ts';
import type { Situation } from './situation.ts';

export const resources: Situation[] = [
  {
    sentence: 'an account that allows no shared keys',
    arrange: async (app) => {
      app.newSecret(await app.newBatch({ allowedAuthenticationModes: ['AAD'] }));
    },
    reason: 'shared-key-disabled',
  },
  {
    sentence: 'an account whose pools are the user’s',
    arrange: async (app) => {
      app.newSecret(await app.newBatch({ poolAllocationMode: 'UserSubscription' }));
    },
    reason: 'shared-key-disabled',
  },
  {
    sentence: 'a service without local authentication',
    arrange: async (app) => {
      app.newSecret(await app.newSignalR({ disableLocalAuth: true }));
    },
    reason: 'shared-key-disabled',
  },
  {
    sentence: 'a missing resource',
    arrange: async (app) => {
      const account = await app.newBatch();
      app.newSecret(account);
      deleteResource(app.azure.arm, account.id);
    },
    reason: 'resource-missing',
    code: 'ResourceNotFound',
  },
  {
    sentence: 'a subscription nobody knows',
    arrange: async (app) => {
      const account = await app.newBatch();
      const id = account.id.replace(account.subscriptionId, 'ffffffff-0000-4000-8000-000000000001');
      app.newSecret(account, { tags: { ProviderAddress: id } });
    },
    reason: 'resource-missing',
    code: 'SubscriptionNotFound',
  },
  {
    sentence: 'a ReadOnly lock on the group',
    arrange: async (app) => {
      const account = await app.newBatch();
      app.newSecret(account);
      app.azure.arm.locks.add(account.id.split('/providers')[0] ?? '');
    },
    reason: 'locked',
    code: 'ScopeLocked',
  },
  {
    sentence: 'a role that is missing',
    arrange: async (app) => {
      const account = await app.newBatch();
      app.newSecret(account);
      app.azure.arm.denials.add({ objectId: '*', scope: account.id, action: '*' });
    },
    reason: 'forbidden',
    code: 'AuthorizationFailed',
  },
  {
    sentence: 'another secret that is the target of the resource',
    arrange: async (app) => {
      const account = await app.newBatch();
      app.newSecret(account, { name: 'first', ageDays: 1 });
      await app.sweep();
      app.newSecret(account);
    },
    reason: 'claimed-twice',
  },
  {
    sentence: 'another installation at work',
    arrange: async (app) => {
      const account = await app.newBatch();
      app.newSecret(account, { ageDays: 1 });
      await app.sweep();
      const { RotationRecord = '', ...rest } = app.tags();
      const theirs = RotationRecord.replace(/"i":"[^"]*"/, '"i":"ffffffffffff"');
      app.vault.updateTags('secret', { ...rest, RotationRecord: theirs, ValidityPeriodDays: '5', RotationLead: 'P4D' });
    },
    reason: 'managed-elsewhere',
  },
];
