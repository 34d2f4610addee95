import pMap from 'p-map';
import { z } from 'zod';
import type { BatchDataPlane } from '../../azure/batchDataPlane.ts';
import { OperationError } from '../../model/operationError.ts';

const poolsShape = z.array(z.object({ id: z.string() }));
const nodesShape = z.array(z.object({ state: z.string() }));

/** Nodes of an account that lost its key are documented as unavailable, which is the name of no state. */
const unavailable: ReadonlySet<string> = new Set(['unusable', 'unknown']);

/** Counts the nodes of an account that are not available. Returns 0 if they cannot be read from here. */
export async function countUnavailableNodes(data: BatchDataPlane, host: string): Promise<number> {
  try {
    const pools = poolsShape.parse(await data(host, '/pools', 'id'));
    const path = ({ id }: { id: string }) => `/pools/${encodeURIComponent(id)}/nodes`;
    const nodes = await pMap(pools, (pool) => data(host, path(pool), 'state'), { concurrency: 2 });
    return nodesShape.parse(nodes.flat()).filter(({ state }) => unavailable.has(state.toLowerCase())).length;
  } catch (error) {
    if (error instanceof OperationError || error instanceof z.ZodError) return 0;
    throw error;
  }
}
