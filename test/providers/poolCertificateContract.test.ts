import { policy } from '../kinds/poolCertificateStage.ts';
import { contract } from './contract.ts';
import { contractOfVersions, type VersionGround } from './contractOfVersions.ts';
import type { Reached } from './shells.ts';

async function create({ azure, place }: Reached): Promise<VersionGround> {
  const vault = await azure.keyVault.createVault('kv');
  const certificate = await vault.createCertificate('tls', policy);
  const versions = () => certificate.versions;
  const urlOf = (version = '') => `${vault.uri}/certificates/tls/${version}`;
  return {
    resource: await azure.createBatchAccount({ ...place, name: 'account' }),
    value: urlOf(versions()[0]?.version),
    foreign: urlOf('f'.repeat(32)),
    all: () => versions().map(({ version, enabled }) => ({ version, enabled })),
    works: ({ id }) => versions().some(({ version, enabled }) => version === id && enabled),
    versions,
    make: () => vault.createCertificate('tls', policy),
  };
}

contract(
  {
    kind: 'pool-certificate',
    create,
    reads: { 'batch.get': 'resource-missing', getCertificate: 'certificate-missing' },
    makes: 'createCertificate',
    forms: [
      ({ value }) => value.open(),
      ({ value }) => value.open().replace('/certificates/', '/secrets/'),
      ({ value }) => value.open().replace(/\/[0-9a-f]{32}$/, ''),
    ],
    words: [
      ['0123456789abcdef0123456789ABCDEF', '0123456789abcdef0123456789abcdef'],
      ['Primary', undefined],
      ['versionless', undefined],
      ['6e34', undefined],
      ['', undefined],
    ],
  },
  contractOfVersions,
);
