import pMap from 'p-map';
import { z } from 'zod';
import type { BatchDataPlane } from '../../azure/batchDataPlane.ts';
import { OperationError, undefinedIf } from '../../model/operationError.ts';
import type { ExtensionStatus, NodeStatus } from './nodeEvidence.ts';

const time = z.coerce.date().optional().catch(undefined);
const nodeShape = z.object({ id: z.string(), state: z.string().default('unknown'), lastBootTime: time });
type Node = z.output<typeof nodeShape>;
const word = z.string().nullish();
const extensionShape = z.object({
  provisioningState: word,
  vmExtension: z.object({ type: word }).nullish(),
  instanceView: z.unknown().optional(),
});
type Extension = z.output<typeof extensionShape>;

/** `level` is a word or its number, as in the models of virtual machines: `Error` is 2. */
const statusShape = z.object({ code: word, level: z.union([z.string(), z.number()]).nullish(), time });
const statusesShape = z.object({ statuses: z.array(statusShape).nullish() }).nullish();

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

/** Throws for an item of another shape: what it would have shown is not known (R37, unreadable is no evidence). */
function readable<T>(shape: z.ZodType<T>, items: readonly unknown[]): readonly T[] {
  const read = z.array(shape).safeParse(items);
  if (!read.success) throw new OperationError('outage', { code: 'NodesAnswer' });
  return read.data;
}

function withoutExtension({ id, state, lastBootTime }: Node): NodeStatus {
  return { id, state: state.toLowerCase(), startedAt: lastBootTime };
}

function statusOf({ provisioningState, instanceView }: Extension): ExtensionStatus {
  const read = statusesShape.safeParse(instanceView);
  const statuses = read.data?.statuses ?? [];
  const failed = !read.success || isFailure(provisioningState) || statuses.some(hasFailed);
  const times = statuses.flatMap((status) => status.time?.getTime() ?? []);
  return { failed, ...(times.length > 0 && { at: new Date(Math.max(...times)) }) };
}

function hasFailed({ code, level }: z.output<typeof statusShape>): boolean {
  return level === 2 || /^error$/i.test(String(level)) || /(^|\/)(failed|canceled)(\/|$)/i.test(code ?? '');
}

function isFailure(provisioningState: string | null | undefined): boolean {
  return /^(failed|canceled)$/i.test(provisioningState ?? '');
}
