import { isAboutDates, reportsChange } from '../../decide/eventRelevance.ts';
import { later, minute } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import { redact } from '../../model/redacted.ts';
import { hasClass, type Reason } from '../../model/reason.ts';
import type { Claim } from '../../model/snapshot.ts';
import type { Phase, VisitRequest } from '../../model/state.ts';
import type { SecretName, Target } from '../../model/target.ts';
import { reconcile, type VisitReport } from '../../reconcile/reconcile.ts';
import type { Services } from '../../reconcile/services.ts';
import type { Liveness } from '../../reconcile/visit.ts';
import { readTags } from '../../tags/tags.ts';
import { restoreLostTags } from '../timers/orphanedClaims.ts';
import { parseEvent, type IncomingEvent } from './incoming.ts';
import { parseKeyVaultEvent } from './keyVaultEvent.ts';
import { parsePhaseDue } from './phaseDue.ts';
import { parseRegeneration } from './resourceEvent.ts';

/** Refuses an event, so that Event Grid delivers it again: in ten seconds first, and for a day at most. */
export class RedeliverError extends Error {
  constructor(reason: Reason) {
    super(`${reason}: to be delivered again`);
    this.name = 'RedeliverError';
    this.stack = String(this); // expected, so where it was thrown says nothing
  }
}

/**
 * Why an event needs no action. `again`: why it must be delivered again. Nothing where all is done that it asked for.
 */
export type EventOutcome = Reason | { readonly again: Reason } | undefined;

/** Handles a secret that expires or has a new version, and a key or certificate that targets take versions from. */
export async function onKeyVaultEvent(services: Services, event: unknown, deadline: Date): Promise<void> {
  await handleEvent(services, event, async (incoming) => {
    const found = parseKeyVaultEvent(incoming, services.settings);
    if (typeof found === 'string') return found;
    const { request } = found;
    if ('object' in found) return visitTargetsOf(services, found.object, request, deadline);
    const target = await findTarget(services, found.secret);
    if (target) return visitFor(services, target, request, deadline);
    return request.cause === 'new-version' ? restoreTags(services, found.secret) : 'not-a-target';
  });
}

async function restoreTags(services: Services, secret: SecretName): Promise<EventOutcome> {
  const restored = await restoreLostTags(services, secret);
  if (restored === 'busy') return { again: 'busy' };
  return restored === 'unclaimed' ? 'not-a-target' : undefined;
}

/** Several accounts may use one key or certificate: each is a target of its own. */
async function visitTargetsOf(
  services: Services,
  object: string,
  request: VisitRequest,
  deadline: Date,
): Promise<EventOutcome> {
  const claims: Claim[] = [];
  for await (const claim of services.claims.list()) if (claim.sourceObject === object) claims.push(claim);
  return visitClaimed(services, claims, request, deadline);
}

/** Handles a regeneration by anybody: consumers may fail already, so every target of the resource is inspected. */
export async function onResourceEvent(services: Services, event: unknown, deadline: Date): Promise<void> {
  await handleEvent(services, event, async (incoming) => {
    const found = parseRegeneration(incoming);
    if (typeof found === 'string') return found;
    const { resource } = found;
    const { providers } = services;
    const kinds = providers.kindsOf(resource).filter((kind) => !providers.of(kind)?.sourceObject);
    const claims = await Promise.all(kinds.map((kind) => services.claims.of(resource, kind)));
    const known = claims.filter((claim) => claim !== undefined);
    return visitClaimed(services, known, { cause: 'drift' }, deadline);
  });
}

async function visitClaimed(
  services: Services,
  claims: readonly Claim[],
  request: VisitRequest,
  deadline: Date,
): Promise<EventOutcome> {
  if (claims.length === 0) return 'not-a-target';
  const { defaults } = services.settings;
  const visit = (claim: Claim) => visitFor(services, { ...claim, options: defaults }, request, deadline);
  const outcomes = await Promise.all(claims.map(visit));
  return outcomes.find((outcome) => typeof outcome === 'object') ?? outcomes.find((outcome) => outcome !== undefined);
}

/** Handles a target that a sweep found due. */
export async function onPhaseDue(services: Services, phase: Phase, event: unknown, deadline: Date): Promise<void> {
  await handleEvent(services, event, async (incoming) => {
    const due = parsePhaseDue(incoming, phase, services.settings.vaultUrls);
    if (typeof due === 'string') return due;
    const target = { ...due, options: services.settings.defaults };
    return visitFor(services, target, { cause: 'schedule', isUnverified: true }, deadline);
  });
}

/**
 * Parses an event and handles it. An event that needs no action is acknowledged and logged with a reason. Throws
 * `RedeliverError` where the event must come again.
 */
export async function handleEvent(
  services: Pick<Services, 'note'>,
  event: unknown,
  handle: (incoming: IncomingEvent) => Promise<EventOutcome>,
): Promise<void> {
  const incoming = parseEvent(event);
  const outcome = incoming ? await outcomeOf(() => handle(incoming)) : 'unreadable';
  if (!outcome) return;
  const reason = typeof outcome === 'string' ? outcome : outcome.again;
  services.note(reason, incoming ? { event: loggable(incoming.type), id: loggable(incoming.id) } : {});
  if (typeof outcome === 'object') throw new RedeliverError(reason);
}

const knownType = /^(Microsoft|Keyturn)(\.[A-Za-z]{1,40}){1,3}$/;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Anybody may have written the event: text of no known form is redacted. */
function loggable(text: string): string {
  if (knownType.test(text) || guid.test(text)) return text;
  return redact(text.slice(0, 100)).replace(/[^\w.[\]-]/g, '_');
}

async function outcomeOf(work: () => Promise<EventOutcome>): Promise<EventOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OperationError) return outcomeOfFailure(error.reason);
    throw error;
  }
}

/** A failure that was not written into tags is forgotten, so the event must bring the next visit. */
function outcomeOfFailure(reason: Reason): EventOutcome {
  const isOver = hasClass(reason, 'person') && reason !== 'secret-disabled'; // no event says that it is enabled again
  return isOver ? reason : { again: reason };
}

/**
 * Visits a target, and tells whether the event is done with that.
 *
 * An event that reports a change is done only when an inspection has read both the secret and the resource since, and
 * has found the live credential alive, or dead in a way that only a person can end. A visit that failed before that is
 * not done, even where the tags remember the failure: consumers may fail already, and the redelivery comes sooner than
 * the next sweep (R48, look before acknowledging). Any other event is done once the tags say what the target waits for.
 */
async function visitFor(
  services: Services,
  target: Target,
  request: VisitRequest,
  deadline: Date,
): Promise<EventOutcome> {
  const report = await reconcile(services, target, request, deadline);
  switch (report.is) {
    case 'busy':
      return isAboutDates(request) ? 'busy' : { again: 'busy' }; // a timer takes up what is due by its date
    case 'foreign':
      return 'not-a-target';
    case 'barred':
    case 'dropped':
      return report.reason;
    case 'failed':
    case 'visited':
      return outcomeOfVisit(services, request, report);
  }
}

function outcomeOfVisit(
  services: Services,
  request: VisitRequest,
  report: VisitReport & { is: 'failed' | 'visited' },
): EventOutcome {
  if (report.is === 'failed' && !report.isSaved) return outcomeOfFailure(report.reason);
  const reason = report.is === 'failed' ? report.reason : waitingFor(report);
  if (report.is === 'visited' && isSecondRefusal(report, services.clock.now())) return undefined;
  return isInspectionOwed(services, request, report, reason) ? { again: reason } : undefined;
}

/** The second inspection agreed that the service refuses the live key: a check an hour goes on with it. */
function isSecondRefusal({ state: { wait } }: VisitReport & { is: 'visited' }, now: Date): boolean {
  return wait?.reason === 'live-refused' && later(wait.since, minute) <= now;
}

function waitingFor({ state, decision }: VisitReport & { is: 'visited' }): Reason {
  return state.held ?? state.wait?.reason ?? decision.reason;
}

function isInspectionOwed(
  { settings }: Pick<Services, 'settings'>,
  request: VisitRequest,
  { liveness }: { readonly liveness: Liveness },
  reason: Reason,
): boolean {
  if (!reportsChange(request) || hasClass(reason, 'person', 'grant', 'down', 'nothing-to-rotate')) return false;
  if (liveness === 'alive') return reason === 'live-refused'; // a second inspection is due within a minute
  return liveness === 'unknown' || settings.mode === 'rotate';
}

/** The tags name the resource whose lease is needed. The visit reads them again under the lease. */
async function findTarget({ vault, settings, providers }: Services, secret: SecretName): Promise<Target | undefined> {
  const found = readTags(secret, (await vault.read(secret)).tags, settings.defaults, providers);
  return found.is === 'foreign' ? undefined : found.target;
}
