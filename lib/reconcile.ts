import type { Decision } from './decide/decision.ts';
import { decide } from './decide/rules.ts';
import { changes } from './events/changes.ts';
import { Failure } from './model/failure.ts';
import type { Reason } from './model/reason.ts';
import type { Look, Snapshot } from './model/snapshot.ts';
import type { Ask, Phase, State } from './model/state.ts';
import { normalised, type CredentialId, type Target } from './model/target.ts';
import { advance, failed, holding, stuck, waiting, withoutWait } from './phases/advance.ts';
import type { Hands, InRotation, Outcome } from './phases/step.ts';
import { steps } from './phases/steps.ts';
import type { Provider } from './providers/provider.ts';
import type { Lease } from './targets/lease.ts';
import { observe, type Unseen } from './targets/observe.ts';
import { claim, lookAgain, publish, save, saw, sitOut, situationOf, viewOf, type Core, type Visit } from './visit.ts';

export type Report =
  | { readonly is: 'busy' | 'foreign' }
  | { readonly is: 'unreadable'; readonly reason: Reason; readonly hint?: string }
  | { readonly is: 'failed'; readonly reason: Reason; readonly code?: string; readonly retryAfterMs?: number }
  | { readonly is: 'visited'; readonly decision: Decision; readonly state: State; readonly accepted?: Date };

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
  if (normalised(unseen.target.resource) !== normalised(resource)) return { is: 'busy' }; // another lease is needed
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
    report = { is: 'visited', decision: await goOn(visiting), state: visiting.snapshot.state };
  } catch (error) {
    report = failure(error);
    if (!(error instanceof Failure) || !isToBeKept(error)) return report;
    await afterFailure(visiting, error);
  }
  noteStuck(visiting);
  await save(visiting);
  const { accepted, snapshot } = visiting;
  if (report.is !== 'visited' && !accepted) return report;
  const decision = report.is === 'visited' ? report.decision : ({ do: 'rest', reason: 'going-on' } as const);
  return { is: 'visited', decision, state: snapshot.state, ...(accepted && { accepted }) };
}

/** What the lease or somebody's write ended is for the next look; nothing of it is written down. */
function isToBeKept({ reason }: Failure): boolean {
  return reason !== 'lease-lost' && reason !== 'changed-meanwhile';
}

async function afterFailure(visiting: Visit, error: Failure): Promise<void> {
  const { core, snapshot, lease } = visiting;
  const state = failed(snapshot.state, error, core.clock.now(), core.settings.failuresUntilHeld);
  visiting.snapshot = { ...snapshot, state };
  if (error.detail.answered && lease.flight?.of) await lease.landed();
}

function noteStuck(visiting: Visit): void {
  const { state } = visiting.snapshot;
  if (!state.wait || !isMendable(state.wait.reason) || !stuck(state.wait, visiting.core.clock.now())) return;
  visiting.snapshot = { ...visiting.snapshot, state: { ...state, wait: { ...state.wait, stuck: true } } };
}

function isMendable(reason: Reason): boolean {
  return reason !== 'settling' && reason !== 'outside-window' && reason !== 'adoption-grace';
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

/** Drift at rest is looked for by proving the live key; the resource is asked only after a refusal (R16). */
async function livesAtRest(visiting: Visit): Promise<boolean> {
  const { ask, snapshot, provider } = visiting;
  if (!ask.check || snapshot.binding !== 'bound') return false;
  const check = await provider.prove(viewOf(visiting), snapshot.look.held);
  if (check.is === 'bad') visiting.ask = { ...ask, refused: true };
  return check.is === 'good';
}

function resting({ snapshot: { state } }: Visit): Report {
  return { is: 'visited', decision: { do: 'rest', reason: 'not-due' }, state };
}

/** The only loop. */
async function goOn(visiting: Visit): Promise<Decision> {
  for (;;) {
    const situation = situationOf(visiting);
    const decision = decide(situation);
    visiting.core.log(visiting.snapshot, decision);
    if (!(await act(visiting, decision))) return decision;
  }
}

/** Answers whether to decide again. */
async function act(visiting: Visit, decision: Decision): Promise<boolean> {
  switch (decision.do) {
    case 'enter':
      return become(visiting, decision.state);
    case 'accept':
      become(visiting, decision.state);
      visiting.accepted = decision.start;
      visiting.ask = { cause: visiting.ask.cause };
      await save(visiting);
      return true;
    case 'adopt':
      become(visiting, decision.state);
      visiting.snapshot = { ...visiting.snapshot, ...taggedAs(visiting.snapshot) };
      await save(visiting);
      await claim(visiting);
      return true;
    case 'correct':
      become(visiting, decision.state);
      visiting.snapshot = { ...visiting.snapshot, tagged: decision.credentialId };
      await save(visiting);
      return true;
    case 'run':
      return run(visiting, decision.phase);
    case 'wait':
      become(visiting, waiting(visiting.snapshot.state, visiting.core.clock.now(), decision));
      return satOut(visiting, decision.reason, decision.until);
    case 'hold':
      become(visiting, holding(visiting.snapshot.state, decision));
      return false;
    case 'rest':
      if (decision.reason === 'not-due') become(visiting, withoutWait(visiting.snapshot.state));
      return false;
  }
}

/** Where no tag says which is live, the value does. */
function taggedAs({ tagged, look }: Snapshot): { tagged?: CredentialId } {
  const id = tagged ?? look.live?.id;
  return id === undefined ? {} : { tagged: id };
}

function become(visiting: Visit, state: State): true {
  visiting.snapshot = { ...visiting.snapshot, state, binding: state.bond ? 'bound' : visiting.snapshot.binding };
  return true;
}

const shortWaits: ReadonlySet<Reason> = new Set([
  'service-working',
  'key-not-yet-accepted',
  'stale-read',
  'drift-confirming',
]);

async function satOut(visiting: Visit, reason: Reason, until: Date): Promise<boolean> {
  if (!shortWaits.has(reason) || !(await sitOut(visiting, until))) return false;
  if (reason !== 'key-not-yet-accepted') await lookAgain(visiting);
  return true;
}

async function run(visiting: Visit, phase: Phase): Promise<boolean> {
  const { core, snapshot } = visiting;
  const { rotation } = snapshot.state;
  if (!rotation || core.clock.now() >= visiting.deadline) return false;
  const inPhase: InRotation = { ...snapshot, rotation: { ...rotation, phase } };
  const outcome = await steps[phase](handsOf(visiting), inPhase, viewOf(visiting));
  return take(visiting, inPhase, outcome);
}

function handsOf(visiting: Visit): Hands {
  const { core, provider, lease } = visiting;
  const disable: Hands['vault']['disable'] = async (secret, version) => {
    await lease.assure();
    await core.vault.disable(secret, version);
  };
  return {
    provider,
    vault: { disable },
    proofPatienceMs: core.settings.proofPatienceMs,
    sending: async (of) => {
      await save(visiting); // what will be replaced stands in the tags before it is replaced (promise 5)
      await lease.sending(of, new Date(core.clock.now().getTime() + provider.flightMs));
    },
  };
}

async function take(visiting: Visit, { rotation }: InRotation, outcome: Outcome): Promise<boolean> {
  if (outcome.is === 'done' || outcome.is === 'seen') await saw(visiting, outcome.look);
  if (outcome.is === 'proved') {
    const proved = { fingerprint: outcome.next.fingerprint, unproved: outcome.unproved };
    visiting.snapshot = { ...visiting.snapshot, proved };
  }
  if (outcome.is === 'publish') {
    await publish(visiting, rotation, outcome.value);
    return true;
  }
  become(visiting, advance(situationOf(visiting), rotation, outcome));
  if (outcome.is === 'again') await lookAgain(visiting);
  if (outcome.is === 'pending') return satOut(visiting, outcome.reason, outcome.until);
  const over = outcome.is === 'done' && rotation.phase === 'revoke';
  return !over && outcome.is !== 'bad' && outcome.is !== 'unknown';
}
