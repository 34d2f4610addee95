import { encrypt, grant, inUse } from '../kinds/batchCmkStage.ts';
import { contractOfAdopting } from './contractOfAdopting.ts';

const place = { subscriptionId: '5ab5c000-0000-4000-8000-000000000001', resourceGroup: 'g', location: 'westeurope' };

contractOfAdopting({
  kind: 'batch-cmk',
  makes: 'rotateKey',
  adopts: 'batch.update',
  create: async (azure) => {
    const vault = await azure.keyVault.createVault('kv');
    vault.purgeProtection = true;
    const { version } = vault.createKey('cmk');
    const identity = { type: 'SystemAssigned' } as const;
    const resource = await azure.createBatchAccount({ ...place, name: 'account', identity, cmkAllowed: true });
    grant(resource, vault);
    encrypt(resource, `${vault.uri}/keys/cmk/${version}`);
    return {
      resource,
      value: () => `${vault.uri}/keys/cmk/${version}`,
      versions: () => vault.keys.versions('cmk'),
      make: () => vault.createKey('cmk'),
      used: () => inUse(resource).split('/').at(-1),
    };
  },
});
