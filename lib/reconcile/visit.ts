import type { Arm } from '../azure/arm.ts';
import type { ResourceGraph } from '../azure/resourceGraph.ts';
import { reportFailure } from '../announcements/reportFailure.ts';
import type { ConsumerRefresher } from '../consumers/refresher.ts';
import { needsUrgentRefresh } from '../decide/consumers.ts';
import type { Decision, Situation } from '../decide/decision.ts';
import { announcement, type Announcer } from '../announcements/announcement.ts';
import { announcementsFor } from '../announcements/transitions.ts';
import type { Topic } from '../announcements/topic.ts';
import { earliest, later, minute, second, type Clock } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import { adviceFor, type Reason } from '../model/reason.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Settings } from '../model/settings.ts';
import type { Claim, Inspection, Snapshot } from '../model/snapshot.ts';
import type { VisitRequest, Rotation, State } from '../model/state.ts';
import { secretUrl } from '../model/target.ts';
import { publishedState } from '../phases/advance.ts';
import type { Provider, ProviderInput } from '../providers/provider.ts';
import type { Providers } from '../providers/registry.ts';
import type { Claims } from '../stores/claims.ts';
import type { Lease, Leases } from '../stores/lease.ts';
import { writeTags } from '../tags/tags.ts';
import type { Vault } from '../stores/vault.ts';

/** Everything the heart is given. */
export interface Services {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly leases: Leases;
  readonly claims: Claims;
  readonly providers: Providers;
  /** For what no provider reads. */
  readonly arm: Arm;
  readonly graph: ResourceGraph;
  readonly consumers: ConsumerRefresher;
  readonly announcer: Announcer;
  readonly topic?: Topic;
  /** Client id of this app's identity. */
  readonly clientId?: string;
  /** 0 to 1, the same for a target every time. */
  jitter(target: Snapshot['target']): number;
  /** For whoever reads along: each decision of each visit. */
  log(snapshot: Snapshot, decision: Decision): void;
  /** For whoever reads along: what concerns no single target. */
  note(reason: Reason, detail: Readonly<Record<string, string>>): void;
}

/** One visit to one target under its lease: what the hands below work on. */
export interface Visit {
  readonly services: Services;
  readonly provider: Provider;
  readonly lease: Lease;
  readonly installation: string;
  readonly deadline: Date;
  request: VisitRequest;
  snapshot: Snapshot;
  /** Start of the rotation that answers the emergency asked for. */
  emergencyStart?: Date;
  /** The claim is to be written once the emergency is accepted: until then a crash leaves it as it was. */
  owesClaim?: true;
  /** Consumers were asked for, whether or not there was an answer. */
  askedConsumers?: true;
}

export function situationOf({ services, request, snapshot, installation, lease }: Visit): Situation {
  const { clock, settings, jitter } = services;
  const requestInFlight = lease.requestInFlight;
  return {
    ...snapshot,
    ...(requestInFlight && { requestInFlight }),
    request,
    now: clock.now(),
    settings,
    installation,
    jitter: jitter(snapshot.target),
  };
}

export function providerInputOf({
  services,
  snapshot,
  request,
}: Pick<Visit, 'services' | 'snapshot' | 'request'>): ProviderInput {
  const { target, secret, state, inspection, claim } = snapshot;
  const host = inspection.host ?? (claim === 'of-another' ? undefined : claim?.host);
  const compromised = request.emergency?.compromised;
  const known = { ...(host && { host }), ...(compromised && { compromised }) };
  return { target, secret, state, now: services.clock.now(), ...known };
}

/** Takes in what the resource showed, and ends the flight of a request whose effect is seen. */
export async function takeInspection(visit: Visit, inspection: Inspection): Promise<void> {
  const host = inspection.host ?? visit.snapshot.inspection.host;
  visit.snapshot = { ...visit.snapshot, inspection: { ...inspection, ...(host && { host }) } };
  const { requestInFlight } = visit.lease;
  const toRevoke =
    requestInFlight?.replaces &&
    inspection.credentials.length > 0 &&
    !inspection.credentials.some(({ fingerprint }) => fingerprint === requestInFlight.replaces);
  if (toRevoke && visit.services.settings.mode === 'rotate') await visit.lease.clearInFlight();
}

/** Refreshes consumers that are behind, and sees who is. What is not seen holds up nothing but who wished to wait. */
export async function inspectConsumers(visit: Visit): Promise<void> {
  if (visit.snapshot.savedState.rotation?.phase === 'verify') await save(visit); // whoever refreshes by it hears of it first
  const { services, snapshot, deadline, lease } = visit;
  const { target, secret } = snapshot;
  const until = earliest(deadline, later(services.clock.now(), consumersMs));
  visit.askedConsumers = true;
  try {
    const version = { secret: target.secret, version: secret.version, since: secret.createdOn };
    const pace = needsUrgentRefresh(snapshot) ? 'at-once' : 'look';
    const found = await services.consumers.refreshBehind([version], until, pace);
    visit.snapshot = { ...snapshot, consumers: found.get(secretUrl(target.secret)) ?? { known: 0, behind: [] } };
  } catch (error) {
    reportFailure(services, error, { consumers: 'cannot be listed' });
  }
  await lease.ensureTimeLeft();
}

/** Those who do not answer must not use up the lease. */
const consumersMs = 20 * second;

export async function inspectAgain(visit: Visit): Promise<void> {
  await takeInspection(visit, await visit.provider.inspect(providerInputOf(visit)));
}

/** PATCH: the state, if the tags do not say it already. What it is about is announced before. */
export async function save(visit: Visit): Promise<void> {
  const { services, lease } = visit;
  await readSecretAgain(visit);
  const { target, secret, state, taggedId } = visit.snapshot;
  const tags = writeTags(secret.tags, state, taggedId);
  if (!same(tags, secret.tags)) {
    for (const said of announcementsFor(visit.snapshot)) await services.announcer.announce(said);
    await lease.ensureTimeLeft();
    await services.vault.tag(target.secret, secret.version, tags);
  }
  visit.snapshot = { ...visit.snapshot, savedState: state, secret: { ...secret, tags } };
}

/** PUT: the value and its state in one call (promise 5, state with value), then the claim. */
export async function publish(visit: Visit, rotation: Rotation, value: Sealed): Promise<void> {
  const { services, lease } = visit;
  await readSecretAgain(visit);
  const before = situationOf(visit);
  const { target, secret, inspection, proved } = before;
  const state = publishedState(before, rotation, value);
  const taggedId = inspection.next?.id;
  for (const said of announcementsFor({ ...visit.snapshot, state })) await services.announcer.announce(said);
  if (proved?.unproved) await announceUnproved(visit, state);
  await lease.ensureTimeLeft();
  const now = services.clock.now();
  const written = await services.vault.set(target.secret, {
    value,
    tags: writeTags(secret.tags, state, taggedId),
    ...expiry(before, now),
    ...(secret.contentType && { contentType: secret.contentType }),
  });
  const { consumers: _, ...snapshot } = visit.snapshot; // where they stood was told of the version before
  delete visit.askedConsumers;
  const next = { ...snapshot, secret: written, state, savedState: state, readAt: now };
  visit.snapshot = { ...next, ...(taggedId && { taggedId }) };
  await claim(visit, inspection.live ? {} : { repairedAt: now });
  await inspectAgain(visit);
}

/** A new version gets an expiry only where the owner thinks in expiries (design: Due). */
function expiry({ secret, target }: Situation, now: Date): { expiresOn?: Date } {
  const wanted = secret.expiresOn !== undefined || (secret.tags['ValidityPeriodDays']?.trim() ?? '') !== '';
  return wanted ? { expiresOn: later(now, target.options.validityMs) } : {};
}

async function announceUnproved({ services, snapshot: { target, secret } }: Visit, state: State): Promise<void> {
  const said = { reason: 'unproved', advice: adviceFor('unproved') } as const;
  await services.announcer.announce(announcement('Keyturn.Rotation.Unproved', target, state, secret.version, said));
}

/** Remembers that this secret is the target, and the last version that is ours. */
export async function claim(visit: Visit, more: More = {}): Promise<void> {
  const next = claimOf(visit, more);
  await visit.lease.ensureTimeLeft();
  await visit.services.claims.save(next);
  visit.snapshot = { ...visit.snapshot, claim: next };
}

type More = Pick<Claim, 'repairedAt' | 'missingSince'>;

export function claimOf(visit: Pick<Visit, 'services' | 'provider' | 'snapshot' | 'request'>, more: More = {}): Claim {
  const { target, secret, claim: before } = visit.snapshot;
  const repairedAt = more.repairedAt ?? (before === 'of-another' ? undefined : before?.repairedAt);
  const { version, createdOn } = secret;
  const made = { secret: target.secret, kind: target.kind, resource: target.resource, version, createdOn };
  return { ...made, ...namedBy(visit), ...more, ...(repairedAt && { repairedAt }) };
}

/** What the kind wants to find again without a look. */
function namedBy(visit: Pick<Visit, 'services' | 'provider' | 'snapshot' | 'request'>): Partial<Claim> {
  const { provider, snapshot } = visit;
  const { value } = snapshot.secret;
  const part = provider.qualifier?.(value);
  const follows = provider.sourceObject?.(value);
  const { host } = providerInputOf(visit);
  return { ...(part && { qualifier: part }), ...(follows && { sourceObject: follows }), ...(host && { host }) };
}

/**
 * No other worker's or person's write may lie between our read and our write, which replaces every tag (R6, fresh read
 * before write).
 */
async function readSecretAgain(visit: Visit): Promise<void> {
  const { services, snapshot } = visit;
  const now = services.clock.now();
  if (later(snapshot.readAt, minute) > now) return;
  const secret = await services.vault.read(snapshot.target.secret);
  if (secret.version !== snapshot.secret.version || !same(secret.tags, snapshot.secret.tags)) {
    throw new OperationError('changed-meanwhile');
  }
  visit.snapshot = { ...snapshot, secret, readAt: now };
}

function same(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** The only sleep: short waits are sat out under the lease, longer ones are left to the sweep. */
export async function sleepUntil({ services: { clock }, lease }: Visit, until: Date): Promise<void> {
  for (let leftMs = 1; leftMs > 0; leftMs = until.getTime() - clock.now().getTime()) {
    await clock.sleep(Math.max(1, Math.min(20 * second, until.getTime() - clock.now().getTime())));
    await lease.ensureTimeLeft();
  }
}
