import type { Resource } from '../../infra/local/azure/arm/state.ts';
import type { Reason } from '../../lib/model/reason.ts';
import { blank } from '../../lib/model/state.ts';
import { contract } from './contract.ts';
import { failures } from './failures.ts';
import { stage, type Kind } from './stage.ts';

const place = { subscriptionId: '5ab5c000-0000-4000-8000-000000000001', resourceGroup: 'rg', location: 'westeurope' };

const batchKey: Kind = {
  kind: 'batch-key',
  create: (azure) => azure.createBatchAccount({ ...place, name: 'account' }),
  forms: [(key) => key],
  disable: (resource) => {
    restrict(resource, ['AAD']);
  },
  listKeys: 'batch.listKeys',
  regenerateKey: 'batch.regenerateKey',
};

type Mode = 'AAD' | 'SharedKey' | 'TaskAuthenticationToken';

function restrict(resource: Resource, modes: Mode[] | null): void {
  if (resource.kind === 'batch') resource.allowedAuthenticationModes = modes;
}

contract(batchKey);
failures(batchKey);

test.each<[string, Mode[] | null, boolean]>([
  ['null, which is not restricted', null, true],
  ['all of them', ['SharedKey', 'AAD', 'TaskAuthenticationToken'], true],
  ['Microsoft Entra ID only', ['AAD'], false],
  ['none', [], false],
])('an account whose authentication modes are %s', async (_sentence, modes, isFit) => {
  const s = await stage(batchKey);
  restrict(s.resource, modes);
  const { fit } = await s.provider.look(s.view(s.keys().Primary));
  expect(fit.is).toBe(isFit ? 'good' : 'bad');
});

test('an account whose pools are in the user’s subscription has no shared keys for us', async () => {
  const s = await stage(batchKey);
  if (s.resource.kind === 'batch') s.resource.poolAllocationMode = 'UserSubscription';
  const { fit } = await s.provider.look(s.view(s.keys().Primary));
  expect(fit).toEqual({ is: 'bad', reason: 'shared-key-disabled' });
  expect(s.operations()).toEqual(['batch.get']);
});

const waits: [string, Reason | undefined, string[]][] = [
  ['that is known', undefined, ['batch.listKeys']],
  ['after a refused key operation', 'refused', ['batch.get', 'batch.listKeys']],
  ['after it had no shared keys', 'shared-key-disabled', ['batch.get', 'batch.listKeys']],
  ['after throttling', 'throttled', ['batch.listKeys']],
];

test.each(waits)('PROTOCOL 2: a look at an account %s', async (_sentence, reason, operations) => {
  const s = await stage(batchKey);
  const now = s.azure.clock.now();
  const state = { ...blank, ...(reason && { wait: { reason, since: now, until: now } }) };
  await s.provider.look(s.view(s.keys().Primary, { host: s.resource.authority, state }));
  expect(s.operations()).toEqual(operations);
});
