import type { Decision } from '../decide/decision.ts';
import { whyIrrelevant } from '../decide/eventRelevance.ts';
import { OperationError } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';
import type { Consumers, Snapshot } from '../model/snapshot.ts';
import type { State, VisitRequest } from '../model/state.ts';
import { normalizedId, type Target } from '../model/target.ts';
import { isLiveProved } from './checkLive.ts';
import { runUntilBlocked } from './loop.ts';
import { readTarget } from './readTarget.ts';
import type { Lease } from '../stores/lease.ts';
import type { Services } from './services.ts';
import { Visit, type Liveness, type VisitStart } from './visit.ts';

/** How a visit ended. */
export type VisitReport =
  /** Another worker holds the lease, or the secret is no target of this resource. */
  | { readonly is: 'busy' | 'foreign' }
  /** The event that caused the visit needs no action. */
  | { readonly is: 'dropped'; readonly reason: Reason }
  /** The tags do not allow a visit. */
  | { readonly is: 'barred'; readonly reason: Reason; readonly hint?: string }
  | FailedVisit
  | {
      readonly is: 'visited';
      readonly decision: Decision;
      readonly state: State;
      readonly liveness: Liveness;
      /** Start of the rotation that answers the emergency which was requested. */
      readonly emergencyStart?: Date | undefined;
      readonly consumers?: Consumers | undefined;
      /** Until when the emergency leaves the credential before the live one to its consumers. */
      readonly formerUntil?: Date | undefined;
    };

interface FailedVisit {
  readonly is: 'failed';
  readonly reason: Reason;
  readonly code?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** The state remembers the failure, so the next sweep takes it up. */
  readonly isSaved?: boolean;
  readonly liveness: Liveness;
}

/**
 * Takes one target as far as it goes before `deadline`, under the lease of its resource. Never throws an
 * `OperationError`: the report says what failed. `onAccepted` hears of an emergency as soon as it is accepted, before
 * the visit goes on.
 */
export async function reconcile(
  services: Services,
  target: Target,
  request: VisitRequest,
  deadline: Date,
  onAccepted: (report: VisitReport) => void = () => undefined,
): Promise<VisitReport> {
  try {
    const lease = await leaseFor(services, target, request);
    if (!lease) return { is: 'busy' };
    if (lease === 'unknown') return { is: 'foreign' };
    try {
      return await visitTarget(services, target, { request, deadline, lease }, onAccepted);
    } finally {
      await lease.release();
    }
  } catch (error) {
    return failedVisit(error);
  }
}

/**
 * A resource that an event made up gets no blob. One that has a claim is known, although its blob was lost (R34,
 * storage has its own reasons).
 */
async function leaseFor(
  { leases, claims }: Services,
  { resource, kind }: Target,
  { isUnverified }: VisitRequest,
): Promise<Lease | 'unknown' | undefined> {
  const name = normalizedId(resource);
  if (!isUnverified) return leases.acquire(name);
  const lease = await leases.acquireKnown(name);
  return lease === 'unknown' && (await claims.of(resource, kind)) ? leases.acquire(name) : lease;
}

async function visitTarget(
  services: Services,
  { secret, resource }: Target,
  { request, ...bounds }: Pick<VisitStart, 'request' | 'deadline' | 'lease'>,
  onAccepted: (report: VisitReport) => void,
): Promise<VisitReport> {
  const read = await readTarget(services, secret, services.clock.now());
  if (read.is !== 'target') return read;
  const { provider, unseen } = read;
  const reason = whyIrrelevant(request, unseen);
  if (reason) return { is: 'dropped', reason };
  // It needs another lease.
  if (normalizedId(unseen.target.resource) !== normalizedId(resource)) return { is: 'foreign' };
  const secretCredential = provider.secretCredential({ ...unseen, now: unseen.readAt });
  const notInspected = { readiness: { is: 'unknown', reason: 'outage' }, credentials: [], secretCredential } as const;
  const snapshot: Snapshot = { ...unseen, inspection: notInspected };
  const visit = new Visit({ services, provider, ...bounds, request, snapshot, onAccepted: reportAcceptance });
  return services.settings.mode === 'rotate' ? rotate(visit) : observe(visit);

  function reportAcceptance(): void {
    onAccepted(visited(visit, goingOn));
  }
}

/** Works until the target must wait, then writes where it stands. */
async function rotate(visit: Visit): Promise<VisitReport> {
  let ended: Decision | FailedVisit;
  try {
    if (await isLiveProved(visit)) return visited(visit, { do: 'leave', reason: 'not-due' });
    await visit.inspect();
    await visit.claimOwnVersion();
    ended = await runUntilBlocked(visit);
  } catch (error) {
    ended = failedVisit(error);
    if (!(error instanceof OperationError) || !isWorthSaving(error)) return reportOf(visit, ended);
    visit.noteFailure(error);
  }
  await visit.end();
  return reportOf(visit, 'is' in ended ? { ...ended, isSaved: true } : ended);
}

/** Decides and announces what would be done, and changes nothing. */
async function observe(visit: Visit): Promise<VisitReport> {
  try {
    return visited(visit, await visit.observe());
  } catch (error) {
    return failedVisit(error);
  }
}

/** An emergency that is in the tags is accepted, however the visit ended (R20, emergency accepted). */
function reportOf(visit: Visit, ended: Decision | FailedVisit): VisitReport {
  if (!('is' in ended)) return visited(visit, ended);
  return visit.emergencyStart ? visited(visit, goingOn) : { ...ended, liveness: visit.liveness };
}

const goingOn = { do: 'leave', reason: 'going-on' } as const;

function visited(visit: Visit, decision: Decision): VisitReport {
  const { snapshot, liveness, emergencyStart, formerUntil } = visit;
  const { state, consumers } = snapshot;
  return {
    is: 'visited',
    decision,
    state,
    liveness,
    ...(emergencyStart && { emergencyStart, consumers, formerUntil }),
  };
}

function failedVisit(error: unknown): FailedVisit {
  if (!(error instanceof OperationError)) throw error;
  const { code, retryAfterMs } = error.detail;
  return { is: 'failed', reason: error.reason, code, retryAfterMs, liveness: 'unknown' };
}

/** A lost lease, or a write by another, ends the visit. The next inspection needs no memory of it. */
function isWorthSaving({ reason }: OperationError): boolean {
  return reason !== 'lease-lost' && reason !== 'changed-meanwhile';
}
