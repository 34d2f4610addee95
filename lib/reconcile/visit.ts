import type { Arm } from '../azure/arm.ts';
import type { Graph } from '../azure/resourceGraph.ts';
import { noted } from '../announcements/reportFailure.ts';
import type { Desk } from '../consumers/refresher.ts';
import { isUrgent } from '../decide/consumers.ts';
import type { Decision, Situation } from '../decide/decision.ts';
import { announcement, type Announcer } from '../announcements/announcement.ts';
import { changes } from '../announcements/transitions.ts';
import type { Topic } from '../announcements/topic.ts';
import { earliest, later, minute, second, type Clock } from '../model/clock.ts';
import { Failure } from '../model/operationError.ts';
import { adviceFor, type Reason } from '../model/reason.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Settings } from '../model/settings.ts';
import type { Claim, Look, Snapshot } from '../model/snapshot.ts';
import type { Ask, Rotation, State } from '../model/state.ts';
import { secretUrl } from '../model/target.ts';
import { published } from '../phases/advance.ts';
import type { Provider, View } from '../providers/provider.ts';
import type { Providers } from '../providers/registry.ts';
import type { Claims } from '../stores/claims.ts';
import type { Lease, Leases } from '../stores/lease.ts';
import { write } from '../tags/tags.ts';
import type { Vault } from '../stores/vault.ts';

/** Everything the heart is given. */
export interface Core {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly leases: Leases;
  readonly claims: Claims;
  readonly providers: Providers;
  /** For what no provider reads. */
  readonly arm: Arm;
  readonly graph: Graph;
  readonly consumers: Desk;
  readonly announcer: Announcer;
  readonly topic?: Topic;
  /** Client id of this app's identity. */
  readonly self?: string;
  /** 0 to 1, the same for a target every time. */
  jitter(target: Snapshot['target']): number;
  /** For whoever reads along: each decision of each visit. */
  log(snapshot: Snapshot, decision: Decision): void;
  /** For whoever reads along: what concerns no single target. */
  note(reason: Reason, detail: Readonly<Record<string, string>>): void;
}

/** One visit to one target under its lease: what the hands below work on. */
export interface Visit {
  readonly core: Core;
  readonly provider: Provider;
  readonly lease: Lease;
  readonly installation: string;
  readonly deadline: Date;
  ask: Ask;
  snapshot: Snapshot;
  /** Start of the rotation that answers the emergency asked for. */
  accepted?: Date;
  /** The claim is to be written once the emergency is accepted: until then a crash leaves it as it was. */
  owesClaim?: true;
  /** Consumers were asked for, whether or not there was an answer. */
  askedConsumers?: true;
}

export function situationOf({ core, ask, snapshot, installation, lease }: Visit): Situation {
  const { clock, settings, jitter } = core;
  const flight = lease.flight;
  return {
    ...snapshot,
    ...(flight && { flight }),
    ask,
    now: clock.now(),
    settings,
    installation,
    jitter: jitter(snapshot.target),
  };
}

export function viewOf({ core, snapshot, ask }: Pick<Visit, 'core' | 'snapshot' | 'ask'>): View {
  const { target, secret, state, look, claim } = snapshot;
  const host = look.host ?? (claim === 'of-another' ? undefined : claim?.host);
  const compromised = ask.accept?.compromised;
  const known = { ...(host && { host }), ...(compromised && { compromised }) };
  return { target, secret, state, now: core.clock.now(), ...known };
}

/** Takes in what the resource showed, and ends the flight of a request whose effect is seen. */
export async function saw(visit: Visit, look: Look): Promise<void> {
  const host = look.host ?? visit.snapshot.look.host;
  visit.snapshot = { ...visit.snapshot, look: { ...look, ...(host && { host }) } };
  const { flight } = visit.lease;
  const gone = flight?.of && look.all.length > 0 && !look.all.some(({ fingerprint }) => fingerprint === flight.of);
  if (gone && visit.core.settings.mode === 'rotate') await visit.lease.landed();
}

/** Refreshes consumers that are behind, and sees who is. What is not seen holds up nothing but who wished to wait. */
export async function lookAtConsumers(visit: Visit): Promise<void> {
  if (visit.snapshot.saved.rotation?.phase === 'verify') await save(visit); // whoever refreshes by it hears of it first
  const { core, snapshot, deadline, lease } = visit;
  const { target, secret } = snapshot;
  const until = earliest(deadline, later(core.clock.now(), consumersMs));
  visit.askedConsumers = true;
  try {
    const version = { secret: target.secret, version: secret.version, since: secret.createdOn };
    const pace = isUrgent(snapshot) ? 'at-once' : 'look';
    const found = await core.consumers.bring([version], until, pace);
    visit.snapshot = { ...snapshot, consumers: found.get(secretUrl(target.secret)) ?? { known: 0, behind: [] } };
  } catch (error) {
    noted(core, error, { consumers: 'cannot be listed' });
  }
  await lease.assure();
}

/** Those who do not answer must not use up the lease. */
const consumersMs = 20 * second;

export async function lookAgain(visit: Visit): Promise<void> {
  await saw(visit, await visit.provider.look(viewOf(visit)));
}

/** PATCH: the state, if the tags do not say it already. What it is about is announced before. */
export async function save(visit: Visit): Promise<void> {
  const { core, lease } = visit;
  await freshen(visit);
  const { target, secret, state, tagged } = visit.snapshot;
  const tags = write(secret.tags, state, tagged);
  if (!same(tags, secret.tags)) {
    for (const said of changes(visit.snapshot)) await core.announcer.announce(said);
    await lease.assure();
    await core.vault.tag(target.secret, secret.version, tags);
  }
  visit.snapshot = { ...visit.snapshot, saved: state, secret: { ...secret, tags } };
}

/** PUT: the value and its state in one call (promise 5), then the claim. */
export async function publish(visit: Visit, rotation: Rotation, value: Sealed): Promise<void> {
  const { core, lease } = visit;
  await freshen(visit);
  const before = situationOf(visit);
  const { target, secret, look, proved } = before;
  const state = published(before, rotation, value);
  const tagged = look.next?.id;
  for (const said of changes({ ...visit.snapshot, state })) await core.announcer.announce(said);
  if (proved?.unproved) await sayUnproved(visit, state);
  await lease.assure();
  const now = core.clock.now();
  const written = await core.vault.set(target.secret, {
    value,
    tags: write(secret.tags, state, tagged),
    ...expiry(before, now),
    ...(secret.contentType && { contentType: secret.contentType }),
  });
  const { consumers: _, ...snapshot } = visit.snapshot; // where they stood was told of the version before
  delete visit.askedConsumers;
  const next = { ...snapshot, secret: written, state, saved: state, readAt: now };
  visit.snapshot = { ...next, ...(tagged && { tagged }) };
  await claim(visit, look.live ? {} : { repairedAt: now });
  await lookAgain(visit);
}

/** A new version gets an expiry only where the owner thinks in expiries (PROTOCOL 6). */
function expiry({ secret, target }: Situation, now: Date): { expiresOn?: Date } {
  const wanted = secret.expiresOn !== undefined || (secret.tags['ValidityPeriodDays']?.trim() ?? '') !== '';
  return wanted ? { expiresOn: later(now, target.wishes.validityMs) } : {};
}

async function sayUnproved({ core, snapshot: { target, secret } }: Visit, state: State): Promise<void> {
  const said = { reason: 'unproved', advice: adviceFor('unproved') } as const;
  await core.announcer.announce(announcement('Keyturn.Rotation.Unproved', target, state, secret.version, said));
}

/** Remembers that this secret is the target, and the last version that is ours. */
export async function claim(visit: Visit, more: More = {}): Promise<void> {
  const next = claimOf(visit, more);
  await visit.lease.assure();
  await visit.core.claims.save(next);
  visit.snapshot = { ...visit.snapshot, claim: next };
}

type More = Pick<Claim, 'repairedAt' | 'missingSince'>;

export function claimOf(visit: Pick<Visit, 'core' | 'provider' | 'snapshot' | 'ask'>, more: More = {}): Claim {
  const { target, secret, claim: before } = visit.snapshot;
  const repairedAt = more.repairedAt ?? (before === 'of-another' ? undefined : before?.repairedAt);
  const { version, createdOn } = secret;
  const made = { secret: target.secret, kind: target.kind, resource: target.resource, version, createdOn };
  return { ...made, ...namedBy(visit), ...more, ...(repairedAt && { repairedAt }) };
}

/** What the kind wants to find again without a look. */
function namedBy(visit: Pick<Visit, 'core' | 'provider' | 'snapshot' | 'ask'>): Partial<Claim> {
  const { provider, snapshot } = visit;
  const { value } = snapshot.secret;
  const part = provider.part?.(value);
  const follows = provider.follows?.(value);
  const { host } = viewOf(visit);
  return { ...(part && { part }), ...(follows && { follows }), ...(host && { host }) };
}

/** No other worker's or person's write may lie between our read and our write, which replaces every tag (R6). */
async function freshen(visit: Visit): Promise<void> {
  const { core, snapshot } = visit;
  const now = core.clock.now();
  if (later(snapshot.readAt, minute) > now) return;
  const secret = await core.vault.read(snapshot.target.secret);
  if (secret.version !== snapshot.secret.version || !same(secret.tags, snapshot.secret.tags)) {
    throw new Failure('changed-meanwhile');
  }
  visit.snapshot = { ...snapshot, secret, readAt: now };
}

function same(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** The only sleep: short waits are sat out under the lease, longer ones are left to the sweep. */
export async function sitOut({ core: { clock }, lease }: Visit, until: Date): Promise<void> {
  for (let leftMs = 1; leftMs > 0; leftMs = until.getTime() - clock.now().getTime()) {
    await clock.sleep(Math.max(1, Math.min(20 * second, until.getTime() - clock.now().getTime())));
    await lease.assure();
  }
}
