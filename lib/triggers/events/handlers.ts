import { OperationError } from '../../model/operationError.ts';
import { redact } from '../../model/redacted.ts';
import { hasClass, type Reason } from '../../model/reason.ts';
import type { Claim } from '../../model/snapshot.ts';
import type { Phase, VisitRequest } from '../../model/state.ts';
import type { SecretName, Target } from '../../model/target.ts';
import { reconcile, type VisitReport } from '../../reconcile/reconcile.ts';
import type { Services } from '../../reconcile/services.ts';
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

/** A second inspection is due within a minute or so: the redelivery brings it sooner than the generate timer. */
const needsConfirmation: ReadonlySet<Reason> = new Set([
  'drift-confirming',
  'service-working',
  'stale-read',
  'live-refused',
]);

function mayPass(reason: Reason): boolean {
  return hasClass(reason, 'transient') || needsConfirmation.has(reason);
}

/** Handles a secret that expires or has a new version, and a key or certificate that targets take versions from. */
export async function onKeyVaultEvent(services: Services, event: unknown, deadline: Date): Promise<void> {
  await handleEvent(services, event, async (incoming) => {
    const found = parseKeyVaultEvent(incoming, services.settings.vaultUrls);
    if (typeof found === 'string') return found;
    const { request } = found;
    if ('object' in found) return visitTargetsOf(services, found.object, request, deadline);
    const target = await findTarget(services, found.secret);
    if (target) {
      const reason = reasonToRefuse(await reconcile(services, target, request, deadline));
      return reason === 'busy' ? undefined : reason; // the worker that holds the lease sees the version too
    }
    const isRestored = request.cause === 'new-version' && (await restoreLostTags(services, found.secret));
    return isRestored ? undefined : 'not-a-target';
  });
}

/** Several accounts may use one key or certificate: each is a target of its own. */
async function visitTargetsOf(
  services: Services,
  object: string,
  request: VisitRequest,
  deadline: Date,
): Promise<Reason | undefined> {
  const claims: Claim[] = [];
  for await (const claim of services.claims.list()) if (claim.sourceObject === object) claims.push(claim);
  if (claims.length === 0) return 'not-a-target';
  const { defaults } = services.settings;
  const visit = (claim: Claim) => reconcile(services, { ...claim, options: defaults }, request, deadline);
  const reports = await Promise.all(claims.map(visit));
  return reports.map(reasonToRefuse).find((reason) => reason !== undefined);
}

/** Handles a regeneration by anybody: consumers may fail already, so every target of the resource is inspected. */
export async function onResourceEvent(services: Services, event: unknown, deadline: Date): Promise<void> {
  await handleEvent(services, event, async (incoming) => {
    const found = parseRegeneration(incoming);
    if (typeof found === 'string') return found;
    const { resource, by } = found;
    const { providers, settings, clientId } = services;
    const kinds = providers.kindsOf(resource).filter((kind) => !providers.of(kind)?.sourceObject);
    const claims = await Promise.all(kinds.map((kind) => services.claims.of(resource, kind)));
    const known = claims.filter((claim) => claim !== undefined);
    for (const claim of known) {
      const target = { ...claim, options: settings.defaults };
      const report = await reconcile(services, target, { cause: 'drift' }, deadline);
      const reason = reasonToRefuse(report) ?? reasonToConfirm(report);
      const isOwn = reason === 'busy' && by !== undefined && by === clientId;
      if (reason && !isOwn) return reason;
    }
    return known.length > 0 ? undefined : 'not-a-target';
  });
}

/** Handles a target that a sweep found due. Whatever is left for want of time is left to the timer. */
export async function onPhaseDue(services: Services, phase: Phase, event: unknown, deadline: Date): Promise<void> {
  await handleEvent(services, event, async (incoming) => {
    const due = parsePhaseDue(incoming, phase, services.settings.vaultUrls);
    if (typeof due === 'string') return due;
    const target = { ...due, options: services.settings.defaults };
    const reason = reasonToRefuse(await reconcile(services, target, { cause: 'schedule' }, deadline));
    return reason && mayPass(reason) ? undefined : reason;
  });
}

/**
 * Parses an event and handles it. Events that need no action are acknowledged and logged with a reason. Throws
 * `RedeliverError` where the reason is transient.
 */
export async function handleEvent(
  services: Pick<Services, 'note'>,
  event: unknown,
  handle: (incoming: IncomingEvent) => Promise<Reason | undefined>,
): Promise<void> {
  const incoming = parseEvent(event);
  const reason = incoming ? await reasonOf(() => handle(incoming)) : 'unreadable';
  if (!reason) return;
  services.note(reason, incoming ? { event: loggable(incoming.type), id: loggable(incoming.id) } : {});
  if (mayPass(reason)) throw new RedeliverError(reason);
}

const knownType = /^(Microsoft|Keyturn)(\.[A-Za-z]{1,40}){1,3}$/;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Anybody may have written the event: text of no known form is redacted. */
function loggable(text: string): string {
  if (knownType.test(text) || guid.test(text)) return text;
  return redact(text.slice(0, 100)).replace(/[^\w.[\]-]/g, '_');
}

async function reasonOf(work: () => Promise<Reason | undefined>): Promise<Reason | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OperationError) return error.reason;
    throw error;
  }
}

/** Returns why the event was worth nothing, or must come again. Nothing where the state remembers what is to be done. */
function reasonToRefuse(report: VisitReport): Reason | undefined {
  switch (report.is) {
    case 'visited':
      return undefined;
    case 'busy':
      return 'busy';
    case 'foreign':
      return 'not-a-target';
    case 'barred':
    case 'dropped':
      return report.reason;
    case 'failed':
      return report.isSaved ? undefined : report.reason;
  }
}

function reasonToConfirm(report: VisitReport): Reason | undefined {
  const reason = report.is === 'visited' ? report.state.wait?.reason : undefined;
  return reason && needsConfirmation.has(reason) ? reason : undefined;
}

/** The tags name the resource whose lease is needed. The visit reads them again under the lease. */
async function findTarget({ vault, settings, providers }: Services, secret: SecretName): Promise<Target | undefined> {
  const found = readTags(secret, (await vault.read(secret)).tags, settings.defaults, providers);
  return found.is === 'foreign' ? undefined : found.target;
}
