import { later, latest, minute } from '../../model/clock.ts';

/** A node and its Key Vault extension, as the data plane shows them. */
export interface NodeStatus {
  readonly id: string;
  readonly state: string;
  readonly startedAt?: Date | undefined;
  readonly extension?: ExtensionStatus | undefined;
}

export interface ExtensionStatus {
  /** It reports a failure, or a status that cannot be read (R37, unreadable is no evidence). */
  readonly failed: boolean;
  readonly at?: Date | undefined;
}

/** A pool that observes the certificate. */
export interface PoolStatus {
  readonly name: string;
  readonly pollMs: number;
  /** Nodes take up no work before their certificates are there. */
  readonly initialSync: boolean;
  /** Absent if they cannot be read from here. */
  readonly nodes?: readonly NodeStatus[] | undefined;
}

/** How good the evidence is that every node has a version. */
export type NodeEvidence =
  | { readonly is: 'seen-on-nodes' | 'assumed-by-time' }
  | { readonly is: 'nodes-polling'; readonly until: Date }
  | { readonly is: 'nodes-behind'; readonly pool: string; readonly nodes: readonly string[] };

/** Nodes that are not there yet, or not for long: they fetch the newest version when they start. */
const transientStates: ReadonlySet<string> = new Set([
  ...['creating', 'starting', 'waitingforstarttask', 'rebooting', 'reimaging', 'upgradingos'],
  ...['leavingpool', 'preempted', 'deallocating', 'deallocated'],
]);

const marginMs = 5 * minute;

/**
 * No API tells which version a node has (azure-facts: Batch data plane), so the evidence is indirect. A node has the
 * new version if it started after that was made and syncs before it works, or if its extension reported since. A node
 * that is unusable, or whose extension failed, is behind. If neither holds for every node, two polling intervals and a
 * margin have to pass; then the version is assumed, and announced as assumed. Nodes in a transient state are not
 * counted.
 */
export function evidenceIn(pool: PoolStatus, since: Date, now: Date): NodeEvidence {
  const { name, pollMs, initialSync } = pool;
  const nodes = pool.nodes?.filter(({ state }) => !transientStates.has(state));
  const behind = nodes?.filter(({ state, extension }) => state === 'unusable' || extension?.failed) ?? [];
  if (behind.length > 0) return { is: 'nodes-behind', pool: name, nodes: behind.map(({ id }) => id) };
  const isAfter = (time: Date | undefined) => time !== undefined && time > since;
  const hasVersion = ({ startedAt, extension }: NodeStatus) =>
    (initialSync && isAfter(startedAt)) || isAfter(extension?.at);
  if (nodes?.every(hasVersion)) return { is: 'seen-on-nodes' };
  const until = later(since, 2 * pollMs + marginMs);
  return until > now ? { is: 'nodes-polling', until } : { is: 'assumed-by-time' };
}

/** Combines the evidence of all pools of an account: a problem first, then what takes longest. */
export function combine(all: readonly NodeEvidence[]): NodeEvidence {
  const behind = all.find(({ is }) => is === 'nodes-behind');
  const polling = all.flatMap((one) => (one.is === 'nodes-polling' ? [one.until] : []));
  if (behind) return behind;
  if (polling.length > 0) return { is: 'nodes-polling', until: latest(...polling) };
  return { is: all.every(({ is }) => is === 'seen-on-nodes') ? 'seen-on-nodes' : 'assumed-by-time' };
}
