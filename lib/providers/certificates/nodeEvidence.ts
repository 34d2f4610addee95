import { later, latest, minute } from '../../model/clock.ts';

/** What the data plane tells of a node and its Key Vault extension. */
export interface NodeSeen {
  readonly id: string;
  readonly state: string;
  readonly startedAt?: Date | undefined;
  readonly extension?: ExtensionSeen | undefined;
}

export interface ExtensionSeen {
  readonly failed: boolean;
  readonly at?: Date | undefined;
}

/** A pool that observes the certificate. */
export interface PoolSeen {
  readonly name: string;
  readonly pollMs: number;
  /** Nodes take up no work before their certificates are there. */
  readonly initialSync: boolean;
  /** Absent = they cannot be read from here. */
  readonly nodes?: readonly NodeSeen[] | undefined;
}

/** How good the evidence is that every node of a pool has a version. */
export type NodesSeen =
  | { readonly is: 'seen-on-nodes' | 'assumed-by-time' }
  | { readonly is: 'nodes-polling'; readonly until: Date }
  | { readonly is: 'nodes-behind'; readonly pool: string; readonly nodes: readonly string[] };

/** Nodes that are not there yet, or not for long: they fetch the newest version when they start. */
const passing: ReadonlySet<string> = new Set([
  ...['creating', 'starting', 'waitingforstarttask', 'rebooting', 'reimaging', 'upgradingos'],
  ...['leavingpool', 'preempted', 'deallocating', 'deallocated'],
]);

const marginMs = 5 * minute;

/**
 * No API tells which version a node has (azure-facts: Batch data plane): when it started and what its extension says
 * has to do.
 */
export function evidenceIn(pool: PoolSeen, since: Date, now: Date): NodesSeen {
  const { name, pollMs, nodes } = pool;
  const staying = nodes?.filter(({ state }) => !passing.has(state));
  const behind = staying?.filter(isBehind) ?? [];
  if (behind.length > 0) return { is: 'nodes-behind', pool: name, nodes: behind.map(({ id }) => id) };
  if (staying?.every((node) => isSeen(pool, node, since))) return { is: 'seen-on-nodes' };
  const until = later(since, 2 * pollMs + marginMs);
  return until > now ? { is: 'nodes-polling', until } : { is: 'assumed-by-time' };
}

/** Of the whole account: what is wrong first, then what takes longest. */
export function together(all: readonly NodesSeen[]): NodesSeen {
  const behind = all.find(({ is }) => is === 'nodes-behind');
  const polling = all.flatMap((one) => (one.is === 'nodes-polling' ? [one.until] : []));
  if (behind) return behind;
  if (polling.length > 0) return { is: 'nodes-polling', until: latest(...polling) };
  return { is: all.every(({ is }) => is === 'seen-on-nodes') ? 'seen-on-nodes' : 'assumed-by-time' };
}

function isBehind({ state, extension }: NodeSeen): boolean {
  return state === 'unusable' || (extension?.failed ?? false);
}

function isSeen({ initialSync }: PoolSeen, { startedAt, extension }: NodeSeen, since: Date): boolean {
  const hasStarted = initialSync && startedAt !== undefined && startedAt > since;
  return hasStarted || (extension?.at !== undefined && extension.at > since);
}
