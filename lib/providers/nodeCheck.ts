import pMap from 'p-map';
import type { Pending } from '../model/check.ts';
import { hour, later } from '../model/clock.ts';
import { Failure } from '../model/failure.ts';
import type { Reason } from '../model/reason.ts';
import { evidenceIn, together, type Evidence } from './nodeEvidence.ts';
import { nodesOf } from './nodeReading.ts';
import { hindrance, observingPools, type Observing } from './observingPools.ts';
import type { Means, View } from './provider.ts';

/** A check that says on which level of evidence it rests, and of which pool and nodes it speaks. */
type Evident = ({ readonly is: 'good' } | Pending) & {
  readonly reason: Reason;
  /** The pool's name. */
  readonly code?: string;
  readonly detail?: string;
};

/** Nodes are given so long; then the rotation goes on, so that the next one can begin. A day is needed to say `stuck`. */
const patienceMs = 25 * hour;

/** Never hangs: when patience is over, what was found is said and no longer waited for. */
export async function nodeCheck(means: Means, view: View, certificate: string, since: Date): Promise<Evident> {
  if (isOver(view)) return { ...(await nodesHaveIfReadable(means, view, certificate, since)), is: 'good' };
  const { wait } = view.state;
  const isWaiting = wait && wait.until > view.now && /^(nodes|pool)-/.test(wait.reason);
  return isWaiting ? { is: 'pending', ...wait } : nodesHave(means, view, certificate, since);
}

/** For an emergency at once. */
function isOver({ state: { rotation }, secret, now }: View): boolean {
  return rotation?.mode === 'immediate' || later(secret.createdOn, patienceMs) <= now;
}

async function nodesHaveIfReadable(...asked: Parameters<typeof nodesHave>): Promise<Pick<Evident, 'reason'>> {
  try {
    return await nodesHave(...asked);
  } catch (error) {
    if (error instanceof Failure) return { reason: error.reason };
    throw error;
  }
}

/** Do the nodes of all pools that observe it have the version that was made then? */
export async function nodesHave(means: Means, view: View, certificate: string, since: Date): Promise<Evident> {
  const pools = await observingPools(means, view, certificate);
  if (pools.length === 0) return { is: 'good', reason: 'certificate-unobserved' };
  const finding = hindrance(pools);
  const inAnHour = later(view.now, hour);
  if (finding) return { is: 'pending', reason: finding.reason, until: inAnHour, ...named(finding) };
  const { evidence, unread } = await evidenceOf(means, view, pools, since);
  return checkFrom(evidence, unread, inAnHour);
}

async function evidenceOf(means: Means, { host, now }: View, pools: readonly Observing[], since: Date) {
  const seen = await pMap(
    pools,
    async (pool) => ({ ...pool, nodes: host ? await nodesOf(means.clients.batchData, host, pool.name) : undefined }),
    { concurrency: 2 },
  );
  const evidence = together(seen.map((pool) => evidenceIn(pool, since, now)));
  return { evidence, unread: seen.find(({ nodes }) => !nodes)?.name };
}

function checkFrom(evidence: Evidence, unread: string | undefined, inAnHour: Date): Evident {
  switch (evidence.is) {
    case 'nodes-behind': {
      const { is: reason, pool, nodes } = evidence;
      return { is: 'pending', reason, until: inAnHour, ...named({ pool, detail: listed(nodes) }) };
    }
    case 'nodes-polling':
      return { is: 'pending', reason: 'nodes-polling', until: evidence.until };
    case 'assumed-by-time':
      return { is: 'good', reason: unread ? 'nodes-unreadable' : 'assumed-by-time', ...(unread && { detail: unread }) };
    case 'seen-on-nodes':
      return { is: 'good', reason: 'seen-on-nodes' };
  }
}

function named({ pool, detail }: { pool: string; detail?: string | undefined }): { code: string; detail: string } {
  return { code: pool, detail: [`pool ${pool}`, ...(detail ? [detail] : [])].join(': ') };
}

function listed(nodes: readonly string[]): string {
  return `${nodes.length} of its nodes: ${nodes.slice(0, 5).join(' ')}`;
}
