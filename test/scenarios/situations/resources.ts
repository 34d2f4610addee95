import { deleteResource } from '../../../infra/azure-emulator/src/index.ts';
import type { Situation } from './situation.ts';

export const resources: Situation[] = [
  {
    sentence: 'an account that allows no shared keys',
    arrange: async (b) => {
      b.newSecret(await b.newBatch({ allowedAuthenticationModes: ['AAD'] }));
    },
    reason: 'shared-key-disabled',
  },
  {
    sentence: 'an account whose pools are the user’s',
    arrange: async (b) => {
      b.newSecret(await b.newBatch({ poolAllocationMode: 'UserSubscription' }));
    },
    reason: 'shared-key-disabled',
  },
  {
    sentence: 'a service without local authentication',
    arrange: async (b) => {
      b.newSecret(await b.newSignalR({ disableLocalAuth: true }));
    },
    reason: 'shared-key-disabled',
  },
  {
    sentence: 'a missing resource',
    arrange: async (b) => {
      const account = await b.newBatch();
      b.newSecret(account);
      deleteResource(b.azure.arm, account.id);
    },
    reason: 'resource-missing',
    code: 'ResourceNotFound',
  },
  {
    sentence: 'a subscription nobody knows',
    arrange: async (b) => {
      const account = await b.newBatch();
      const id = account.id.replace(account.subscriptionId, 'ffffffff-0000-4000-8000-000000000001');
      b.newSecret(account, { tags: { ProviderAddress: id } });
    },
    reason: 'resource-missing',
    code: 'SubscriptionNotFound',
  },
  {
    sentence: 'a ReadOnly lock on the group',
    arrange: async (b) => {
      const account = await b.newBatch();
      b.newSecret(account);
      b.azure.arm.locks.add(account.id.split('/providers')[0] ?? '');
    },
    reason: 'locked',
    code: 'ScopeLocked',
  },
  {
    sentence: 'a role that is missing',
    arrange: async (b) => {
      const account = await b.newBatch();
      b.newSecret(account);
      b.azure.arm.denials.add({ objectId: '*', scope: account.id, action: '*' });
    },
    reason: 'forbidden',
    code: 'AuthorizationFailed',
  },
  {
    sentence: 'another secret that is the target of the resource',
    arrange: async (b) => {
      const account = await b.newBatch();
      b.newSecret(account, { name: 'first', ageDays: 1 });
      await b.sweep();
      b.newSecret(account);
    },
    reason: 'claimed-twice',
  },
  {
    sentence: 'another installation at work',
    arrange: async (b) => {
      const account = await b.newBatch();
      b.newSecret(account, { ageDays: 1 });
      await b.sweep();
      const { RotationRecord = '', ...rest } = b.tags();
      const theirs = RotationRecord.replace(/"i":"[^"]*"/, '"i":"ffffffffffff"');
      b.vault.updateTags('secret', { ...rest, RotationRecord: theirs, ValidityPeriodDays: '5', RotationLead: 'P4D' });
    },
    reason: 'managed-elsewhere',
  },
];
