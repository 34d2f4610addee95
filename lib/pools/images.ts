import { extensionFor, type Os } from './keyVaultExtension.ts';
import { belongsTo, fitness, type Image, type Platform } from './platform.ts';
import { members, object, text, type Members } from './schemas.ts';
import type { PoolView } from './poolView.ts';

/** The image of a node, and the node agent that belongs to it. */
export interface NodeImage {
  readonly imageReference: Members;
  readonly nodeAgentSkuId: string;
}

const ubuntuAgent = 'batch.node.ubuntu 24.04';
const windowsAgent = 'batch.node.windows amd64';

/** Ubuntu 24.04, as Batch ends 22.04 on 2027-06-30 (github.com/Azure/Batch/issues/200). */
const canonical = { publisher: 'canonical', offer: 'ubuntu-24_04-lts', version: 'latest' };
const ubuntu = { imageReference: { ...canonical, sku: 'server' }, nodeAgentSkuId: ubuntuAgent };

/** For VM sizes that an image of the first generation ran on. */
const ubuntuGen1 = { imageReference: { ...canonical, sku: 'server-gen1' }, nodeAgentSkuId: ubuntuAgent };

/** Canonical's images bring no container runtime. Batch names this image in their place. */
const ubuntuContainers = {
  imageReference: { publisher: 'microsoft-dsvm', offer: 'ubuntu-hpc', sku: '2404', version: 'latest' },
  nodeAgentSkuId: ubuntuAgent,
};

const windows = {
  imageReference: {
    publisher: 'microsoftwindowsserver',
    offer: 'windowsserver',
    sku: '2022-datacenter',
    version: 'latest',
  },
  nodeAgentSkuId: windowsAgent,
};
const windowsGen2 = { ...windows, imageReference: { ...windows.imageReference, sku: '2022-datacenter-g2' } };

export const imageOfNew = { linux: ubuntu, windows } satisfies Record<Os, NodeImage>;

const shape = object({ nodeAgentSkuId: text, imageReference: object({ publisher: text, offer: text, sku: text }) });

/** Keeps the image if the newest extension runs on it. Returns the nearest image that it runs on otherwise. */
export function imageOf({ os, image, agent }: PoolView, machine: Members): NodeImage {
  const platform = image ?? agent;
  if (!platform || fitness(platform, extensionFor[os].newestMajor) !== 'fit') return nearest(os, machine);
  const { nodeAgentSkuId = '' } = shape.parse(machine);
  const imageReference = members.parse(machine['imageReference']);
  const isAgentRight = agent && (!image || belongsTo(agent, image));
  return { imageReference, nodeAgentSkuId: isAgentRight ? nodeAgentSkuId : agentOf(platform) };
}

/** The agent for Azure Linux has its former name (learn.microsoft.com/azure/batch/create-pool-extensions). */
function agentOf({ family, version }: Platform): string {
  if (family === 'windows') return windowsAgent;
  if (family === 'azurelinux') return 'batch.node.mariner 2.0';
  return version === undefined ? ubuntuAgent : `batch.node.ubuntu ${version.toFixed(2)}`;
}

function nearest(os: Os, machine: Members): NodeImage {
  const image = shape.parse(machine).imageReference;
  if (os === 'windows') return isGen2(image) ? windowsGen2 : windows;
  const runsContainers = machine['containerConfiguration'] !== undefined;
  if (runsContainers || /^microsoft-(dsvm|azure-batch)$/i.test(image.publisher ?? '')) return ubuntuContainers;
  return /^canonical$/i.test(image.publisher ?? '') && !isGen2(image) ? ubuntuGen1 : ubuntu;
}

function isGen2({ sku = '' }: Image): boolean {
  return /-(g2|gen2|gensecond)$/i.test(sku);
}
