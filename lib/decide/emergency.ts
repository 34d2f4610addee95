import { later, minute, wholeSecond } from '../model/clock.ts';
import type { Fingerprint } from '../model/sealed.ts';
import {
  isBeforePublish,
  type EmergencyRequest,
  type CredentialRef,
  type Mode,
  type Rotation,
  type State,
} from '../model/state.ts';
import type { CredentialId } from '../model/target.ts';
import type { Decision, Situation } from './decision.ts';
import { stateBindingOf, historyOf, withoutWait } from './rotation.ts';

/**
 * An emergency becomes part of the state, and overrides waits, pauses and held states (R22, emergency overrides waits).
 *
 * It is accepted once it stands in the tags, so this answer is the only one that leads to a 202. The same request joins
 * the emergency that it started. A request that could end in nothing is refused: a credential that does not exist
 * cannot be revoked, and a resource that can make no credential cannot replace one (R20, emergency accepted).
 */
export function startEmergency(s: Situation): Decision | undefined {
  const request = s.request.emergency;
  const { live, credentials, nothingToRotate } = s.inspection;
  if (!request || !live) return undefined;
  const repeated = repeatedRequest(s.state, request);
  if (repeated) return { do: 'startEmergency', reason: 'going-on', ...repeated };
  if (nothingToRotate?.firm) return { do: 'leave', reason: nothingToRotate.reason };
  const { compromised = [] } = request;
  const areKnown = compromised.every((id) => credentials.some((known) => known.id === id));
  if (!areKnown) return { do: 'leave', reason: 'compromised-unknown' };
  const joined = joinedRotation(s, live, request);
  if (joined) return { do: 'startEmergency', reason: 'going-on', ...joined };
  const refused = refusedSoSoon(s, request);
  if (refused) return refused;
  return { do: 'startEmergency', reason: 'begun', ...newEmergency(s, live, request) };
}

/** The state of an accepted emergency, and its start, which names it. */
type AcceptedEmergency = { readonly state: State; readonly start: Date };

function repeatedRequest(state: State, { request }: EmergencyRequest): AcceptedEmergency | undefined {
  const { rotation, lastRotation } = state;
  const start = rotation?.cause === 'emergency' ? rotation.start : rotation ? undefined : lastRotation;
  return request && state.lastRequest === request && start ? { state, start } : undefined;
}

/**
 * An emergency that is about the same credentials already is joined. A more urgent request only hurries it.
 *
 * A request that names no credential means the one that is live now. So once the answer to a leak is published, such a
 * request is about the new credential, and no equal of the first one (R29, emergencies join first).
 */
function joinedRotation(
  { state, now, inspection }: Situation,
  live: CredentialRef,
  { compromised = [live.id], mode, request }: EmergencyRequest,
): AcceptedEmergency | undefined {
  const { rotation, held } = state;
  if (rotation?.cause !== 'emergency' || held) return undefined;
  if (!areAnswered(inspection, rotation, compromised)) return undefined;
  const hurried = hurry(rotation, mode, now);
  const base = mode === 'immediate' ? withoutWait(state) : state;
  return { state: { ...base, rotation: hurried, lastRequest: request ?? state.lastRequest }, start: hurried.start };
}

/** Whether a rotation ends these credentials, and was asked to end no other one. */
function areAnswered(
  { credentials, standby }: Situation['inspection'],
  rotation: Rotation,
  compromised: readonly CredentialId[],
): boolean {
  const named = credentials.filter(({ id }) => compromised.includes(id));
  if (!named.every(({ fingerprint }) => rotation.toRevoke.includes(fingerprint))) return false;
  const namesFormer = standby !== undefined && compromised.includes(standby.id);
  return !isBeforePublish(rotation) || namesFormer === (rotation.endsFormer ?? false);
}

/** So many emergencies are accepted within one overlap. */
const maxEmergencies = 3;

/**
 * An emergency makes new keys, and every one ends what consumers moved to just now. So one that is no equal of the last
 * one names that one, as long as its overlap is not over; and after three in an overlap no other is accepted (R29,
 * emergencies join first).
 */
function refusedSoSoon(s: Situation, { after }: EmergencyRequest): Decision | undefined {
  const endOf = (start: Date) => later(start, s.target.options.overlapMs);
  const recent = lastStarts(s).filter((start) => endOf(start) > s.now);
  const [last] = recent;
  if (!last) return undefined;
  const oldest = recent[maxEmergencies - 1];
  if (oldest) return { do: 'leave', reason: 'too-many-emergencies', last, until: endOf(oldest) };
  const isKnown = s.state.held !== undefined || after?.getTime() === last.getTime(); // a request resumes a held one
  return isKnown ? undefined : { do: 'leave', reason: 'rotated-just-now', last, until: endOf(last) };
}

/** Returns the starts that the claim and the state know, the newest first. One from next year is none. */
function lastStarts({ state, claim, now }: Situation): readonly Date[] {
  const claimed = claim === 'of-another' ? [] : (claim?.emergencies ?? []);
  const current = state.rotation?.cause === 'emergency' ? [state.rotation.start] : [];
  const known = new Map([...current, ...claimed].map((each) => [each.getTime(), each]));
  return [...known.values()].filter((start) => start <= later(now, minute)).sort((a, b) => +b - +a);
}

/** The time that an immediate emergency leaves to consumers counts from its own start (R49, former credential kept). */
function hurry(rotation: Rotation, mode: Mode, now: Date): Rotation {
  const isHurried = mode === 'immediate' && rotation.mode !== 'immediate';
  return { ...rotation, start: isHurried ? wholeSecond(now) : rotation.start, mode: moreUrgentMode(rotation, mode) };
}

/** An immediate emergency stays immediate. */
function moreUrgentMode(rotation: Rotation | undefined, mode: Mode): Mode {
  const isImmediate = rotation?.cause === 'emergency' && rotation.mode === 'immediate';
  return isImmediate ? 'immediate' : mode;
}

/** A person who asks for an emergency does not wait for the grace of adoption. Any other quiet period outlives it. */
function newEmergency(s: Situation, live: CredentialRef, request: EmergencyRequest): AcceptedEmergency {
  const { rotation, recordsAnew } = planEmergency(s, live, request);
  const { stateBinding, guard, lastRequest } = s.state;
  const state = {
    ...historyOf(s.state),
    refusals: 0,
    stateBinding: recordsAnew ? stateBindingOf(s) : (stateBinding ?? stateBindingOf(s)),
    rotation,
    guard: guard?.reason === 'adoption-grace' ? undefined : guard,
    lastRequest: request.request ?? lastRequest,
  };
  return { state, start: rotation.start };
}

interface EmergencyPlan {
  readonly rotation: Rotation;
  /** Record all credentials as they are: only a key that changes afterwards counts as new (R18, changed standby). */
  readonly recordsAnew: boolean;
}

/**
 * An emergency in the middle of a rotation must neither forget what that rotation still has to revoke, nor publish a
 * key that leaked (R21, emergency during rotation).
 *
 * - Before publish, the rotation goes on with the leaked credentials on its list. If more than the live one leaked, the
 *   credentials are recorded anew, so that the standby is regenerated once more.
 * - If the live credential leaked, a rotation begins that replaces every credential. So it does if the next one leaked
 *   and there is no standby, because that one would be published. A next version that did not leak stays: a person may
 *   have the resource use it meanwhile.
 * - Otherwise only an old credential or the standby leaked: it is revoked, and nothing is published.
 */
function planEmergency(
  s: Situation,
  live: CredentialRef,
  { compromised = [live.id], ...request }: EmergencyRequest,
): EmergencyPlan {
  const { rotation: before } = s.state;
  const { credentials, next, standby } = s.inspection;
  const mode = moreUrgentMode(before, request.mode);
  const start = wholeSecond(s.now);
  const isLeaked = (credential?: CredentialRef) => credential !== undefined && compromised.includes(credential.id);
  const leaked = credentials.filter(isLeaked);
  const endsFormer = isLeaked(standby) || undefined;
  if (isBeforePublish(before)) return upgrade(s, before, { mode, leaked, endsFormer });
  if (isLeaked(live) || (!standby && isLeaked(next))) {
    const toRevoke = replacedByEmergency(s.inspection, leaked);
    const { oldVersion, deadline } = before ?? {};
    const begun = { phase: 'generate', cause: 'emergency', start, mode, toRevoke, oldVersion, deadline } as const;
    return { rotation: { ...begun, endsFormer }, recordsAnew: true };
  }
  const base: Pick<Rotation, 'phase' | 'start' | 'toRevoke'> = before ?? { phase: 'revoke', start, toRevoke: [] };
  const toRevoke = mergeToRevoke(credentials, listedAndExisting(s, base), leaked);
  const rotation = { ...base, cause: 'emergency', mode, toRevoke, tookOver: undefined, accepted: undefined } as const;
  return { rotation, recordsAnew: true };
}

function upgrade(
  { inspection: { credentials, live }, now }: Situation,
  before: Rotation,
  { mode, leaked, endsFormer }: Pick<Rotation, 'mode' | 'endsFormer'> & { readonly leaked: readonly CredentialRef[] },
): EmergencyPlan {
  const rotation: Rotation = {
    ...hurry(before, mode, now),
    cause: 'emergency',
    toRevoke: mergeToRevoke(credentials, before.toRevoke, leaked),
    regeneratedAgain: undefined,
    accepted: undefined,
    tookOver: undefined,
    endsFormer: endsFormer ?? before.endsFormer,
  };
  return { rotation, recordsAnew: leaked.some(({ id }) => id !== live?.id) };
}

/** Returns what an emergency in which the live credential leaked ends: all that were there, but no next version. */
function replacedByEmergency(
  { credentials, standby, next }: Situation['inspection'],
  leaked: readonly CredentialRef[],
): readonly Fingerprint[] {
  const ended = standby ? credentials : credentials.filter((each) => each.id !== next?.id || leaked.includes(each));
  return (ended.length > maxToRevoke ? leaked : ended).map(({ fingerprint }) => fingerprint);
}

/** Without a standby only what exists stays on the list: the leak of one version is no reason to end another. */
function listedAndExisting(
  { inspection: { credentials, standby } }: Situation,
  { toRevoke }: Pick<Rotation, 'toRevoke'>,
): readonly Fingerprint[] {
  return standby ? toRevoke : toRevoke.filter((each) => credentials.some(({ fingerprint }) => fingerprint === each));
}

/** The tag has 256 characters. */
const maxToRevoke = 3;

/** Merges two lists of fingerprints to revoke. Credentials that still exist come first, as the list is cut. */
export function mergeToRevoke(
  credentials: readonly CredentialRef[],
  toRevoke: readonly Fingerprint[],
  more: readonly Pick<CredentialRef, 'fingerprint'>[],
): readonly Fingerprint[] {
  const union = [...new Set([...more.map(({ fingerprint }) => fingerprint), ...toRevoke])];
  const existing = new Set(credentials.map(({ fingerprint }) => fingerprint));
  return union.toSorted((a, b) => Number(existing.has(b)) - Number(existing.has(a))).slice(0, maxToRevoke);
}
