import { policy } from '../kinds/poolCertificateStage.ts';
import { contractOfAdopting } from './contractOfAdopting.ts';

const place = { subscriptionId: '5ab5c000-0000-4000-8000-000000000001', resourceGroup: 'g', location: 'westeurope' };

contractOfAdopting({
  kind: 'pool-certificate',
  makes: 'createCertificate',
  create: async (azure) => {
    const vault = await azure.keyVault.createVault('kv');
    const certificate = await vault.createCertificate('tls', policy);
    const [first] = certificate.versions;
    return {
      resource: await azure.createBatchAccount({ ...place, name: 'account' }),
      value: () => `${vault.uri}/certificates/tls/${first?.version ?? ''}`,
      versions: () => certificate.versions,
      make: () => vault.createCertificate('tls', policy),
    };
  },
});
