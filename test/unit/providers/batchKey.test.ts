import type { BatchAccount } from '../../../infra/azure-emulator/src/index.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { emptyState } from '../../../lib/model/state.ts';
import { contract } from './contract.ts';
import { contractOfKeys } from './contractOfKeys.ts';
import { keyGround, words, type KeyKind } from './keyGround.ts';
import { inProcess } from './shells.ts';
import { stage } from './stage.ts';

const batchKey: KeyKind<BatchAccount> = {
  kind: 'batch-key',
  create: async ({ azure, place }) => {
    const resource = await azure.createBatchAccount({ ...place, name: 'account' });
    const disable = () => {
      resource.allowedAuthenticationModes = ['AAD'];
    };
    return keyGround(azure, { resource, disable, text: (key) => key });
  },
  reads: { 'batch.get': 'resource-missing', 'batch.listKeys': 'resource-missing' },
  makes: 'batch.regenerateKey',
  listKeys: 'batch.listKeys',
  forms: [({ value }) => value.open()],
  words,
};

contract(batchKey, contractOfKeys);

test.each<[string, BatchAccount['allowedAuthenticationModes'], boolean]>([
  ['null, which is not restricted', null, true],
  ['all of them', ['SharedKey', 'AAD', 'TaskAuthenticationToken'], true],
  ['Microsoft Entra ID only', ['AAD'], false],
  ['none', [], false],
])('an account whose authentication modes are %s', async (_sentence, modes, isFit) => {
  const s = await stage(batchKey, inProcess);
  s.resource.allowedAuthenticationModes = modes;
  const { readiness } = await s.provider.inspect(s.view());
  expect(readiness.is).toBe(isFit ? 'valid' : 'invalid');
});

test('an account whose pools are in the user’s subscription has no shared keys for us', async () => {
  const s = await stage(batchKey, inProcess);
  s.resource.poolAllocationMode = 'UserSubscription';
  const { readiness } = await s.provider.inspect(s.view());
  expect(readiness).toEqual({ is: 'invalid', reason: 'shared-key-disabled' });
  expect(s.operations()).toEqual(['batch.get']);
});

const waits: [string, Reason | undefined, string[]][] = [
  ['that is known', undefined, ['batch.listKeys']],
  ['after a refused key operation', 'refused', ['batch.get', 'batch.listKeys']],
  ['after it had no shared keys', 'shared-key-disabled', ['batch.get', 'batch.listKeys']],
  ['after throttling', 'throttled', ['batch.listKeys']],
];

test.each(waits)('an inspection of an account %s', async (_sentence, reason, operations) => {
  const s = await stage(batchKey, inProcess);
  const now = s.azure.clock.now();
  const state = { ...emptyState, ...(reason && { wait: { reason, since: now, until: now } }) };
  await s.provider.inspect(s.view(s.ground.value, { host: s.resource.authority, state }));
  expect(s.operations()).toEqual(operations);
});
