import { announcement } from '../announcements/announcement.ts';
import { reportFailure } from '../announcements/reportFailure.ts';
import { announcementsFor } from '../announcements/transitions.ts';
import { requestTimeoutMs } from '../azure/clients.ts';
import { needsConsumers, needsUrgentRefresh } from '../decide/consumers.ts';
import type { Decision, Situation } from '../decide/decision.ts';
import { isLiveDead } from '../decide/drift.ts';
import { reportsChange } from '../decide/eventRelevance.ts';
import { formerEndsAt, hasTakenEffect, inFlightReason, withoutWait } from '../decide/rotation.ts';
import { decide } from '../decide/rules.ts';
import { isSelected } from '../decide/sweepSelection.ts';
import type { Check } from '../model/check.ts';
import { earliest, later, minute, second } from '../model/clock.ts';
import { OperationError, undefinedIf } from '../model/operationError.ts';
import { adviceFor, hasClass, type Reason } from '../model/reason.ts';
import type { Fingerprint, Sealed } from '../model/sealed.ts';
import type { Claim, Consumers, Credential, Inspection, Snapshot } from '../model/snapshot.ts';
import { maxAccepted, phases, type Phase, type Rotation, type State, type VisitRequest } from '../model/state.ts';
import { secretUrl, type CredentialId } from '../model/target.ts';
import {
  advance,
  failedState,
  heldState,
  keepDown,
  publishedState,
  isNewlyStuck,
  waitingState,
} from '../phases/advance.ts';
import type { ChangeRequest, InRotation, Outcome } from '../phases/phase.ts';
import { steps } from '../phases/phases.ts';
import type { Provider, ProviderInput, SendOwn } from '../providers/provider.ts';
import { ensureTimeLeft, type Lease } from '../stores/lease.ts';
import { stateFrom } from '../tags/stateTags.ts';
import { writeTags } from '../tags/tags.ts';
import type { Services } from './services.ts';

/** `dead`: the resource does not list it. `unknown`: no inspection has read both the secret and the resource. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** What the loop does after an act: decide again, or end the visit. */
export type Next = 'again' | 'stop';

export interface VisitStart {
  readonly services: Services;
  readonly provider: Provider;
  readonly lease: Lease;
  /** Nothing is begun after it. */
  readonly deadline: Date;
  readonly request: VisitRequest;
  readonly snapshot: Snapshot;
  /** Called as soon as the emergency that was requested is accepted. */
  readonly onAccepted: () => void;
}

/**
 * One visit to one target, under the lease of its resource. It owns everything that changes during the visit, and
 * nothing else changes it: the loop reads decisions and calls these verbs.
 *
 * `snapshot.state` runs ahead of the tags. It becomes durable in two places only: `save` (one PATCH) and `publish` (one
 * PUT, with the new value). Both read the secret again if the last read is old, and both check that enough of the lease
 * is left, because a tag write replaces every tag and has no condition (R5, lease time left; R6, fresh read before
 * write). An announcement goes out before the write that leaves what it is about.
 */
export class Visit {
  readonly #services: Services;
  readonly #provider: Provider;
  readonly #lease: Lease;
  readonly #deadline: Date;
  readonly #onAccepted: () => void;
  #request: VisitRequest;
  /** The visit is for an event that reports a change, or checks for one. */
  readonly #mayFollowChange: boolean;
  #snapshot: Snapshot;
  /** Start of the rotation that answers the emergency which was requested. */
  #emergencyStart: Date | undefined;
  /** The claim is written once the emergency is accepted: a crash before that leaves the claim as it was. */
  #owesClaim = false;
  /** What the last inspection showed of the live credential. */
  #liveness: Liveness = 'unknown';
  /** Whether consumers were listed for the current version, with or without an answer. */
  #askedConsumers = false;

  constructor({ services, provider, lease, deadline, request, snapshot, onAccepted }: VisitStart) {
    this.#services = services;
    this.#provider = provider;
    this.#lease = lease;
    this.#deadline = deadline;
    this.#onAccepted = onAccepted;
    this.#request = request;
    this.#mayFollowChange = request.checkLive === true || reportsChange(request);
    this.#snapshot = snapshot;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get request(): VisitRequest {
    return this.#request;
  }

  /** Until when an immediate emergency that is about to generate leaves the former credential to its consumers. */
  get formerUntil(): Date | undefined {
    const { inspection, state } = this.#snapshot;
    const { rotation } = state;
    const isWaiting = rotation?.phase === 'generate' && rotation.mode === 'immediate' && !inspection.next;
    return isWaiting ? formerEndsAt(this.#situation(), rotation) : undefined;
  }

  get liveness(): Liveness {
    return this.#liveness;
  }

  get emergencyStart(): Date | undefined {
    return this.#emergencyStart;
  }

  /** Decides what to do next, and logs it. Lists the consumers first where the decision depends on them. */
  async decide(): Promise<Decision> {
    if (!this.#askedConsumers && needsConsumers(this.#situation())) await this.#inspectConsumers();
    const decision = decide(this.#situation());
    this.#services.logDecision(this.#snapshot, decision);
    return decision;
  }

  /** Reads the resource. */
  async inspect(): Promise<void> {
    this.#keepInspection(await this.#provider.inspect(this.#providerInput()));
    await this.#endSeenInFlight();
  }

  /** Asks the service whether it accepts a credential: by default the one in the secret. */
  prove(candidate: Credential = this.#snapshot.inspection.secretCredential, control?: Credential): Promise<Check> {
    return this.#provider.prove(this.#providerInput(), candidate, control);
  }

  /** Whether a sweep would visit the target now. */
  hasMoreToDo(): boolean {
    const { target, state, secret } = this.#snapshot;
    const { clock, settings, jitter } = this.#services;
    const listed = { target, state, createdOn: secret.createdOn, expiresOn: secret.expiresOn };
    const isDue = (phase: Phase) => isSelected(phase, listed, clock.now(), settings.frozenPhases, jitter(target));
    return phases.some(isDue);
  }

  /** Remembers for this visit that the service refused the live key. */
  noteLiveRefused(liveRefused: NonNullable<VisitRequest['liveRefused']>): void {
    this.#request = { ...this.#request, liveRefused };
  }

  /** Takes over a state. What its binding remembers is no new credential. */
  setState(state: State): Next {
    const { inspection, binding } = this.#snapshot;
    this.#update({
      state,
      inspection: withoutRemembered(inspection, state),
      binding: state.stateBinding ? 'bound' : binding,
    });
    return 'again';
  }

  /**
   * Adopts the secret as a target: state, then claim. An emergency writes both with its own state instead, because an
   * adoption that was written first and lands late would undo the emergency.
   */
  async adopt(state: State): Promise<Next> {
    this.setState(state);
    const taggedId = this.#snapshot.taggedId ?? this.#snapshot.inspection.live?.id; // without a tag the value decides
    if (taggedId !== undefined) this.#update({ taggedId });
    if (!this.#request.emergency) {
      await this.save();
      await this.#claim();
      return 'again';
    }
    await this.#announceChanges(this.#snapshot);
    this.#owesClaim = true;
    this.#update({ claim: this.#nextClaim() });
    return 'again';
  }

  /** Accepts an emergency by writing it to the tags. If that fails, nothing of it remains (R20, emergency accepted). */
  async startEmergency(state: State, start: Date): Promise<Next> {
    const before = this.#snapshot;
    try {
      this.setState(state);
      await this.save();
    } catch (error) {
      this.#snapshot = before;
      throw error;
    }
    this.#emergencyStart = start;
    this.#onAccepted();
    this.#request = { cause: this.#request.cause };
    await this.#claimEmergency(start, before.state.rotation?.start);
    return 'again';
  }

  /** Writes when the emergency began. One that was hurried takes the place of its former start. */
  async #claimEmergency(start: Date, former: Date | undefined): Promise<void> {
    if (this.#owesClaim) this.#update({ claim: this.#nextClaim() });
    const { claim } = this.#snapshot;
    if (!claim || claim === 'of-another') return;
    const known = claim.emergencies ?? [];
    if (!this.#owesClaim && known.some((each) => each.getTime() === start.getTime())) return;
    const others = known.filter((each) => ![start.getTime(), former?.getTime()].includes(each.getTime()));
    await this.#saveClaim({ ...claim, emergencies: [start, ...others].slice(0, 3) });
  }

  /**
   * Lets the tag `CredentialId` name the credential that the value holds.
   *
   * The claim keeps the quiet period too, and is written first: an earlier tag write of ours that arrives late would
   * put the old tags back, and nothing else would know that a tag was corrected (R12, value not of resource).
   */
  async fixTag(taggedId: CredentialId, state: State): Promise<Next> {
    this.setState(state);
    this.#update({ taggedId });
    const { claim } = this.#snapshot;
    if (claim && claim !== 'of-another' && state.guard?.reason === 'tag-corrected') {
      await this.#saveClaim({ ...claim, correctedUntil: state.guard.until });
    }
    await this.save();
    return 'again';
  }

  /**
   * Publishes once more what we published last, with the state that was bound to it, if the resource still lists that
   * credential: then nothing has to be regenerated. Else another one is published, as for any dead value (R17, live
   * credential replaced; R41, ended credentials remembered).
   */
  async republish(repair: State): Promise<Next> {
    const { claim, inspection } = this.#snapshot;
    if (!claim || claim === 'of-another') return 'stop';
    const { fingerprint } = inspection.secretCredential;
    const replaced = [fingerprint, ...(claim.replaced ?? [])].slice(0, maxRemembered);
    const last = await this.#lastPublished(claim);
    if (!last) {
      this.setState(repair);
      await this.save(); // a repair that does not stand in the tags is none, and counts for none
      await this.#saveClaim({ ...claim, replaced });
      return 'again';
    }
    await this.#readAgain();
    const now = await this.#setSecret(last.value, last.state, last.id);
    this.#services.note('repairing', { secret: secretUrl(this.#snapshot.target.secret), ended: fingerprint });
    this.#update({ binding: 'bound' });
    await this.#saveClaim({ ...this.#nextClaim(undefined, now), replaced });
    await this.inspect();
    return 'again';
  }

  /**
   * Returns the value that we published last, and its state, if the resource still lists its credential. A vault that
   * does not answer shows nothing.
   */
  async #lastPublished({ version }: Claim): Promise<{ value: Sealed; state: State; id: CredentialId } | undefined> {
    const { target, inspection } = this.#snapshot;
    const read = undefinedIf('secret-missing', this.#services.vault.read(target.secret, version));
    const secret = await undefinedIf('secret-disabled', read);
    const state = secret && stateFrom(secret.tags);
    if (!secret || typeof state !== 'object') return undefined;
    const { fingerprint, id } = this.#provider.secretCredential({ ...this.#providerInput(), secret });
    const isListed = inspection.credentials.some((each) => each.fingerprint === fingerprint);
    return isListed ? { value: secret.value, state, id } : undefined;
  }

  /** Runs one step of a phase, and advances the state by its outcome. */
  async run(phase: Phase): Promise<Next> {
    const { rotation } = this.#snapshot.state;
    if (!rotation || this.#services.clock.now() >= this.#deadline) return 'stop';
    const snapshot: InRotation = { ...this.#snapshot, rotation: { ...rotation, phase } };
    const { proofPatienceMs } = this.#services.settings;
    const answer = await steps[phase]({ provider: this.#provider, proofPatienceMs }, snapshot, this.#providerInput());
    const outcome = answer.is === 'request' ? await this.#send(answer) : answer;
    return outcome.is === 'publish'
      ? this.#publish(snapshot.rotation, outcome.value)
      : this.#takeOutcome(snapshot.rotation, outcome);
  }

  /** Waits: within the visit where that is short, else in the tags. */
  async wait(wait: Decision & { do: 'wait' }): Promise<Next> {
    const { state, inspection } = this.#snapshot;
    const next = waitingState(state, this.#services.clock.now(), wait);
    this.setState(inspection.readiness.is === 'valid' ? next : keepDown(state, next));
    return this.#waitBriefly(wait.reason, wait.until);
  }

  hold(hold: Decision & { do: 'hold' }): Next {
    this.setState(heldState(this.#snapshot.state, hold));
    return 'stop';
  }

  leave({ reason }: Decision & { do: 'leave' }): Next {
    if (reason === 'not-due') this.setState(withoutWait(this.#snapshot.state));
    return 'stop';
  }

  /**
   * Claims our own version. We write the secret, then the claim. If we crashed in between, the claim is one version
   * behind. In `verify` only we can have written the current version, so this claims it (R10, tags lost; R19, own and
   * foreign versions).
   */
  async claimOwnVersion(): Promise<void> {
    const { claim, secret, state, binding } = this.#snapshot;
    if (!claim || claim === 'of-another' || claim.version === secret.version) return;
    if (binding === 'bound' && state.rotation?.phase === 'verify') await this.#claim(claim.missingSince);
  }

  /** Keeps a failure in the state, for as long as it must be waited for. */
  noteFailure(error: OperationError): void {
    const { clock, settings } = this.#services;
    this.#update({ state: failedState(this.#snapshot.state, error, clock.now(), settings.failuresUntilHeld) });
  }

  /** Writes where the target stands at the end of a visit. */
  async end(): Promise<void> {
    const { state, inspection } = this.#snapshot;
    const { wait } = state;
    const isStuck = wait && isUnexpected(wait.reason, inspection) && isNewlyStuck(wait, this.#services.clock.now());
    const isSuspect = this.#isLiveSuspect() || undefined;
    this.#update({ state: { ...state, isSuspect, ...(isStuck && { wait: { ...wait, announcedStuck: true } }) } });
    try {
      await this.save();
    } catch (error) {
      // An emergency that is in the tags is accepted, even if its progress cannot be written (R20, emergency accepted).
      if (!(error instanceof OperationError) || !this.#emergencyStart) throw error;
    }
  }

  /**
   * Whether the live credential may be dead when the visit ends.
   *
   * It is dead if the resource does not list it. It may be dead if the inspection failed after an event that reports a
   * change, or in a check for one: then the state keeps the suspicion, and every sweep inspects the target until one of
   * them has read both the value and the resource (R48, look before acknowledging). A secret that was not claimed, or
   * whose value the state does not know, may hold a value that was never alive.
   */
  #isLiveSuspect(): boolean {
    const { claim, binding, state } = this.#snapshot;
    if (!claim || claim === 'of-another') return false;
    if (this.#liveness === 'unknown') return state.isSuspect === true || this.#mayFollowChange;
    return this.#liveness === 'dead' && binding === 'bound';
  }

  /** Writes the state by one PATCH, unless the tags have it already. */
  async save(): Promise<void> {
    await this.#readAgain();
    const { target, secret, state, taggedId } = this.#snapshot;
    const tags = writeTags(secret.tags, state, taggedId);
    if (!areEqual(tags, secret.tags)) {
      await this.#announceChanges(this.#snapshot);
      await this.#lease.ensureTimeLeft();
      await this.#services.vault.tag(target.secret, secret.version, tags);
    }
    this.#update({ savedState: state, secret: { ...secret, tags } });
  }

  /** Decides and announces what rotating would do, and changes nothing. */
  async observe(): Promise<Decision> {
    await this.inspect();
    const decision = decide(this.#situation());
    this.#services.logDecision(this.#snapshot, decision);
    await this.#announceChanges({ ...this.#snapshot, state: this.#stateAfter(decision) });
    return decision;
  }

  #stateAfter(decision: Decision): State {
    const { state } = this.#snapshot;
    if ('state' in decision) return decision.state;
    if (decision.do === 'wait') return waitingState(state, this.#services.clock.now(), decision);
    return decision.do === 'hold' ? heldState(state, decision) : state;
  }

  /**
   * Sends a request that changes a credential, after recording it.
   *
   * The state goes to the tags first, so that what will be replaced is on record. Then the intent goes to the lease
   * blob: until its time is over, an inspection that shows no change allows no second request, since this one may still
   * land (promise 5, state with value; R4, request in flight).
   */
  async #send(change: ChangeRequest): Promise<Outcome> {
    if (change.disableFirst) await this.#disable(change.disableFirst);
    await this.save();
    if (!change.sharedLease) return this.#sendRecorded(change);
    const { leases, clock } = this.#services;
    const shared = await leases.acquire(change.sharedLease);
    if (!shared) return { is: 'pending', reason: 'busy', until: later(clock.now(), sharedLeaseRetryMs) };
    try {
      const { requestInFlight } = shared;
      if (requestInFlight && requestInFlight.until > clock.now()) {
        return { is: 'pending', reason: inFlightReason(requestInFlight), until: requestInFlight.until };
      }
      await shared.recordIntent({ until: this.#requestEndsAt(), kind: this.#snapshot.target.kind });
      return await this.#sendRecorded(change, shared);
    } finally {
      await shared.release();
    }
  }

  /**
   * Records the request as in flight and sends it.
   *
   * A step may send requests beside the one that changes the credential, and the visit sends more after it. None of
   * their answers says what became of that one, and neither does its own success: a resource may list the old
   * credential for a while. So it counts as in flight until one of two things happens: this very request is refused,
   * here; or an inspection shows its effect, in `inspect` (R32, only its own answer). If that cannot be written, it
   * counts until its time is over, which is safe.
   */
  async #sendRecorded(change: ChangeRequest, shared?: Lease): Promise<Outcome> {
    const { kind } = this.#snapshot.target;
    const before = this.#lease.requestInFlight;
    const isOfAnother = before?.kind !== undefined && before.kind !== kind; // the blob has room for one
    if (isOfAnother && before.until > this.#services.clock.now()) {
      return { is: 'pending', reason: 'request-in-flight', until: before.until };
    }
    await this.#rememberEnded(change.replaces);
    await this.#lease.recordIntent({ until: this.#requestEndsAt(), replaces: change.replaces, kind });
    const held = shared ? [this.#lease, shared] : [this.#lease];
    const own = ownRequest(() => this.#readyToSend(held));
    try {
      const outcome = await change.send(own.send);
      if (own.answer === 'accepted') this.#noteAccepted(change, outcome);
      return outcome;
    } finally {
      for (const lease of own.answer === 'refused' ? held : []) await undefinedIf('any failure', lease.clearInFlight());
    }
  }

  /** Writes into the claim what is about to end (R41, ended credentials remembered). */
  async #rememberEnded(fingerprint: Fingerprint | undefined): Promise<void> {
    const { claim } = this.#snapshot;
    if (!fingerprint || !claim || claim === 'of-another' || claim.ended?.includes(fingerprint)) return;
    await this.#saveClaim({ ...claim, ended: [fingerprint, ...(claim.ended ?? [])].slice(0, maxRemembered) });
  }

  /**
   * Called right before the request that changes the credential. A step may read for minutes before it sends that one.
   * Then the time that was recorded for the request is running out, or one of the leases, and another worker would take
   * the request for one that ended. So it is recorded anew, and leaves within its own time limit after that (R4,
   * request in flight; R31, time limit covers all).
   */
  async #readyToSend(held: readonly Lease[]): Promise<void> {
    const landsBy = later(this.#services.clock.now(), requestTimeoutMs + minute);
    for (const lease of held) {
      const { requestInFlight } = lease;
      if (requestInFlight && requestInFlight.until < landsBy) {
        await lease.recordIntent({ ...requestInFlight, until: this.#requestEndsAt() });
      }
    }
    await ensureTimeLeft(held);
  }

  /** Counts a request that was accepted, until an inspection shows its effect (R32, only its own answer). */
  #noteAccepted({ isDone }: ChangeRequest, outcome: Outcome): void {
    const { state } = this.#snapshot;
    const { rotation } = state;
    const isSeen = outcome.is === 'publish' || ('inspection' in outcome && isDone(outcome.inspection));
    if (!rotation || isSeen) return;
    const accepted = Math.min(maxAccepted, (rotation.accepted ?? 0) + 1);
    this.#update({ state: { ...state, rotation: { ...rotation, accepted } } });
  }

  #requestEndsAt(): Date {
    return later(this.#services.clock.now(), this.#provider.requestLifetimeMs);
  }

  async #takeOutcome(rotation: Rotation, outcome: Exclude<Outcome, { is: 'publish' }>): Promise<Next> {
    await this.#noteOutcome(outcome);
    this.setState(advance(this.#situation(), rotation, outcome));
    if (outcome.is === 'retryGenerate') await this.inspect(); // a key that appeared meanwhile is proved, not replaced
    if (outcome.is === 'pending') return this.#waitBriefly(outcome.reason, outcome.until);
    const isOver = outcome.is === 'done' && rotation.phase === 'revoke';
    return isOver || outcome.is === 'invalid' || outcome.is === 'unknown' ? 'stop' : 'again';
  }

  async #noteOutcome(outcome: Outcome): Promise<void> {
    if (outcome.is === 'done' || outcome.is === 'inspected') this.#keepInspection(outcome.inspection);
    if (outcome.is === 'done' && outcome.evidence) this.#update({ evidence: outcome.evidence });
    if (outcome.is === 'done' && outcome.disable) await this.#disable(outcome.disable);
    if (outcome.is === 'pending') this.#update({ waitingFor: outcome });
    if (outcome.is !== 'proved') return;
    this.#update({ proved: { fingerprint: outcome.next.fingerprint, unproved: outcome.unproved } });
  }

  /** Writes the value and its state by one PUT, then the claim (promise 5, state with value). */
  async #publish(rotation: Rotation, value: Sealed): Promise<Next> {
    await this.#readAgain();
    const before = this.#situation();
    const { inspection, proved } = before;
    const state = publishedState(before, rotation, value);
    const taggedId = inspection.next?.id;
    await this.#announceChanges({ ...this.#snapshot, state });
    if (proved?.unproved) await this.#announceUnproved(state);
    const now = await this.#setSecret(value, state, taggedId);
    this.#forgetConsumers();
    const { liveRefused: _, ...request } = this.#request; // the service refused the value before this one
    this.#request = request;
    this.#liveness = 'unknown'; // until the resource shows it
    await this.#claim(undefined, inspection.live ? undefined : now);
    await this.inspect();
    return 'again';
  }

  /** Writes a new version: the value and its state by one PUT (promise 5, state with value). Returns when. */
  async #setSecret(value: Sealed, state: State, taggedId: CredentialId | undefined): Promise<Date> {
    const { vault, clock } = this.#services;
    const { target, secret } = this.#snapshot;
    await this.#lease.ensureTimeLeft();
    const now = clock.now();
    const written = await vault.set(target.secret, {
      value,
      tags: writeTags(secret.tags, state, taggedId),
      ...expiryFor(this.#snapshot, now),
      ...(secret.contentType && { contentType: secret.contentType }),
    });
    this.#update({ secret: written, state, savedState: state, readAt: now, ...(taggedId && { taggedId }) });
    return now;
  }

  async #announceUnproved(state: State): Promise<void> {
    const { target, secret } = this.#snapshot;
    const words = { reason: 'unproved', advice: adviceFor('unproved') } as const;
    await this.#services.announce(announcement('Keyturn.Rotation.Unproved', target, state, secret.version, words));
  }

  async #announceChanges(snapshot: Snapshot): Promise<void> {
    const { caller } = this.#request.emergency ?? this.#request.notice ?? {};
    for (const change of announcementsFor(snapshot)) {
      const isStart = change.type === 'Keyturn.Rotation.Started';
      await this.#services.announce(caller && isStart ? { ...change, data: { ...change.data, caller } } : change);
    }
  }

  async #disable(version: string): Promise<void> {
    await this.#readAgain();
    await this.#lease.ensureTimeLeft();
    await this.#services.vault.disable(this.#snapshot.target.secret, version);
  }

  /** Writes that this secret is the target, and which version is the last that we wrote. */
  async #claim(missingSince?: Date, repairedAt?: Date): Promise<void> {
    await this.#saveClaim(this.#nextClaim(missingSince, repairedAt));
  }

  async #saveClaim(claim: Claim): Promise<void> {
    await this.#services.claims.save(claim, this.#lease);
    this.#update({ claim });
  }

  #nextClaim(missingSince?: Date, repairedAt?: Date): Claim {
    const { target, secret, claim } = this.#snapshot;
    const before = claim === 'of-another' ? undefined : claim;
    const { kind, resource } = target;
    return {
      ...{ secret: target.secret, kind, resource },
      ...{ version: secret.version, createdOn: secret.createdOn },
      qualifier: this.#provider.qualifier?.(secret.value),
      sourceObject: this.#provider.sourceObject?.(secret.value),
      host: this.#providerInput().host,
      missingSince,
      repairedAt: repairedAt ?? before?.repairedAt,
      correctedUntil: before?.correctedUntil,
      emergencies: before?.emergencies,
      ended: before?.ended,
      replaced: before?.replaced,
    };
  }

  /**
   * Refreshes consumers that are behind, and learns which are. Consumers that do not answer must not use up the lease,
   * and what cannot be listed delays only a target that asked to wait for its consumers.
   */
  async #inspectConsumers(): Promise<void> {
    // CredentialPublished goes out with the save, so that it comes before the refreshes that it explains.
    if (this.#snapshot.savedState.rotation?.phase === 'verify') await this.save();
    const { clock, consumers } = this.#services;
    const { target, secret } = this.#snapshot;
    this.#askedConsumers = true;
    try {
      const version = { secret: target.secret, version: secret.version, since: secret.createdOn };
      const pace = needsUrgentRefresh(this.#snapshot) ? 'at-once' : 'inspect-only';
      const until = earliest(this.#deadline, later(clock.now(), consumersMs));
      const found = await consumers.refreshBehind([version], until, pace);
      const none: Consumers = { known: 0, behind: [], withoutReference: [] };
      this.#update({ consumers: found.get(secretUrl(target.secret)) ?? none });
    } catch (error) {
      reportFailure(this.#services, error, { consumers: 'cannot be listed' });
    }
    await this.#lease.ensureTimeLeft();
  }

  #forgetConsumers(): void {
    const { consumers: _, ...snapshot } = this.#snapshot;
    this.#snapshot = snapshot;
    this.#askedConsumers = false;
  }

  /**
   * Keeps what the resource showed. The host is not read each time. Where the resource names this secret, the claim of
   * another one is void: it was first, or has gone, and has no right to the resource (R25, named by the resource).
   */
  #keepInspection(inspection: Inspection): void {
    const host = inspection.host ?? this.#snapshot.inspection.host;
    if (inspection.isNamed && this.#snapshot.claim === 'of-another') {
      this.#update({ claim: undefined, isClaimReleased: true });
    }
    if (inspection.readiness.is === 'valid') this.#liveness = isLiveDead(inspection) ? 'dead' : 'alive';
    this.#update({ inspection: { ...inspection, ...(host && { host }) } });
  }

  /** Ends a request in flight whose effect the inspection shows (R4, request in flight; R32, only its own answer). */
  async #endSeenInFlight(): Promise<void> {
    const { target, inspection, state } = this.#snapshot;
    const { requestInFlight } = this.#lease;
    if (!requestInFlight || !hasTakenEffect(requestInFlight, target, inspection)) return;
    if (this.#services.settings.mode !== 'rotate') return;
    await this.#lease.clearInFlight();
    if (state.rotation?.accepted) {
      this.#update({ state: { ...state, rotation: { ...state.rotation, accepted: undefined } } });
    }
  }

  /**
   * Sleeps until `until` where the wait is a short one and the visit has the time; longer waits are left to the sweep.
   * This is the only sleep of the app.
   */
  async #waitBriefly(reason: Reason, until: Date): Promise<Next> {
    if (!hasClass(reason, 'brief') || until > this.#deadline) return 'stop';
    const { clock } = this.#services;
    for (let leftMs = 1; leftMs > 0; leftMs = until.getTime() - clock.now().getTime()) {
      await clock.sleep(Math.max(1, Math.min(20 * second, until.getTime() - clock.now().getTime())));
      await this.#lease.ensureTimeLeft();
    }
    if (reason === 'key-not-yet-accepted') return 'again';
    this.#forgetConsumers();
    this.#update({ readAt: longAgo }); // a person may have acted meanwhile (R6, fresh read before write)
    await this.inspect();
    return 'again';
  }

  /**
   * Reads the secret again before a write if the last read is a minute old. If anybody wrote since, the visit ends: a
   * write would replace their tags (R6, fresh read before write).
   */
  async #readAgain(): Promise<void> {
    const now = this.#services.clock.now();
    const { target, secret, readAt } = this.#snapshot;
    if (later(readAt, minute) > now) return;
    const current = await this.#services.vault.read(target.secret);
    if (current.version !== secret.version || !areEqual(current.tags, secret.tags)) {
      throw new OperationError('changed-meanwhile');
    }
    this.#update({ secret: current, readAt: now });
  }

  #situation(): Situation {
    const { clock, settings, installation, jitter } = this.#services;
    const { requestInFlight } = this.#lease;
    return {
      ...this.#snapshot,
      ...(requestInFlight && { requestInFlight }),
      request: this.#request,
      now: clock.now(),
      settings,
      installation,
      jitter: jitter(this.#snapshot.target),
    };
  }

  #providerInput(): ProviderInput {
    const { target, secret, state, inspection, claim } = this.#snapshot;
    const host = inspection.host ?? (claim === 'of-another' ? undefined : claim?.host);
    const compromised = this.#request.emergency?.compromised;
    const now = this.#services.clock.now();
    const { requestedKey } = inspection;
    return { target, secret, state, now, requestedKey, ...(host && { host }), ...(compromised && { compromised }) };
  }

  #update(changes: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
  }
}

/** So many ended credentials the claim remembers. */
const maxRemembered = 8;
const consumersMs = 20 * second;
const sharedLeaseRetryMs = 30 * second;
const longAgo = new Date(0);

/** A provider's own request, and the answer to it. Absent = none yet, or one that does not say what became of it. */
interface OwnRequest {
  answer?: 'accepted' | 'refused';
  readonly send: SendOwn;
}

function ownRequest(ready: () => Promise<void>): OwnRequest {
  const own: OwnRequest = {
    send: async (request) => {
      await ready();
      try {
        const value = await request();
        own.answer = 'accepted';
        return value;
      } catch (error) {
        if (error instanceof OperationError && error.detail.answered) own.answer = 'refused';
        throw error;
      }
    },
  };
  return own;
}

/**
 * A credential that the state's binding remembers was not made since: a leaked or refused standby is not the next one
 * (R15, proof refused; R18, changed standby).
 */
function withoutRemembered(inspection: Inspection, { stateBinding }: State): Inspection {
  const { next, ...rest } = inspection;
  const isRemembered =
    next && inspection.live && stateBinding?.credentials.some(({ fingerprint }) => fingerprint === next.fingerprint);
  return isRemembered ? rest : inspection;
}

/** Some waits last by design: they never make a target stuck. */
function isUnexpected(reason: Reason, { nothingToRotate }: Inspection): boolean {
  return reason !== 'overlap' && reason !== 'outside-window' && reason !== nothingToRotate?.reason;
}

/** A new version gets an expiry only where its owner thinks in expiries (design: Due). */
function expiryFor({ secret, target }: Snapshot, now: Date): { expiresOn?: Date } {
  const isWanted = secret.expiresOn !== undefined || (secret.tags['ValidityPeriodDays']?.trim() ?? '') !== '';
  return isWanted ? { expiresOn: later(now, target.options.validityMs) } : {};
}

function areEqual(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
