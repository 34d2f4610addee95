import { deleteResource, type Effect } from '../../../infra/azure-emulator/src/index.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { valueWith, type NewSecret, type TestApp } from '../../support/createTestApp.ts';

/** A problem of a due target, by a person or by Azure, and its reason. */
export interface Problem {
  readonly sentence: string;
  readonly arrange: (app: TestApp) => Promise<void>;
  readonly reason: Reason;
  readonly code?: string;
}

/** A Batch account and its secret with these options. */
function batchSecret(wanted: NewSecret): Problem['arrange'] {
  return async (app) => {
    app.newSecret(await app.newBatch(), wanted);
  };
}

/** Plans an effect for every request of this operation. */
function struck(operation: string, effect: Effect): Problem['arrange'] {
  return async (app) => {
    app.newSecret(await app.newBatch());
    app.azure.core.faults.plan({ operation, lasting: true, effect });
  };
}

export function status(code: number, word: string): Effect {
  return { kind: 'status', status: code, body: { error: { code: word, message: 'No.' } } };
}

export const resources: Problem[] = [
  {
    sentence: 'an account that allows no shared keys',
    arrange: async (app) => {
      app.newSecret(await app.newBatch({ allowedAuthenticationModes: ['AAD'] }));
    },
    reason: 'shared-key-disabled',
  },
  {
    sentence: 'an account with pools in the user’s subscription',
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
    sentence: 'an unknown subscription',
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

const own = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`own${i}`, 'x']));

function withTags(tags: Record<string, string>): Problem['arrange'] {
  return batchSecret({ tags });
}

export const tags: Problem[] = [
  { sentence: 'an option that is not a duration', arrange: withTags({ RotationOverlap: 'soon' }), reason: 'bad-tags' },
  { sentence: 'an unknown option', arrange: withTags({ RotationOptions: 'hurry' }), reason: 'bad-tags' },
  { sentence: 'a wrong slot name', arrange: withTags({ CredentialId: 'key3' }), reason: 'credential-id-unknown' },
  { sentence: 'a validity too short', arrange: withTags({ ValidityPeriodDays: '1' }), reason: 'validity-too-short' },
  { sentence: '15 tags of its owner', arrange: withTags(own), reason: 'too-many-tags' },
  {
    sentence: 'state of a newer version',
    arrange: withTags({ RotationProgress: '{"v":2}' }),
    reason: 'state-from-newer-version',
  },
];

export const values: Problem[] = [
  {
    sentence: 'a value that is not a key of the resource',
    arrange: async (app) => {
      app.newSecret(await app.newBatch(), { value: 'bm90IGEga2V5IG9mIHRoZSByZXNvdXJjZQ==' });
    },
    reason: 'value-not-of-resource',
  },
  {
    sentence: 'a connection string that needs no key',
    arrange: async (app) => {
      const service = await app.newSignalR();
      app.newSecret(service, { value: `Endpoint=https://${service.authority};AuthType=azure.msi;` });
    },
    reason: 'entra-connection-string',
  },
  {
    sentence: 'a connection string of another service',
    arrange: async (app) => {
      const [service, other] = [await app.newSignalR(), await app.newSignalR({ name: 'other' })];
      app.newSecret(service, { value: valueWith(other, app.keys(service).Primary) });
    },
    reason: 'endpoint-not-of-resource',
  },
  {
    sentence: 'a disabled secret',
    arrange: async (app) => {
      app.newSecret(await app.newBatch());
      app.vault.update('secret', { enabled: false });
    },
    reason: 'secret-disabled',
  },
];

export const services: Problem[] = [
  { sentence: 'a 404', arrange: struck('batch.get', status(404, 'ResourceGroupNotFound')), reason: 'resource-missing' },
  { sentence: 'a 403', arrange: struck('batch.get', status(403, 'AuthorizationFailed')), reason: 'forbidden' },
  { sentence: 'a 409', arrange: struck('batch.listKeys', status(409, 'Conflict')), reason: 'service-working' },
  { sentence: 'a 429', arrange: struck('batch.listKeys', status(429, 'TooManyRequests')), reason: 'throttled' },
  { sentence: 'a 500', arrange: struck('batch.listKeys', status(500, 'InternalServerError')), reason: 'outage' },
  { sentence: 'a 503', arrange: struck('batch.get', status(503, 'ServerBusy')), reason: 'outage' },
  {
    sentence: 'a 400',
    arrange: struck('batch.listKeys', status(400, 'BadThing')),
    reason: 'refused',
    code: 'BadThing',
  },
  { sentence: 'a time-out', arrange: struck('batch.listKeys', { kind: 'delay', ms: 60_000 }), reason: 'outage' },
  { sentence: 'a reset', arrange: struck('batch.listKeys', { kind: 'reset' }), reason: 'outage', code: 'ECONNRESET' },
  { sentence: 'a lost answer', arrange: struck('batch.get', { kind: 'lost-response' }), reason: 'outage' },
  {
    sentence: 'a regenerate that is throttled',
    arrange: struck('batch.regenerateKey', status(429, 'TooManyRequests')),
    reason: 'throttled',
    code: 'TooManyRequests',
  },
  {
    sentence: 'a regenerate that is refused',
    arrange: struck('batch.regenerateKey', status(400, 'KeyBusy')),
    reason: 'refused',
    code: 'KeyBusy',
  },
];

export const vaults: Problem[] = [
  {
    sentence: 'a vault behind its firewall',
    arrange: async (app) => {
      app.newSecret(await app.newBatch());
      app.vault.rules.firewall = true;
    },
    reason: 'firewall',
    code: 'ForbiddenByFirewall',
  },
  {
    sentence: 'a vault whose secrets may be listed, not read',
    arrange: async (app) => {
      app.newSecret(await app.newBatch());
      app.vault.rules.denied.set('getSecret', 'ForbiddenByRbac');
    },
    reason: 'forbidden',
  },
  {
    sentence: 'a vault whose secrets may be read, not written',
    arrange: async (app) => {
      app.newSecret(await app.newBatch());
      app.vault.rules.denied.set('updateSecret', 'ForbiddenByRbac');
    },
    reason: 'forbidden',
  },
  {
    sentence: 'a vault that throttles',
    arrange: async (app) => {
      app.newSecret(await app.newBatch());
      app.vault.rules.throttledForSeconds = 7;
    },
    reason: 'throttled',
  },
];
