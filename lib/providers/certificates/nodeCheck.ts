import pMap from 'p-map';
import type { Check, Evidence, Note, Pending } from '../../model/check.ts';
import { earliest, hour, later } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import { hasClass } from '../../model/reason.ts';
import { evidenceIn, together, type NodesSeen } from './nodeEvidence.ts';
import { nodesOf } from './extensionStatus.ts';
import { findingsOf, hindrance, observingPools, type Observing } from './observingPools.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';

/** Good and pending both say on which level of evidence they rest, and of which pool and nodes they speak. */
type Evident = { readonly is: 'valid'; readonly evidence: Evidence } | Pending;

/** Nodes get so long; then the rotation goes on, so that the next one can begin. A day is needed to say `stuck`. */
const patienceMs = 25 * hour;

/** Never hangs: when patience is over, what was found is said and no longer waited for. */
export async function nodeCheck(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: string,
  since: Date,
): Promise<Check> {
  if (isOver(input)) return { is: 'valid', evidence: await whateverIsSeen(deps, input, certificate, since) };
  const { wait } = input.state;
  const isWaiting = wait && wait.until > input.now && /^(nodes|pool)-/.test(wait.reason);
  return isWaiting ? { is: 'pending', ...wait } : nodesHave(deps, input, certificate, since);
}

/** For an emergency at once. */
function isOver({ state: { rotation }, secret, now }: ProviderInput): boolean {
  return rotation?.mode === 'immediate' || later(secret.createdOn, patienceMs) <= now;
}

async function whateverIsSeen(...asked: Parameters<typeof nodesHave>): Promise<Evidence> {
  try {
    const found = await nodesHave(...asked);
    return found.is === 'valid' ? found.evidence : found;
  } catch (error) {
    if (error instanceof OperationError) return { reason: error.reason };
    throw error;
  }
}

/** The old version may end where all is seen to be well. What time cures is asked again, the rest leaves it enabled. */
export async function mayLoseTheOld(...asked: Parameters<typeof nodesHave>): Promise<boolean> {
  try {
    const { is } = await nodesHave(...asked);
    return is === 'valid';
  } catch (error) {
    if (error instanceof OperationError && hasClass(error.reason, 'grant')) return false;
    throw error;
  }
}

/** Do the nodes of all pools that observe it have the version that was made then? */
async function nodesHave(deps: ProviderDeps, input: ProviderInput, certificate: string, since: Date): Promise<Evident> {
  const pools = await observingPools(deps, input, certificate);
  if (pools.length === 0) return { is: 'valid', evidence: { reason: 'certificate-unobserved' } };
  const notes = findingsOf(pools);
  const finding = hindrance(pools);
  if (finding)
    return { is: 'pending', reason: finding.reason, until: later(input.now, hour), ...named(finding), notes };
  const { seen, unread } = await seenOf(deps, input, pools, since);
  return checkFrom(seen, unread, input, notes);
}

async function seenOf(deps: ProviderDeps, { host, now }: ProviderInput, pools: readonly Observing[], since: Date) {
  const all = await pMap(
    pools,
    async (pool) => ({ ...pool, nodes: host ? await nodesOf(deps.clients.batchData, host, pool.name) : undefined }),
    { concurrency: 2 },
  );
  const seen = together(all.map((pool) => evidenceIn(pool, since, now)));
  return { seen, unread: all.find(({ nodes }) => !nodes)?.name };
}

function checkFrom(
  seen: NodesSeen,
  unread: string | undefined,
  { now, secret }: ProviderInput,
  notes: readonly Note[],
): Evident {
  switch (seen.is) {
    case 'nodes-behind': {
      const { is: reason, pool, nodes } = seen;
      return { is: 'pending', reason, until: later(now, hour), ...named({ pool, detail: listed(nodes) }), notes };
    }
    case 'nodes-polling': {
      const until = earliest(seen.until, later(secret.createdOn, patienceMs));
      return { is: 'pending', reason: 'nodes-polling', until, notes };
    }
    case 'assumed-by-time':
      return { is: 'valid', evidence: { ...(unread ? unreadable(unread) : { reason: seen.is }), notes } };
    case 'seen-on-nodes':
      return { is: 'valid', evidence: { reason: 'seen-on-nodes', notes } };
  }
}

function unreadable(pool: string): Evidence {
  return { reason: 'nodes-unreadable', detail: `pool ${pool}` };
}

function named({ pool, detail }: { pool: string; detail?: string | undefined }): { code: string; detail: string } {
  return { code: pool, detail: [`pool ${pool}`, ...(detail ? [detail] : [])].join(': ') };
}

function listed(nodes: readonly string[]): string {
  return `${nodes.length} of its nodes: ${nodes.slice(0, 5).join(' ')}`;
}
