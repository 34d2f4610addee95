import pMap from 'p-map';
import { z } from 'zod';
import type { BatchDataPlane } from '../../azure/batchDataPlane.ts';
import { OperationError } from '../../model/operationError.ts';
import type { ExtensionSeen, NodeSeen } from './nodeEvidence.ts';

const time = z.coerce.date().optional().catch(undefined);
const nodeShape = z.object({ id: z.string(), state: z.string().default('unknown'), lastBootTime: time });
const extensionShape = z.object({
  provisioningState: z.string().optional(),
  vmExtension: z.object({ type: z.string().optional() }).optional(),
  instanceView: z.object({ statuses: z.array(z.object({ level: z.string().optional(), time })).default([]) }).nullish(),
});
type Extension = z.output<typeof extensionShape>;

/** A call each: of a large pool some nodes speak for all. */
const mostAsked = 100;
const atOnce = 8;

/** The nodes of a pool as they are now; nothing where they cannot be read from here. */
export async function nodesOf(
  data: BatchDataPlane,
  host: string,
  pool: string,
): Promise<readonly NodeSeen[] | undefined> {
  const path = `/pools/${encodeURIComponent(pool)}/nodes`;
  try {
    const nodes = readable(nodeShape, await data(host, path, 'id,state,lastBootTime'));
    const asked = await pMap(nodes.slice(0, mostAsked), one, { concurrency: atOnce });
    return [...asked.flatMap((node) => node ?? []), ...nodes.slice(mostAsked).map(seenFrom)];
  } catch (error) {
    if (error instanceof OperationError) return undefined;
    throw error;
  }

  /** Nothing for a node that went while we looked. */
  async function one(node: z.output<typeof nodeShape>): Promise<NodeSeen | undefined> {
    try {
      const found = await data(host, `${path}/${encodeURIComponent(node.id)}/extensions`, select);
      const extension = readable(extensionShape, found).find(isForKeyVault);
      return { ...seenFrom(node), ...(extension && { extension: statusOf(extension) }) };
    } catch (error) {
      if (error instanceof OperationError && error.reason === 'resource-missing') return undefined;
      throw error;
    }
  }
}

/** What is of another shape says nothing. */
function readable<T>(shape: z.ZodType<T>, found: readonly unknown[]): readonly T[] {
  return found.flatMap((each) => shape.safeParse(each).data ?? []);
}

const select = 'provisioningState,vmExtension,instanceView';

function seenFrom({ id, state, lastBootTime }: z.output<typeof nodeShape>): NodeSeen {
  return { id, state: state.toLowerCase(), startedAt: lastBootTime };
}

function isForKeyVault({ vmExtension }: Extension): boolean {
  return /^keyvaultfor(linux|windows)$/i.test(vmExtension?.type ?? '');
}

function statusOf({ provisioningState, instanceView }: Extension): ExtensionSeen {
  const statuses = instanceView?.statuses ?? [];
  const failed = provisioningState === 'Failed' || statuses.some(({ level }) => level === 'Error');
  const times = statuses.flatMap((status) => status.time?.getTime() ?? []);
  return { failed, ...(times.length > 0 && { at: new Date(Math.max(...times)) }) };
}
