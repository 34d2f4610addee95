import pMap from 'p-map';
import { z } from 'zod';
import type { BatchDataPlane } from '../../azure/batchDataPlane.ts';
import { OperationError } from '../../model/operationError.ts';

const poolShape = z.object({ id: z.string() });
const nodeShape = z.object({ state: z.string() });

/** What the service makes of nodes whose account has lost its key is documented as unavailable, by no exact state. */
const away: ReadonlySet<string> = new Set(['unusable', 'unknown']);

/** How many nodes of an account are not available; 0 where that cannot be read from here. */
export async function nodesAway(data: BatchDataPlane, host: string): Promise<number> {
  try {
    const pools = z.array(poolShape).parse(await data(host, '/pools', 'id'));
    const path = ({ id }: { id: string }) => `/pools/${encodeURIComponent(id)}/nodes`;
    const nodes = await pMap(pools, (pool) => data(host, path(pool), 'state'), { concurrency: 2 });
    return z
      .array(nodeShape)
      .parse(nodes.flat())
      .filter(({ state }) => away.has(state.toLowerCase())).length;
  } catch (error) {
    if (error instanceof OperationError || error instanceof z.ZodError) return 0;
    throw error;
  }
}
