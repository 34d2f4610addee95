import { batchSecret, type Situation } from './situation.ts';
import { valueWith } from '../../support/createTestApp.ts';

const own = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`own${i}`, 'x']));

function withTags(tags: Record<string, string>): Situation['arrange'] {
  return batchSecret({ tags });
}

export const tags: Situation[] = [
  { sentence: 'a wish that is no duration', arrange: withTags({ RotationOverlap: 'soon' }), reason: 'bad-tags' },
  { sentence: 'an option nobody knows', arrange: withTags({ RotationOptions: 'hurry' }), reason: 'bad-tags' },
  { sentence: 'a wrong slot name', arrange: withTags({ CredentialId: 'key3' }), reason: 'credential-id-unknown' },
  { sentence: 'a validity too short', arrange: withTags({ ValidityPeriodDays: '1' }), reason: 'validity-too-short' },
  { sentence: '15 tags of the user’s own', arrange: withTags(own), reason: 'too-many-tags' },
  {
    sentence: 'state of a newer version',
    arrange: withTags({ RotationProgress: '{"v":2}' }),
    reason: 'state-from-newer-version',
  },
];

export const values: Situation[] = [
  {
    sentence: 'a value that is no key of the resource',
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
