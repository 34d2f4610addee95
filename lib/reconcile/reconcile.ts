import type { Decision } from '../decide/decision.ts';
import { worthNothing } from '../decide/eventRelevance.ts';
import { decide } from '../decide/rules.ts';
import { changes } from '../announcements/transitions.ts';
import { claimOwnVersion, goOn } from './loop.ts';
import { Failure } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';
import type { Consumers, Look, Snapshot } from '../model/snapshot.ts';
import { wasDown, type Ask, type State } from '../model/state.ts';
import { normalised, type Target } from '../model/target.ts';
import { failed, holding, stuck, waiting } from '../phases/advance.ts';
import type { Provider } from '../providers/provider.ts';
import type { Lease } from '../stores/lease.ts';
import { observe, type Unseen } from './readTarget.ts';
import { lookAgain, save, situationOf, viewOf, type Core, type Visit } from './visit.ts';

export type Report =
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
export async function reconcile(core: Core, target: Target, ask: Ask, deadline: Date): Promise<Report> {
  try {
    const work = (lease: Lease) => visit(core, target, ask, deadline, lease);
    const report = await core.leases.whileHolding(normalised(target.resource), work);
    return report === 'busy' ? { is: 'busy' } : report;
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Report {
  if (!(error instanceof Failure)) throw error;
  const { code, retryAfterMs } = error.detail;
  return { is: 'failed', reason: error.reason, ...(code && { code }), ...(retryAfterMs && { retryAfterMs }) };
}

async function visit(
  core: Core,
  { secret, resource }: Target,
  ask: Ask,
  deadline: Date,
  lease: Lease,
): Promise<Report> {
  const observed = await observe(core, secret, core.clock.now());
  if (observed.is !== 'target') return observed;
  const { provider, unseen } = observed;
  const reason = worthNothing(ask, unseen);
  if (reason) return { is: 'dropped', reason };
  if (normalised(unseen.target.resource) !== normalised(resource)) return { is: 'foreign' }; // another lease is needed
  const installation = await core.claims.installation();
  const snapshot = { ...unseen, look: unlooked(provider, unseen) };
  const visiting: Visit = { core, provider, lease, installation, deadline, ask, snapshot };
  return core.settings.mode === 'rotate' ? rotate(visiting) : pretend(visiting);
}

function unlooked(provider: Provider, unseen: Unseen): Look {
  return { fit: { is: 'unknown', reason: 'outage' }, all: [], held: provider.held({ ...unseen, now: unseen.readAt }) };
}

/** Goes on until it must wait, then lets the tags say where it stands. */
async function rotate(visiting: Visit): Promise<Report> {
  let report: Report;
  try {
    if (await livesAtRest(visiting)) return resting(visiting);
    await lookAgain(visiting);
    await claimOwnVersion(visiting);
    const decision = await goOn(visiting);
    report = { is: 'visited', decision, state: visiting.snapshot.state };
  } catch (error) {
    report = failure(error);
    if (!(error instanceof Failure) || !isToBeKept(error)) return answered(visiting, report);
    noteFailure(visiting, error);
  }
  noteStuck(visiting);
  await saveLast(visiting);
  return answered(visiting, report.is === 'failed' ? { ...report, kept: true } : report);
}

/** An emergency that is in the tags is accepted, however the visit ended (R20). */
function answered({ accepted, snapshot: { state, consumers } }: Visit, report: Report): Report {
  if (!accepted) return report;
  const decision = report.is === 'visited' ? report.decision : ({ do: 'rest', reason: 'going-on' } as const);
  return { is: 'visited', decision, state, accepted, ...(consumers && { consumers }) };
}

/** What the lease or somebody's write ended is for the next look; nothing of it is written down. */
function isToBeKept({ reason }: Failure): boolean {
  return reason !== 'lease-lost' && reason !== 'changed-meanwhile';
}

function noteFailure(visiting: Visit, error: Failure): void {
  const { core, snapshot } = visiting;
  const state = failed(snapshot.state, error, core.clock.now(), core.settings.failuresUntilHeld);
  visiting.snapshot = { ...snapshot, state };
}

/** An emergency that is in the tags is accepted, whatever happens to the word about its progress (R20). */
async function saveLast(visiting: Visit): Promise<void> {
  try {
    await save(visiting);
  } catch (error) {
    if (!(error instanceof Failure) || !visiting.accepted) throw error;
  }
}

function noteStuck(visiting: Visit): void {
  const { state, look } = visiting.snapshot;
  const { wait } = state;
  if (!wait || !isMendable(wait.reason, look) || !stuck(wait, visiting.core.clock.now())) return;
  visiting.snapshot = { ...visiting.snapshot, state: { ...state, wait: { ...wait, stuck: true } } };
}

function isMendable(reason: Reason, { rests }: Look): boolean {
  return reason !== 'settling' && reason !== 'outside-window' && reason !== rests?.reason;
}

/** Observe: what would be done is decided and announced, and nothing is changed. */
async function pretend(visiting: Visit): Promise<Report> {
  try {
    await lookAgain(visiting);
  } catch (error) {
    return failure(error);
  }
  const { core, snapshot } = visiting;
  const decision = decide(situationOf(visiting));
  core.log(snapshot, decision);
  const state = stateAfter(snapshot.state, decision, core.clock.now());
  for (const said of changes({ ...snapshot, state })) await core.announcer.announce(said);
  return { is: 'visited', decision, state: snapshot.state };
}

function stateAfter(state: State, decision: Decision, now: Date): State {
  if ('state' in decision) return decision.state;
  if (decision.do === 'wait') return waiting(state, now, decision);
  return decision.do === 'hold' ? holding(state, decision) : state;
}

/**
 * Drift at rest is looked for by proving the live key; the resource is asked only after a refusal (R16), or where
 * somebody saw it change: the data plane may take a replaced key for a while, and the list may still show it.
 */
async function livesAtRest(visiting: Visit): Promise<boolean> {
  const { ask, snapshot, provider } = visiting;
  const was = snapshot.state.wait?.reason;
  const wasRefused = was === 'live-refused';
  const sawChange = ask.cause === 'drift';
  if (!(ask.check ?? (wasRefused || sawChange)) || !mayProve(snapshot)) return false;
  const { is } = await provider.prove(viewOf(visiting), snapshot.look.held);
  if (is === 'bad') await refused(visiting, wasRefused);
  return is === 'good' && !(wasRefused || sawChange || wasDown(snapshot.state.wait));
}

async function refused(visiting: Visit, wasRefused: boolean): Promise<void> {
  const isTwice = wasRefused && (await isSure(visiting));
  visiting.ask = { ...visiting.ask, refused: isTwice ? 'surely' : 'alone' };
}

/** A service that refuses everybody says nothing of a key: another one of the resource has to be taken (PROTOCOL 7). */
async function isSure(visiting: Visit): Promise<boolean> {
  await lookAgain(visiting);
  const { held, standby } = visiting.snapshot.look;
  if (!standby) return false;
  const { is } = await visiting.provider.prove(viewOf(visiting), held, standby);
  return is === 'bad';
}

function mayProve({ claim, binding, tagged, look, state: { rotation } }: Snapshot): boolean {
  const adopted = claim !== undefined && claim !== 'of-another' && claim.missingSince === undefined;
  if (tagged !== undefined && tagged !== look.held.id) return false; // a look tells which of the two is right
  return adopted && binding === 'bound' && rotation?.phase !== 'generate' && rotation?.phase !== 'publish';
}

function resting({ snapshot: { state } }: Visit): Report {
  return { is: 'visited', decision: { do: 'rest', reason: 'not-due' }, state };
}
