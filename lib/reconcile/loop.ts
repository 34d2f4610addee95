import type { Decision } from '../decide/decision.ts';
import { needsConsumers } from '../decide/consumers.ts';
import { decide } from '../decide/rules.ts';
import { announcementsFor } from '../announcements/transitions.ts';
import { runStep } from './stepContext.ts';
import type { Reason } from '../model/reason.ts';
import type { Inspection, Snapshot } from '../model/snapshot.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Phase, Rotation, State } from '../model/state.ts';
import { withoutWait } from '../decide/rotation.ts';
import { advance, heldState, keepDown, waitingState } from '../phases/advance.ts';
import type { InRotation, Outcome } from '../phases/phase.ts';
import {
  claim,
  claimOf,
  inspectAgain,
  inspectConsumers,
  publish,
  save,
  takeInspection,
  sleepUntil,
  situationOf,
  type Visit,
} from './visit.ts';

/**
 * A crash may lie between our PUT and the claim's: in verify the current version is ours (R10, tags lost; R19, own and
 * foreign versions).
 */
export async function claimOwnVersion(visiting: Visit): Promise<void> {
  const { claim: known, secret, state, binding } = visiting.snapshot;
  if (!known || known === 'of-another' || known.version === secret.version) return;
  if (binding !== 'bound' || state.rotation?.phase !== 'verify') return;
  await claim(visiting, known.missingSince ? { missingSince: known.missingSince } : {});
}

/** The only loop: decide, act, and again, until it must wait. */
export async function runUntilBlocked(visiting: Visit): Promise<Decision> {
  for (;;) {
    if (!visiting.askedConsumers && needsConsumers(situationOf(visiting))) await inspectConsumers(visiting);
    const decision = decide(situationOf(visiting));
    visiting.services.log(visiting.snapshot, decision);
    if (!(await act(visiting, decision))) return decision;
  }
}

/** Answers whether to decide again. */
async function act(visiting: Visit, decision: Decision): Promise<boolean> {
  switch (decision.do) {
    case 'setState':
      return setState(visiting, decision.state);
    case 'startEmergency':
      return accept(visiting, decision.state, decision.start);
    case 'adopt':
      return adopt(visiting, decision.state);
    case 'fixTag':
      setState(visiting, decision.state);
      visiting.snapshot = { ...visiting.snapshot, taggedId: decision.credentialId };
      await save(visiting);
      return true;
    case 'run':
      return run(visiting, decision.phase);
    case 'wait':
      setState(visiting, waited(visiting.snapshot, visiting.services.clock.now(), decision));
      return waitBriefly(visiting, decision.reason, decision.until);
    case 'hold':
      setState(visiting, heldState(visiting.snapshot.state, decision));
      return false;
    case 'leave':
      if (decision.reason === 'not-due') setState(visiting, withoutWait(visiting.snapshot.state));
      return false;
  }
}

function waited({ state, inspection }: Snapshot, now: Date, decision: Decision & { do: 'wait' }): State {
  const next = waitingState(state, now, decision);
  return inspection.readiness.is === 'valid' ? next : keepDown(state, next);
}

/** An emergency's own write says both: an earlier one that lands late would undo it. */
async function adopt(visiting: Visit, state: State): Promise<boolean> {
  setState(visiting, state);
  visiting.snapshot = { ...visiting.snapshot, ...taggedAs(visiting.snapshot) };
  if (visiting.request.emergency) {
    await announceChanges(visiting);
    visiting.owesClaim = true;
    visiting.snapshot = { ...visiting.snapshot, claim: claimOf(visiting) };
    return true;
  }
  await save(visiting);
  await claim(visiting);
  return true;
}

async function announceChanges({ services, snapshot }: Visit): Promise<void> {
  for (const said of announcementsFor(snapshot)) await services.announcer.announce(said);
}

/**
 * Accepted is what stands in the tags: where they cannot be written, nothing of it remains (R20, emergency accepted).
 */
async function accept(visiting: Visit, state: State, start: Date): Promise<boolean> {
  const { snapshot } = visiting;
  try {
    setState(visiting, state);
    await save(visiting);
  } catch (error) {
    visiting.snapshot = snapshot;
    throw error;
  }
  visiting.emergencyStart = start;
  visiting.request = { cause: visiting.request.cause };
  if (visiting.owesClaim) await claim(visiting);
  return true;
}

/** Where no tag says which is live, the value does. */
function taggedAs({ taggedId, inspection }: Snapshot): Pick<Snapshot, 'taggedId'> {
  const id = taggedId ?? inspection.live?.id;
  return id === undefined ? {} : { taggedId: id };
}

function setState(visiting: Visit, state: State): true {
  const { snapshot } = visiting;
  const inspection = withoutKnown(snapshot.inspection, state);
  visiting.snapshot = { ...snapshot, inspection, state, binding: state.stateBinding ? 'bound' : snapshot.binding };
  return true;
}

/**
 * What the record knows is not newly made: a leaked or refused standby is not the next credential (R15, proof refused;
 * R18, changed standby).
 */
function withoutKnown(inspection: Inspection, { stateBinding }: State): Inspection {
  const { next, ...rest } = inspection;
  const known =
    next && inspection.live && stateBinding?.credentials.some(({ fingerprint }) => fingerprint === next.fingerprint);
  return known ? rest : inspection;
}

const shortWaits: ReadonlySet<Reason> = new Set([
  'service-working',
  'key-not-yet-accepted',
  'stale-read',
  'drift-confirming',
  'consumers-moving',
]);

const longAgo = new Date(0);

async function waitBriefly(visiting: Visit, reason: Reason, until: Date): Promise<boolean> {
  if (!shortWaits.has(reason) || until > visiting.deadline) return false;
  await sleepUntil(visiting, until);
  if (reason === 'key-not-yet-accepted') return true;
  const { consumers: _, ...snapshot } = visiting.snapshot;
  delete visiting.askedConsumers;
  // a person may have acted meanwhile (R6, fresh read before write)
  visiting.snapshot = { ...snapshot, readAt: longAgo };
  await inspectAgain(visiting);
  return true;
}

async function run(visiting: Visit, phase: Phase): Promise<boolean> {
  const { services, snapshot } = visiting;
  const { rotation } = snapshot.state;
  if (!rotation || services.clock.now() >= visiting.deadline) return false;
  const inPhase: InRotation = { ...snapshot, rotation: { ...rotation, phase } };
  return take(visiting, inPhase, await runStep(visiting, inPhase, phase));
}

/** What was refused before was the value before. */
async function published(visiting: Visit, rotation: Rotation, value: Sealed): Promise<boolean> {
  await publish(visiting, rotation, value);
  const { liveRefused: _, ...request } = visiting.request;
  visiting.request = request;
  return true;
}

function toldBy(outcome: Outcome): Pick<Snapshot, 'evidence' | 'waitingFor'> {
  if (outcome.is === 'pending') return { waitingFor: outcome };
  return outcome.is === 'done' && outcome.evidence ? { evidence: outcome.evidence } : {};
}

async function take(visiting: Visit, { rotation }: InRotation, outcome: Outcome): Promise<boolean> {
  if (outcome.is === 'done' || outcome.is === 'inspected') await takeInspection(visiting, outcome.inspection);
  visiting.snapshot = { ...visiting.snapshot, ...toldBy(outcome) };
  if (outcome.is === 'proved') {
    const proved = { fingerprint: outcome.next.fingerprint, unproved: outcome.unproved };
    visiting.snapshot = { ...visiting.snapshot, proved };
  }
  if (outcome.is === 'publish') {
    return published(visiting, rotation, outcome.value);
  }
  setState(visiting, advance(situationOf(visiting), rotation, outcome));
  if (outcome.is === 'retryGenerate') await inspectAgain(visiting); // another key by now is proved, not replaced
  if (outcome.is === 'pending') return waitBriefly(visiting, outcome.reason, outcome.until);
  const over = outcome.is === 'done' && rotation.phase === 'revoke';
  return !over && outcome.is !== 'invalid' && outcome.is !== 'unknown';
}
