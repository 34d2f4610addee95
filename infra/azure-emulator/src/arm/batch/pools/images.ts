interface SupportedImage {
  readonly nodeAgentSKUId: string;
  readonly imageReference: {
    readonly publisher: string;
    readonly offer: string;
    readonly sku: string;
    readonly version: 'latest';
  };
  readonly osType: 'linux' | 'windows';
  readonly verificationType: 'verified' | 'unverified';
  readonly capabilities?: readonly string[];
  readonly batchSupportEndOfLife?: string;
}

/** A part of the real list. The dates on which support ends are ours. */
export const supportedImages: readonly SupportedImage[] = [
  {
    ...linux('canonical', '0001-com-ubuntu-server-focal', '20_04-lts', 'batch.node.ubuntu 20.04'),
    batchSupportEndOfLife: '2026-12-31T00:00:00Z',
  },
  linux('canonical', '0001-com-ubuntu-server-jammy', '22_04-lts', 'batch.node.ubuntu 22.04'),
  linux('canonical', 'ubuntu-24_04-lts', 'server', 'batch.node.ubuntu 24.04'),
  linux('canonical', 'ubuntu-24_04-lts', 'server-gen1', 'batch.node.ubuntu 24.04'),
  {
    ...linux('microsoft-dsvm', 'ubuntu-hpc', '2404', 'batch.node.ubuntu 24.04'),
    capabilities: ['DockerCompatible'],
  },
  {
    ...linux('microsoftcblmariner', 'cbl-mariner', 'cbl-mariner-2', 'batch.node.mariner 2.0'),
    verificationType: 'unverified',
    batchSupportEndOfLife: '2026-07-31T00:00:00Z',
  },
  ...['2019-datacenter', '2022-datacenter', '2022-datacenter-g2', '2025-datacenter'].map(windows),
];

/** Whether the image runs with the node agent. A custom image is not checked. */
export function isSupported(
  { publisher, offer, sku }: { publisher?: string | undefined; offer?: string | undefined; sku?: string | undefined },
  nodeAgentSkuId: string,
): boolean {
  const wanted = [publisher, offer, sku, nodeAgentSkuId].join('/').toLowerCase();
  return supportedImages.some(({ imageReference: { publisher: by, offer: of, sku: kind }, nodeAgentSKUId }) => {
    return [by, of, kind, nodeAgentSKUId].join('/').toLowerCase() === wanted;
  });
}

function linux(publisher: string, offer: string, sku: string, nodeAgentSKUId: string): SupportedImage {
  const imageReference = { publisher, offer, sku, version: 'latest' } as const;
  return { nodeAgentSKUId, imageReference, osType: 'linux', verificationType: 'verified' };
}

function windows(sku: string): SupportedImage {
  const imageReference = {
    publisher: 'microsoftwindowsserver',
    offer: 'windowsserver',
    sku,
    version: 'latest',
  } as const;
  const nodeAgentSKUId = 'batch.node.windows amd64';
  return { nodeAgentSKUId, imageReference, osType: 'windows', verificationType: 'verified' };
}
