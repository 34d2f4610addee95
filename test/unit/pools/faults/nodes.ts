import { customImage, linuxPool, windows2019, windowsPool } from '../samplePools.ts';
import type { Fault } from './fault.ts';

const ubuntu2004 = {
  imageReference: { publisher: 'canonical', offer: '0001-com-ubuntu-server-focal', sku: '20_04-lts-gen2' },
  nodeAgentSkuId: 'batch.node.ubuntu 20.04',
};
const debian = {
  imageReference: { publisher: 'debian', offer: 'debian-12', sku: '12' },
  nodeAgentSkuId: 'batch.node.debian 12',
};

export const nodeFaults: readonly Fault[] = [
  ['an older api-version makes the pool', 'pool-api-outdated', linuxPool(), { apiVersion: '2021-01-01' }],
  ['the image is Ubuntu 20.04', 'pool-image-too-old', linuxPool({ machine: ubuntu2004 })],
  [
    'the custom image is served by the node agent of Ubuntu 20.04',
    'pool-image-too-old',
    linuxPool({ machine: { imageReference: customImage, nodeAgentSkuId: 'batch.node.ubuntu 20.04' } }),
  ],
  ['version 4.0 is on Windows Server 2019', 'pool-image-too-old', windowsPool({ machine: windows2019 })],
  ['the image is Debian', 'pool-image-unsupported', linuxPool({ machine: debian })],
  [
    'the node agent is of an older Ubuntu than the image',
    'pool-node-agent-mismatch',
    linuxPool({ machine: { nodeAgentSkuId: 'batch.node.ubuntu 22.04' } }),
  ],
  [
    'the node agent is of another system than the image',
    'pool-node-agent-mismatch',
    windowsPool({ machine: { nodeAgentSkuId: 'batch.node.ubuntu 24.04' } }),
  ],
  ['the node agent is unknown', 'pool-node-agent-mismatch', linuxPool({ machine: { nodeAgentSkuId: 'agent' } })],
  ['the pool is resizing', 'pool-resizing', linuxPool({ properties: { allocationState: 'Resizing' } })],
  ['the pool is being deleted', 'pool-not-ready', linuxPool({ properties: { provisioningState: 'Deleting' } })],
];
