import type { PoolIdentity } from '../arm/batch/identity.ts';
import { shownExtensions, timeOf } from '../arm/batch/serializers.ts';
import type { BatchNode, ExtensionStatus, Pool } from '../arm/batch/state.ts';
import { batchDataError } from './errors.ts';
import type { BatchContext } from './middleware.ts';

/** A pool as the data plane shows it, which spells much of it differently from Azure Resource Manager. */
export function poolBody(pool: Pool) {
  const { properties, allocation, nodes } = pool;
  const { imageReference, nodeAgentSkuId } = properties.deploymentConfiguration.virtualMachineConfiguration;
  return {
    id: pool.name,
    url: urlOf(pool),
    eTag: pool.modified.etag,
    lastModified: timeOf(pool.modified.atMs),
    creationTime: timeOf(pool.createdMs),
    state: pool.deletedMs === undefined ? 'active' : 'deleting',
    stateTransitionTime: timeOf(pool.deletedMs ?? pool.createdMs),
    allocationState: allocation.state.toLowerCase(),
    allocationStateTransitionTime: timeOf(allocation.sinceMs),
    vmSize: properties.vmSize.toLowerCase(),
    virtualMachineConfiguration: {
      imageReference,
      nodeAgentSKUId: nodeAgentSkuId,
      extensions: shownExtensions(properties),
    },
    ...scaleOf(pool),
    currentDedicatedNodes: nodes.filter(({ isDedicated }) => isDedicated).length,
    currentLowPriorityNodes: nodes.filter(({ isDedicated }) => !isDedicated).length,
    enableInterNodeCommunication: properties.interNodeCommunication === 'Enabled',
    taskSlotsPerNode: properties.taskSlotsPerNode ?? 1,
    metadata: properties.metadata,
    ...identityOf(pool.identity),
  };
}

function scaleOf({ properties: { scaleSettings } }: Pool) {
  const { fixedScale, autoScale } = scaleSettings ?? {};
  if (autoScale) return { enableAutoScale: true, autoScaleFormula: autoScale.formula };
  return {
    enableAutoScale: false,
    targetDedicatedNodes: fixedScale?.targetDedicatedNodes ?? 0,
    targetLowPriorityNodes: fixedScale?.targetLowPriorityNodes ?? 0,
    resizeTimeout: fixedScale?.resizeTimeout ?? 'PT15M',
  };
}

function identityOf(identity: PoolIdentity) {
  if (identity.type === 'None') return {};
  const attached = Object.entries(identity.userAssignedIdentities);
  const userAssignedIdentities = attached.map(([resourceId, ids]) => ({ resourceId, ...ids }));
  return { identity: { type: 'UserAssigned', userAssignedIdentities } };
}

export function nodeBody(pool: Pool, node: BatchNode) {
  const { state, sinceMs } = node.status;
  const isRunning = state === 'running';
  return {
    id: node.id,
    url: `${urlOf(pool)}/nodes/${node.id}`,
    state,
    schedulingState: 'enabled',
    stateTransitionTime: timeOf(sinceMs),
    lastBootTime: timeOf(node.bootedMs),
    allocationTime: timeOf(node.allocatedMs),
    ipAddress: '10.0.0.4',
    affinityId: `TVM:${node.id}`,
    vmSize: pool.properties.vmSize.toLowerCase(),
    runningTasksCount: isRunning ? 1 : 0,
    runningTaskSlotsCount: isRunning ? 1 : 0,
    isDedicated: node.isDedicated,
    nodeAgentInfo: { version: '1.9.0', lastUpdateTime: timeOf(node.bootedMs) },
  };
}

/** The instance view of an extension: nothing in it tells which version of a certificate is installed. */
export function extensionBody({ extension, succeeded, message, atMs }: ExtensionStatus) {
  const { protectedSettings: _protected, ...vmExtension } = extension;
  const status = {
    code: succeeded ? 'ProvisioningState/succeeded' : 'ProvisioningState/failed/1',
    level: succeeded ? 'Info' : 'Error',
    displayStatus: succeeded ? 'Provisioning succeeded' : 'Provisioning failed',
    message,
    time: timeOf(atMs),
  };
  return {
    provisioningState: succeeded ? 'Succeeded' : 'Failed',
    vmExtension,
    instanceView: { name: extension.name, statuses: [status], subStatuses: [] },
  };
}

function urlOf({ account: { authority }, name }: Pool): string {
  return `https://${authority}/pools/${name}`;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * One page of a list, with the properties wanted of each, in the order of ids where there are ids: who follows the link
 * to the next one sees nothing twice, whatever came or went meanwhile.
 */
export function list(context: BatchContext, kind: string, all: readonly Body[]): Response {
  const url = new URL(context.req.url);
  const after = url.searchParams.get('$skiptoken') ?? '';
  const rest = all
    .map((body, index) => ({ body, key: typeof body['id'] === 'string' ? body['id'] : String(index).padStart(6, '0') }))
    .filter(({ key }) => key > after)
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const page = rest.slice(0, sizeIn(url.searchParams.get('maxresults')));
  const last = page.at(-1);
  return context.json({
    'odata.metadata': metadata(url, kind),
    value: page.map(({ body }) => selected(url, body)),
    ...(last && page.length < rest.length && { 'odata.nextLink': nextLink(url, last.key) }),
  });
}

export function single(context: BatchContext, kind: string, body: Body): Response {
  const url = new URL(context.req.url);
  return context.json({ 'odata.metadata': `${metadata(url, kind)}/@Element`, ...selected(url, body) });
}

/** `$select=id,state` */
function selected(url: URL, body: Body): Body {
  const wanted = url.searchParams.get('$select');
  if (wanted === null) return body;
  const names = wanted.split(',').map((name) => name.trim());
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)));
}

function metadata({ origin }: URL, kind: string): string {
  return `${origin}/$metadata#${kind}`;
}

function nextLink(url: URL, token: string): string {
  const next = new URL(url);
  next.searchParams.set('$skiptoken', token);
  return next.href;
}

function sizeIn(maxResults: string | null): number {
  const size = Number(maxResults ?? 1_000);
  if (Number.isInteger(size) && size >= 1 && size <= 1_000) return size;
  throw batchDataError(
    400,
    'OutOfRangeQueryParameterValue',
    'A query parameter is outside of its range of 1 to 1000.',
    {
      QueryParameterName: 'maxresults',
      QueryParameterValue: String(maxResults),
    },
  );
}
