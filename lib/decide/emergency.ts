import { wholeSecond } from '../model/clock.ts';
import type { Fingerprint } from '../model/sealed.ts';
import type { EmergencyRequest, Guard, CredentialRef, Mode, Rotation, State } from '../model/state.ts';
import type { Reason } from '../model/reason.ts';
import type { Inspection } from '../model/snapshot.ts';
import type { CredentialId } from '../model/target.ts';
import type { Decision, Situation } from './decision.ts';
import { stateBindingOf, historyOf, withoutWait } from './rotation.ts';

/**
 * An emergency becomes part of the state; it overrides waits, pause and holds of history (R20, emergency accepted; R21,
 * emergency during rotation; R22, emergency overrides waits).
 */
export function startEmergency(s: Situation): Decision | undefined {
  const wanted = s.request.emergency;
  const { live } = s.inspection;
  if (!wanted || !live) return undefined;
  const same = joinedBySameRequest(s.state, wanted);
  if (same) return { do: 'startEmergency', reason: 'going-on', ...same };
  const refusal = refusalOf(s, wanted);
  if (refusal) return { do: 'leave', reason: refusal };
  const known = joinedUnderWay(s.state, live, wanted);
  if (known) return { do: 'startEmergency', reason: 'going-on', ...known };
  return { do: 'startEmergency', reason: 'begun', ...withEmergency(s, live, wanted) };
}

function withEmergency(s: Situation, live: CredentialRef, wanted: EmergencyRequest): Joined {
  const { rotation, regenerateAnew } = planEmergency(s, live, wanted);
  const stateBinding = regenerateAnew || !s.state.stateBinding ? stateBindingOf(s) : s.state.stateBinding;
  const state = {
    ...historyOf(s.state),
    refusals: 0,
    stateBinding,
    rotation,
    guard: remainingGuard(s.state),
    lastRequest: wanted.request ?? s.state.lastRequest,
  };
  return { state, start: rotation.start };
}

/** What would end in nothing is not accepted (R20, emergency accepted). */
function refusalOf(
  { inspection: { nothingToRotate: rests, credentials: all } }: Situation,
  { compromised = [] }: EmergencyRequest,
): Reason | undefined {
  if (rests?.firm) return rests.reason;
  return compromised.every((id) => all.some((known) => known.id === id)) ? undefined : 'compromised-unknown';
}

type Joined = { readonly state: State; readonly start: Date };

function joinedBySameRequest(state: State, { request }: EmergencyRequest): Joined | undefined {
  const { rotation, lastRotation: last } = state;
  const start = rotation?.cause === 'emergency' ? rotation.start : rotation ? undefined : last;
  return request && state.lastRequest === request && start ? { state, start } : undefined;
}

/** What was live is being replaced already: a request that is more urgent only hurries it. */
function joinedUnderWay(
  state: State,
  live: CredentialRef,
  { compromised, mode, request }: EmergencyRequest,
): Joined | undefined {
  const { rotation, held } = state;
  if (rotation?.cause !== 'emergency' || compromised || held) return undefined;
  if (!rotation.toRevoke.includes(live.fingerprint) && rotation.oldVersion === undefined) return undefined;
  const hurried = { ...rotation, mode: moreUrgentMode(rotation, mode) };
  const goingOn = mode === 'immediate' ? withoutWait(state) : state;
  return { state: { ...goingOn, rotation: hurried, lastRequest: request ?? state.lastRequest }, start: rotation.start };
}

/** What was promised to be immediate stays so. */
function moreUrgentMode(rotation: Rotation | undefined, mode: Mode): Mode {
  const promised = rotation?.cause === 'emergency' && rotation.mode === 'immediate';
  return promised ? 'immediate' : mode;
}

interface EmergencyPlan {
  readonly rotation: Rotation;
  /** Only a key seen to change after this moment is taken for the new one (R18, changed standby). */
  readonly regenerateAnew: boolean;
}

function planEmergency(
  s: Situation,
  live: CredentialRef,
  { compromised = [live.id], ...wanted }: EmergencyRequest,
): EmergencyPlan {
  const { rotation } = s.state;
  const mode = moreUrgentMode(rotation, wanted.mode);
  const { credentials: all } = s.inspection;
  const leaked = all.filter(({ id }) => compromised.includes(id));
  const start = wholeSecond(s.now);
  if (rotation?.phase === 'generate' || rotation?.phase === 'publish') {
    const onlyLive = leaked.every(({ id }) => id === live.id);
    const { regeneratedAgain: _, tookOver: __, ...going } = { ...rotation, cause: 'emergency', mode } as const;
    return {
      rotation: { ...going, toRevoke: mergeToRevoke(all, rotation.toRevoke, leaked) },
      regenerateAnew: !onlyLive,
    };
  }
  if (compromised.includes(live.id) || isNextLeaked(s.inspection, compromised)) {
    const toRevoke = (all.length > maxToRevoke ? leaked : all).map(({ fingerprint }) => fingerprint);
    const anew: Rotation = { phase: 'generate', cause: 'emergency', start, mode, toRevoke, ...inheritedFrom(rotation) };
    return { rotation: anew, regenerateAnew: true };
  }
  const { tookOver: _, ...going } = rotation ?? { ...newRevocation, start };
  return {
    rotation: {
      ...going,
      cause: 'emergency',
      mode,
      toRevoke: mergeToRevoke(all, stillToEnd(s.inspection, going.toRevoke), leaked),
    },
    regenerateAnew: true,
  };
}

const newRevocation: Pick<Rotation, 'phase' | 'toRevoke' | 'tookOver'> = { phase: 'revoke', toRevoke: [] };

/** Without a standby only what the look shows is to end: a leak of one version is no reason to end another. */
function stillToEnd(
  { credentials: all, standby }: Inspection,
  toRevoke: readonly Fingerprint[],
): readonly Fingerprint[] {
  return standby ? toRevoke : toRevoke.filter((each) => all.some(({ fingerprint }) => fingerprint === each));
}

/** It would be published next, where nothing stands by: another one is made, as for the live one. */
function isNextLeaked({ next, standby }: Inspection, compromised: readonly CredentialId[]): boolean {
  return next !== undefined && !standby && compromised.includes(next.id);
}

/** What a rotation that begins instead of another one takes over from it. */
export function inheritedFrom(before: Rotation | undefined): Pick<Rotation, 'oldVersion' | 'deadline'> {
  return { oldVersion: before?.oldVersion, deadline: before?.deadline };
}

/** A tag has 256 characters. */
const maxToRevoke = 3;

/** Those that still exist first. */
export function mergeToRevoke(
  all: readonly CredentialRef[],
  toRevoke: readonly Fingerprint[],
  more: readonly Pick<CredentialRef, 'fingerprint'>[],
): readonly Fingerprint[] {
  const union = [...new Set([...more.map(({ fingerprint }) => fingerprint), ...toRevoke])];
  const there = new Set(all.map(({ fingerprint }) => fingerprint));
  return union.toSorted((a, b) => Number(there.has(b)) - Number(there.has(a))).slice(0, maxToRevoke);
}

/** Who calls has not waited for the grace of adoption; what else guards outlives the emergency. */
function remainingGuard({ guard }: State): Guard | undefined {
  return guard?.reason === 'adoption-grace' ? undefined : guard;
}
