import type { Members } from '../../../lib/pools/schemas.ts';
import { from, machineIn } from './made.ts';
import { linuxPool } from './samplePools.ts';

const images: [sentence: string, old: Members, now: Members][] = [
  [
    'Ubuntu 20.04 of the second generation',
    { imageReference: { publisher: 'Canonical', offer: '0001-com-ubuntu-server-focal', sku: '20_04-lts-gen2' } },
    { imageReference: { sku: 'server' }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' },
  ],
  [
    'Ubuntu 20.04 with a container runtime',
    { imageReference: { publisher: 'microsoft-azure-batch', offer: 'ubuntu-server-container', sku: '20-04-lts' } },
    { imageReference: { offer: 'ubuntu-hpc', sku: '2404' }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' },
  ],
  [
    'Debian with containers',
    {
      imageReference: { publisher: 'debian', offer: 'debian-12', sku: '12' },
      containerConfiguration: { type: 'DockerCompatible' },
    },
    { imageReference: { offer: 'ubuntu-hpc', sku: '2404' }, containerConfiguration: { type: 'DockerCompatible' } },
  ],
  [
    'a custom image of Ubuntu 20.04',
    { imageReference: { id: '/images/1' }, nodeAgentSkuId: 'batch.node.ubuntu 20.04' },
    { imageReference: { offer: 'ubuntu-24_04-lts' }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' },
  ],
  [
    'a custom image of Ubuntu 22.04',
    { imageReference: { id: '/images/1' }, nodeAgentSkuId: 'batch.node.ubuntu 22.04' },
    { imageReference: { id: '/images/1' }, nodeAgentSkuId: 'batch.node.ubuntu 22.04' },
  ],
  [
    'Ubuntu 22.04 with the node agent of 20.04',
    {
      imageReference: { publisher: 'canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts' },
      nodeAgentSkuId: 'batch.node.ubuntu 20.04',
    },
    { imageReference: { sku: '22_04-lts' }, nodeAgentSkuId: 'batch.node.ubuntu 22.04' },
  ],
  [
    'Azure Linux with the node agent of Ubuntu',
    { imageReference: { publisher: 'microsoftcblmariner', offer: 'cbl-mariner', sku: 'cbl-mariner-2' } },
    { imageReference: { sku: 'cbl-mariner-2' }, nodeAgentSkuId: 'batch.node.mariner 2.0' },
  ],
  [
    'Windows Server 2019',
    {
      imageReference: { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2019-datacenter' },
      nodeAgentSkuId: 'batch.node.windows amd64',
    },
    { imageReference: { sku: '2022-datacenter' }, nodeAgentSkuId: 'batch.node.windows amd64' },
  ],
  [
    'Windows Server 2019 of the second generation',
    {
      imageReference: { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2019-datacenter-gensecond' },
    },
    { imageReference: { sku: '2022-datacenter-g2' }, nodeAgentSkuId: 'batch.node.windows amd64' },
  ],
];

test.each(images)('a pool on %s gets an image and a node agent that belong together', (_sentence, old, now) => {
  expect(machineIn(from(linuxPool({ machine: old })).body)).toMatchObject(now);
});
