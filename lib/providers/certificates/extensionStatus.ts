import pMap from 'p-map';
import { z } from 'zod';
import type { BatchDataPlane } from '../../azure/batchDataPlane.ts';
import { undefinedIf } from '../../model/operationError.ts';
import type { ExtensionStatus, NodeStatus } from './nodeEvidence.ts';

const time = z.coerce.date().optional().catch(undefined);
const nodeShape = z.object({ id: z.string(), state: z.string().default('unknown'), lastBootTime: time });
type Node = z.output<typeof nodeShape>;
const extensionShape = z.object({
  provisioningState: z.string().optional(),
  vmExtension: z.object({ type: z.string().optional() }).optional(),
  instanceView: z.object({ statuses: z.array(z.object({ level: z.string().optional(), time })).default([]) }).nullish(),
});
type Extension = z.output<typeof extensionShape>;

/** Each node is a call, so in a large pool these speak for all. */
const maxNodesAsked = 100;
const concurrency = 8;

/** Reads the nodes of a pool as they are now, and returns nothing if they cannot be read from here. */
export async function readNodes(
  data: BatchDataPlane,
  host: string,
  pool: string,
): Promise<readonly NodeStatus[] | undefined> {
  const path = `/pools/${encodeURIComponent(pool)}/nodes`;
  return undefinedIf('any failure', readAll());

  async function readAll(): Promise<readonly NodeStatus[]> {
    const nodes = readable(nodeShape, await data(host, path, 'id,state,lastBootTime'));
    const asked = await pMap(nodes.slice(0, maxNodesAsked), withExtension, { concurrency });
    return [...asked.flatMap((node) => node ?? []), ...nodes.slice(maxNodesAsked).map(withoutExtension)];
  }

  /** Returns nothing for a node that disappeared meanwhile. */
  async function withExtension(node: Node): Promise<NodeStatus | undefined> {
    const select = 'provisioningState,vmExtension,instanceView';
    const request = data(host, `${path}/${encodeURIComponent(node.id)}/extensions`, select);
    const extensions = await undefinedIf('resource-missing', request);
    if (!extensions) return undefined;
    const extension = readable(extensionShape, extensions).find(({ vmExtension }) =>
      /^keyvaultfor(linux|windows)$/i.test(vmExtension?.type ?? ''),
    );
    return { ...withoutExtension(node), ...(extension && { extension: statusOf(extension) }) };
  }
}

/** Leaves out whatever has another shape. */
function readable<T>(shape: z.ZodType<T>, items: readonly unknown[]): readonly T[] {
  return items.flatMap((item) => shape.safeParse(item).data ?? []);
}

function withoutExtension({ id, state, lastBootTime }: Node): NodeStatus {
  return { id, state: state.toLowerCase(), startedAt: lastBootTime };
}

function statusOf({ provisioningState, instanceView }: Extension): ExtensionStatus {
  const statuses = instanceView?.statuses ?? [];
  const failed = provisioningState === 'Failed' || statuses.some(({ level }) => level === 'Error');
  const times = statuses.flatMap((status) => status.time?.getTime() ?? []);
  return { failed, ...(times.length > 0 && { at: new Date(Math.max(...times)) }) };
}
