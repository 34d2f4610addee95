import pMap from 'p-map';
import type { Check, Evidence, Note, Pending } from '../../model/check.ts';
import { earliest, hour, later } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import { hasClass } from '../../model/reason.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';
import { readNodes } from './extensionStatus.ts';
import { combine, evidenceIn, type NodeEvidence, type PoolStatus } from './nodeEvidence.ts';
import { findHindrance, notesOn, observingPools, type ObservingPool } from './observingPools.ts';

/** Both answers name the level of evidence that they rest on, and the pool and nodes that they concern. */
type NodeCheck = { readonly is: 'valid'; readonly evidence: Evidence } | Pending;

/**
 * Nodes get so long. It takes a day until a wait is announced as stuck, and the next rotation must be able to begin.
 */
const patienceMs = 25 * hour;

/**
 * Waits until all nodes have the certificate's new version, but never beyond patience and not in an immediate
 * emergency.
 */
export async function nodeCheck(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: string,
  since: Date,
): Promise<Check> {
  const { state, secret, now } = input;
  const { wait, rotation } = state;
  if (rotation?.mode === 'immediate' || later(secret.createdOn, patienceMs) <= now) {
    return { is: 'valid', evidence: await evidenceSoFar(deps, input, certificate, since) };
  }
  const isWaiting = wait && wait.until > now && /^(nodes|pool)-/.test(wait.reason);
  return isWaiting ? { is: 'pending', ...wait } : checkNodes(deps, input, certificate, since);
}

/** Returns what is known now, without waiting for more. */
async function evidenceSoFar(...args: Parameters<typeof checkNodes>): Promise<Evidence> {
  try {
    const check = await checkNodes(...args);
    return check.is === 'valid' ? check.evidence : check;
  } catch (error) {
    if (error instanceof OperationError) return { reason: error.reason };
    throw error;
  }
}

/**
 * The old version may end only if there is evidence that every node has the new one. A failure that passes is thrown,
 * so that the question is asked again. Without a grant it would be asked for ever, so the old version stays enabled
 * then. Nodes that cannot be read show nothing: it is not known yet (R37, unreadable is no evidence).
 */
export async function mayEndOldVersion(...args: Parameters<typeof checkNodes>): Promise<'yes' | 'no' | 'unknown'> {
  try {
    const check = await checkNodes(...args);
    if (check.is !== 'valid') return 'no';
    return check.evidence.reason === 'nodes-unreadable' ? 'unknown' : 'yes';
  } catch (error) {
    if (error instanceof OperationError && hasClass(error.reason, 'grant')) return 'no';
    throw error;
  }
}

/** Checks whether the nodes of all pools that observe the certificate have the version made at `since`. */
async function checkNodes(
  deps: ProviderDeps,
  input: ProviderInput,
  certificate: string,
  since: Date,
): Promise<NodeCheck> {
  const { host, now } = input;
  const pools = await observingPools(deps, input, certificate);
  if (pools.length === 0) return { is: 'valid', evidence: { reason: 'certificate-unobserved' } };
  const notes = notesOn(pools);
  const withNodes = async (pool: ObservingPool) => ({
    ...pool,
    nodes: host ? await readNodes(deps.clients.batchData, host, pool.name) : undefined,
  });
  const all = await pMap(pools, withNodes, { concurrency: 2 });
  const found = all.map((pool) => ({ pool, evidence: evidenceIn(pool, since, now) }));
  const hindrance = findHindrance(found.flatMap(({ pool, evidence }) => (isShown(pool, evidence) ? [] : [pool])));
  if (hindrance) {
    return { is: 'pending', reason: hindrance.reason, until: later(now, hour), ...about(hindrance), notes };
  }
  const evidence = combine(found.map((each) => each.evidence));
  const unreadablePool = all.find(({ nodes }) => !nodes)?.name;
  return checkFrom(evidence, unreadablePool, input, notes);
}

/**
 * Nodes that have the version outrank what the pool's definition predicts: an image that is not in our table, for
 * example (R38, nodes outrank predictions).
 */
function isShown({ nodes = [] }: PoolStatus, { is }: NodeEvidence): boolean {
  return is === 'seen-on-nodes' && nodes.length > 0;
}

function checkFrom(
  found: NodeEvidence,
  unreadablePool: string | undefined,
  { now, secret }: ProviderInput,
  notes: readonly Note[],
): NodeCheck {
  switch (found.is) {
    case 'nodes-behind': {
      const { is: reason, pool, nodes } = found;
      const detail = `${nodes.length} of its nodes: ${nodes.slice(0, 5).join(' ')}`;
      return { is: 'pending', reason, until: later(now, hour), ...about({ pool, detail }), notes };
    }
    case 'nodes-polling': {
      const until = earliest(found.until, later(secret.createdOn, patienceMs));
      return { is: 'pending', reason: 'nodes-polling', until, notes };
    }
    case 'assumed-by-time':
      return unreadablePool === undefined
        ? { is: 'valid', evidence: { reason: 'assumed-by-time', notes } }
        : { is: 'valid', evidence: { reason: 'nodes-unreadable', detail: `pool ${unreadablePool}`, notes } };
    case 'seen-on-nodes':
      return { is: 'valid', evidence: { reason: 'seen-on-nodes', notes } };
  }
}

function about({ pool, detail }: { pool: string; detail?: string | undefined }): { code: string; detail: string } {
  return { code: pool, detail: detail ? `pool ${pool}: ${detail}` : `pool ${pool}` };
}
