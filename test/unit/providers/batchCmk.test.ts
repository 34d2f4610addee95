import { Sealed } from '../../../lib/model/sealed.ts';
import { batchCmk } from '../../../lib/providers/batchCmk.ts';
import { situation } from '../decide/situation.ts';
import { contract } from './contract.ts';
import { contractOfVersions, type VersionGround } from './contractOfVersions.ts';
import type { Reached } from './shells.ts';
import { nameTarget } from '../../../infra/demo/targets.ts';
import { grantKeyAccess, keyInUse, setKey } from '../../support/customerManagedKeys.ts';

async function create({ azure, place }: Reached): Promise<VersionGround> {
  const vault = await azure.keyVault.createVault('kv');
  vault.purgeProtection = true;
  const { version: first } = vault.createKey('cmk');
  const urlOf = (version: string) => `${vault.uri}/keys/cmk/${version}`;
  const identity = { type: 'SystemAssigned' } as const;
  const resource = await azure.createBatchAccount({ ...place, name: 'account', identity, cmkAllowed: true });
  grantKeyAccess(resource, vault);
  setKey(resource, urlOf(first));
  nameTarget(vault, { secret: 's', resource, identifier: urlOf(first) });
  resource.tags = { KeyturnCmk: 'kv/s' };
  const versions = () => vault.keys.versions('cmk');
  return {
    resource,
    value: urlOf(first),
    foreign: urlOf('f'.repeat(32)),
    all: () => [keyInUse(resource), ...versions().map(({ version, enabled }) => ({ version, enabled }))],
    works: ({ id }) => versions().some(({ version, enabled }) => version === id && enabled),
    versions,
    make: () => vault.createKey('cmk'),
    adoption: { operation: 'batch.update', used: () => keyInUse(resource).split('/').at(-1) },
  };
}

contract(
  {
    kind: 'batch-cmk',
    create,
    reads: { 'batch.get': 'resource-missing', getKey: 'key-access-lost' },
    makes: 'rotateKey',
    forms: [({ value }) => value.open()],
    words: [
      ['0123456789abcdef0123456789ABCDEF', '0123456789abcdef0123456789abcdef'],
      ['Versionless', 'versionless'],
      ['Microsoft.Batch', 'microsoft.batch'],
      ['Primary', undefined],
      ['6e34', undefined],
      ['', undefined],
    ],
  },
  contractOfVersions,
);

test.each([
  ['of one version', 'https://kv.vault.azure.net/keys/cmk/0123456789abcdef0123456789abcdef'],
  ['of another version', 'https://kv.vault.azure.net/keys/cmk/fedcba9876543210fedcba9876543210'],
  ['without a version, in other letters', 'https://KV.vault.azure.net/keys/cmk'],
])('R8: accounts with one key share a lease, whatever the account: the key %s', (_sentence, text) => {
  const { secret, target, state, now } = situation();
  const leaseOf = (resource: string) =>
    batchCmk({} as never).sharedLeaseName?.({
      secret: { ...secret, value: new Sealed(text) },
      target: { ...target, resource },
      state,
      now,
    });
  expect([leaseOf(target.resource), leaseOf(`${target.resource}2`)]).toEqual(
    Array(2).fill('/keys/kv.vault.azure.net/keys/cmk'),
  );
});
