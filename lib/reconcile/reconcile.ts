import type { Decision } from '../decide/decision.ts';
import { whyIrrelevant } from '../decide/eventRelevance.ts';
import { decide } from '../decide/rules.ts';
import { announcementsFor } from '../announcements/transitions.ts';
import { claimOwnVersion, runUntilBlocked } from './loop.ts';
import { OperationError } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';
import type { Consumers, Inspection, Snapshot } from '../model/snapshot.ts';
import { isOrWasDown, type VisitRequest, type State } from '../model/state.ts';
import { normalizedId, type Target } from '../model/target.ts';
import { failedState, heldState, stuck, waitingState } from '../phases/advance.ts';
import type { Provider } from '../providers/provider.ts';
import type { Lease } from '../stores/lease.ts';
import { readTarget, type UninspectedSnapshot } from './readTarget.ts';
import { inspectAgain, save, situationOf, providerInputOf, type Services, type Visit } from './visit.ts';

export type VisitReport =
  | { readonly is: 'busy' | 'foreign' }
  /** The event was worth nothing. */
  | { readonly is: 'dropped'; readonly reason: Reason }
  | { readonly is: 'barred'; readonly reason: Reason; readonly hint?: string }
  | {
      readonly is: 'failed';
      readonly reason: Reason;
      readonly code?: string;
      readonly retryAfterMs?: number;
      readonly kept?: true;
    }
  | {
      readonly is: 'visited';
      readonly decision: Decision;
      readonly state: State;
      readonly accepted?: Date;
      readonly consumers?: Consumers;
    };

/** Takes one target as far as it goes before `deadline`, under the lease of its resource. Throws no `Failure`. */
export async function reconcile(
  services: Services,
  target: Target,
  request: VisitRequest,
  deadline: Date,
): Promise<VisitReport> {
  try {
    const work = (lease: Lease) => visit(services, target, request, deadline, lease);
    const report = await services.leases.withLease(normalizedId(target.resource), work);
    return report === 'busy' ? { is: 'busy' } : report;
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): VisitReport {
  if (!(error instanceof OperationError)) throw error;
  const { code, retryAfterMs } = error.detail;
  return { is: 'failed', reason: error.reason, ...(code && { code }), ...(retryAfterMs && { retryAfterMs }) };
}

async function visit(
  services: Services,
  { secret, resource }: Target,
  request: VisitRequest,
  deadline: Date,
  lease: Lease,
): Promise<VisitReport> {
  const observed = await readTarget(services, secret, services.clock.now());
  if (observed.is !== 'target') return observed;
  const { provider, unseen } = observed;
  const reason = whyIrrelevant(request, unseen);
  if (reason) return { is: 'dropped', reason };
  if (normalizedId(unseen.target.resource) !== normalizedId(resource)) return { is: 'foreign' }; // another lease is needed
  const installation = await services.claims.installation();
  const snapshot = { ...unseen, inspection: unlooked(provider, unseen) };
  const visiting: Visit = { services, provider, lease, installation, deadline, request, snapshot };
  return services.settings.mode === 'rotate' ? rotate(visiting) : observeOnly(visiting);
}

function unlooked(provider: Provider, unseen: UninspectedSnapshot): Inspection {
  return {
    readiness: { is: 'unknown', reason: 'outage' },
    credentials: [],
    secretCredential: provider.secretCredential({ ...unseen, now: unseen.readAt }),
  };
}

/** Goes on until it must wait, then lets the tags say where it stands. */
async function rotate(visiting: Visit): Promise<VisitReport> {
  let report: VisitReport;
  try {
    if (await livesAtRest(visiting)) return notDueReport(visiting);
    await inspectAgain(visiting);
    await claimOwnVersion(visiting);
    const decision = await runUntilBlocked(visiting);
    report = { is: 'visited', decision, state: visiting.snapshot.state };
  } catch (error) {
    report = failure(error);
    if (!(error instanceof OperationError) || !isToBeKept(error)) return answered(visiting, report);
    noteFailure(visiting, error);
  }
  noteStuck(visiting);
  await saveLast(visiting);
  return answered(visiting, report.is === 'failed' ? { ...report, kept: true } : report);
}

/** An emergency that is in the tags is accepted, however the visit ended (R20, emergency accepted). */
function answered(
  { emergencyStart: accepted, snapshot: { state, consumers } }: Visit,
  report: VisitReport,
): VisitReport {
  if (!accepted) return report;
  const decision = report.is === 'visited' ? report.decision : ({ do: 'leave', reason: 'going-on' } as const);
  return { is: 'visited', decision, state, accepted, ...(consumers && { consumers }) };
}

/** What the lease or somebody's write ended is for the next look; nothing of it is written down. */
function isToBeKept({ reason }: OperationError): boolean {
  return reason !== 'lease-lost' && reason !== 'changed-meanwhile';
}

function noteFailure(visiting: Visit, error: OperationError): void {
  const { services, snapshot } = visiting;
  const state = failedState(snapshot.state, error, services.clock.now(), services.settings.failuresUntilHeld);
  visiting.snapshot = { ...snapshot, state };
}

/**
 * An emergency that is in the tags is accepted, whatever happens to the word about its progress (R20, emergency
 * accepted).
 */
async function saveLast(visiting: Visit): Promise<void> {
  try {
    await save(visiting);
  } catch (error) {
    if (!(error instanceof OperationError) || !visiting.emergencyStart) throw error;
  }
}

function noteStuck(visiting: Visit): void {
  const { state, inspection } = visiting.snapshot;
  const { wait } = state;
  if (!wait || !isMendable(wait.reason, inspection) || !stuck(wait, visiting.services.clock.now())) return;
  visiting.snapshot = { ...visiting.snapshot, state: { ...state, wait: { ...wait, announcedStuck: true } } };
}

function isMendable(reason: Reason, { nothingToRotate: rests }: Inspection): boolean {
  return reason !== 'overlap' && reason !== 'outside-window' && reason !== rests?.reason;
}

/** Observe: what would be done is decided and announced, and nothing is changed. */
async function observeOnly(visiting: Visit): Promise<VisitReport> {
  try {
    await inspectAgain(visiting);
  } catch (error) {
    return failure(error);
  }
  const { services, snapshot } = visiting;
  const decision = decide(situationOf(visiting));
  services.log(snapshot, decision);
  const state = stateAfter(snapshot.state, decision, services.clock.now());
  for (const said of announcementsFor({ ...snapshot, state })) await services.announcer.announce(said);
  return { is: 'visited', decision, state: snapshot.state };
}

function stateAfter(state: State, decision: Decision, now: Date): State {
  if ('state' in decision) return decision.state;
  if (decision.do === 'wait') return waitingState(state, now, decision);
  return decision.do === 'hold' ? heldState(state, decision) : state;
}

/**
 * Drift at rest is looked for by proving the live key; the resource is asked only after a refusal (R16, live credential
 * proved first), or where somebody saw it change: the data plane may take a replaced key for a while, and the list may
 * still show it.
 */
async function livesAtRest(visiting: Visit): Promise<boolean> {
  const { request, snapshot, provider } = visiting;
  const was = snapshot.state.wait?.reason;
  const wasRefused = was === 'live-refused';
  const sawChange = request.cause === 'drift';
  if (!(request.checkLive ?? (wasRefused || sawChange)) || !mayProve(snapshot)) return false;
  const { is } = await provider.prove(providerInputOf(visiting), snapshot.inspection.secretCredential);
  if (is === 'invalid') await refused(visiting, wasRefused);
  return is === 'valid' && !(wasRefused || sawChange || isOrWasDown(snapshot.state.wait));
}

async function refused(visiting: Visit, wasRefused: boolean): Promise<void> {
  const isTwice = wasRefused && (await isSure(visiting));
  visiting.request = { ...visiting.request, liveRefused: isTwice ? 'surely' : 'alone' };
}

/**
 * A service that refuses everybody says nothing of a key: another one of the resource has to be taken (design: Proof).
 */
async function isSure(visiting: Visit): Promise<boolean> {
  await inspectAgain(visiting);
  const { secretCredential, standby } = visiting.snapshot.inspection;
  if (!standby) return false;
  const { is } = await visiting.provider.prove(providerInputOf(visiting), secretCredential, standby);
  return is === 'invalid';
}

function mayProve({ claim, binding, taggedId, inspection, state: { rotation } }: Snapshot): boolean {
  const adopted = claim !== undefined && claim !== 'of-another' && claim.missingSince === undefined;
  if (taggedId !== undefined && taggedId !== inspection.secretCredential.id) return false; // a look tells which of the two is right
  return adopted && binding === 'bound' && rotation?.phase !== 'generate' && rotation?.phase !== 'publish';
}

function notDueReport({ snapshot: { state } }: Visit): VisitReport {
  return { is: 'visited', decision: { do: 'leave', reason: 'not-due' }, state };
}
