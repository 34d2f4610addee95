import type { Decision } from '../decide/decision.ts';
import { asksForConsumers } from '../decide/consumers.ts';
import { decide } from '../decide/rules.ts';
import { changes } from '../announcements/transitions.ts';
import { stepped } from './stepContext.ts';
import type { Reason } from '../model/reason.ts';
import type { Look, Snapshot } from '../model/snapshot.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Phase, Rotation, State } from '../model/state.ts';
import type { CredentialId } from '../model/target.ts';
import { withoutWait } from '../decide/rotation.ts';
import { advance, holding, stillLost, waiting } from '../phases/advance.ts';
import type { InRotation, Outcome } from '../phases/phase.ts';
import {
  claim,
  claimOf,
  lookAgain,
  lookAtConsumers,
  publish,
  save,
  saw,
  sitOut,
  situationOf,
  type Visit,
} from './visit.ts';

/** A crash may lie between our PUT and the claim's: in verify the current version is ours (R10, R19). */
export async function claimOwnVersion(visiting: Visit): Promise<void> {
  const { claim: known, secret, state, binding } = visiting.snapshot;
  if (!known || known === 'of-another' || known.version === secret.version) return;
  if (binding !== 'bound' || state.rotation?.phase !== 'verify') return;
  await claim(visiting, known.missingSince ? { missingSince: known.missingSince } : {});
}

/** The only loop: decide, act, and again, until it must wait. */
export async function goOn(visiting: Visit): Promise<Decision> {
  for (;;) {
    if (!visiting.askedConsumers && asksForConsumers(situationOf(visiting))) await lookAtConsumers(visiting);
    const decision = decide(situationOf(visiting));
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
      return accept(visiting, decision.state, decision.start);
    case 'adopt':
      return adopt(visiting, decision.state);
    case 'correct':
      become(visiting, decision.state);
      visiting.snapshot = { ...visiting.snapshot, tagged: decision.credentialId };
      await save(visiting);
      return true;
    case 'run':
      return run(visiting, decision.phase);
    case 'wait':
      become(visiting, waited(visiting.snapshot, visiting.core.clock.now(), decision));
      return satOut(visiting, decision.reason, decision.until);
    case 'hold':
      become(visiting, holding(visiting.snapshot.state, decision));
      return false;
    case 'rest':
      if (decision.reason === 'not-due') become(visiting, withoutWait(visiting.snapshot.state));
      return false;
  }
}

function waited({ state, look }: Snapshot, now: Date, decision: Decision & { do: 'wait' }): State {
  const next = waiting(state, now, decision);
  return look.fit.is === 'good' ? next : stillLost(state, next);
}

/** An emergency's own write says both: an earlier one that lands late would undo it. */
async function adopt(visiting: Visit, state: State): Promise<boolean> {
  become(visiting, state);
  visiting.snapshot = { ...visiting.snapshot, ...taggedAs(visiting.snapshot) };
  if (visiting.ask.accept) {
    await announceChanges(visiting);
    visiting.owesClaim = true;
    visiting.snapshot = { ...visiting.snapshot, claim: claimOf(visiting) };
    return true;
  }
  await save(visiting);
  await claim(visiting);
  return true;
}

async function announceChanges({ core, snapshot }: Visit): Promise<void> {
  for (const said of changes(snapshot)) await core.announcer.announce(said);
}

/** Accepted is what stands in the tags: where they cannot be written, nothing of it remains (R20). */
async function accept(visiting: Visit, state: State, start: Date): Promise<boolean> {
  const { snapshot } = visiting;
  try {
    become(visiting, state);
    await save(visiting);
  } catch (error) {
    visiting.snapshot = snapshot;
    throw error;
  }
  visiting.accepted = start;
  visiting.ask = { cause: visiting.ask.cause };
  if (visiting.owesClaim) await claim(visiting);
  return true;
}

/** Where no tag says which is live, the value does. */
function taggedAs({ tagged, look }: Snapshot): { tagged?: CredentialId } {
  const id = tagged ?? look.live?.id;
  return id === undefined ? {} : { tagged: id };
}

function become(visiting: Visit, state: State): true {
  const { snapshot } = visiting;
  const look = withoutKnown(snapshot.look, state);
  visiting.snapshot = { ...snapshot, look, state, binding: state.bond ? 'bound' : snapshot.binding };
  return true;
}

/** What the record knows is not newly made: a leaked or refused standby is not the next credential (R15, R18). */
function withoutKnown(look: Look, { bond }: State): Look {
  const { next, ...rest } = look;
  const known = next && look.live && bond?.credentials.some(({ fingerprint }) => fingerprint === next.fingerprint);
  return known ? rest : look;
}

const shortWaits: ReadonlySet<Reason> = new Set([
  'service-working',
  'key-not-yet-accepted',
  'stale-read',
  'drift-confirming',
  'consumers-moving',
]);

const longAgo = new Date(0);

async function satOut(visiting: Visit, reason: Reason, until: Date): Promise<boolean> {
  if (!shortWaits.has(reason) || until > visiting.deadline) return false;
  await sitOut(visiting, until);
  if (reason === 'key-not-yet-accepted') return true;
  const { consumers: _, ...snapshot } = visiting.snapshot;
  delete visiting.askedConsumers;
  visiting.snapshot = { ...snapshot, readAt: longAgo }; // a person may have acted meanwhile (R6)
  await lookAgain(visiting);
  return true;
}

async function run(visiting: Visit, phase: Phase): Promise<boolean> {
  const { core, snapshot } = visiting;
  const { rotation } = snapshot.state;
  if (!rotation || core.clock.now() >= visiting.deadline) return false;
  const inPhase: InRotation = { ...snapshot, rotation: { ...rotation, phase } };
  return take(visiting, inPhase, await stepped(visiting, inPhase, phase));
}

/** What was refused before was the value before. */
async function published(visiting: Visit, rotation: Rotation, value: Sealed): Promise<boolean> {
  await publish(visiting, rotation, value);
  const { refused: _, ...ask } = visiting.ask;
  visiting.ask = ask;
  return true;
}

function toldBy(outcome: Outcome): Pick<Snapshot, 'evidence' | 'awaited'> {
  if (outcome.is === 'pending') return { awaited: outcome };
  return outcome.is === 'done' && outcome.evidence ? { evidence: outcome.evidence } : {};
}

async function take(visiting: Visit, { rotation }: InRotation, outcome: Outcome): Promise<boolean> {
  if (outcome.is === 'done' || outcome.is === 'seen') await saw(visiting, outcome.look);
  visiting.snapshot = { ...visiting.snapshot, ...toldBy(outcome) };
  if (outcome.is === 'proved') {
    const proved = { fingerprint: outcome.next.fingerprint, unproved: outcome.unproved };
    visiting.snapshot = { ...visiting.snapshot, proved };
  }
  if (outcome.is === 'publish') {
    return published(visiting, rotation, outcome.value);
  }
  become(visiting, advance(situationOf(visiting), rotation, outcome));
  if (outcome.is === 'again') await lookAgain(visiting); // another key by now is proved, not replaced
  if (outcome.is === 'pending') return satOut(visiting, outcome.reason, outcome.until);
  const over = outcome.is === 'done' && rotation.phase === 'revoke';
  return !over && outcome.is !== 'bad' && outcome.is !== 'unknown';
}
