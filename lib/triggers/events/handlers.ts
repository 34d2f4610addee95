import { parseEvent, type IncomingEvent } from './incoming.ts';
import { parseKeyVaultEvent } from './keyVaultEvent.ts';
import { parsePhaseDue } from './phaseDue.ts';
import { parseRegeneration } from './resourceEvent.ts';
import { OperationError } from '../../model/operationError.ts';
import { redact } from '../../model/redacted.ts';
import type { Reason } from '../../model/reason.ts';
import type { Claim } from '../../model/snapshot.ts';
import type { VisitRequest, Phase } from '../../model/state.ts';
import type { SecretName, Target } from '../../model/target.ts';
import { restoreLostTags } from '../timers/orphanedClaims.ts';
import { reconcile, type VisitReport } from '../../reconcile/reconcile.ts';
import { readTags } from '../../tags/tags.ts';
import type { Services } from '../../reconcile/services.ts';

/** Azure cannot be asked just now: Event Grid brings the event again, in ten seconds first and for a day at most. */
export class RedeliverError extends Error {
  constructor(reason: Reason) {
    super(`${reason}: to be delivered again`);
    this.name = 'Redeliver';
    this.stack = String(this); // no fault: where it was thrown tells nothing
  }
}

/** A second look is due within a minute or so: the event brings it, where the generate timer would take its time. */
const unconfirmed: ReadonlySet<Reason> = new Set(['drift-confirming', 'service-working', 'stale-read', 'live-refused']);
const passing: ReadonlySet<Reason> = new Set([
  ...(['throttled', 'outage', 'lease-lost', 'changed-meanwhile', 'busy'] as const),
  ...unconfirmed,
]);

/** A secret is about to expire, has expired, or has a new version; or a key or certificate that targets follow. */
export async function onKeyVaultEvent(services: Services, event: unknown, deadline: Date): Promise<void> {
  await handleEvent(services, event, async (came) => {
    const wanted = parseKeyVaultEvent(came, services.settings.vaultUrls);
    if (typeof wanted === 'string') return wanted;
    const { request: ask } = wanted;
    if ('object' in wanted) return followed(services, wanted.object, ask, deadline);
    const { secret } = wanted;
    const target = await targetOf(services, secret);
    if (target) {
      const reason = outcome(await reconcile(services, target, ask, deadline));
      return reason === 'busy' ? undefined : reason; // whoever is at it sees the version too
    }
    const carriedOn = ask.cause === 'new-version' && (await restoreLostTags(services, secret));
    return carriedOn ? undefined : 'not-a-target';
  });
}

/** Several accounts may use one key: each is a target of its own. */
async function followed(
  services: Services,
  object: string,
  request: VisitRequest,
  deadline: Date,
): Promise<Reason | undefined> {
  const followers: Claim[] = [];
  for await (const claim of services.claims.list()) if (claim.sourceObject === object) followers.push(claim);
  const visit = (claim: Claim) =>
    reconcile(services, { ...claim, options: services.settings.defaults }, request, deadline);
  const reports = await Promise.all(followers.map(visit));
  if (followers.length === 0) return 'not-a-target';
  return reports.map(outcome).find((reason) => reason !== undefined);
}

/** A key was regenerated, by whomever: consumers may fail already, so the live key is proved and all are looked at. */
export async function onResourceEvent(services: Services, event: unknown, deadline: Date): Promise<void> {
  await handleEvent(services, event, async (came) => {
    const found = parseRegeneration(came);
    if (typeof found === 'string') return found;
    const { resource, by } = found;
    const kinds = services.providers.kindsOf(resource).filter((kind) => !services.providers.of(kind)?.sourceObject);
    const claims = await Promise.all(kinds.map((kind) => services.claims.of(resource, kind)));
    const known = claims.filter((claim) => claim !== undefined);
    for (const claim of known) {
      const target = { ...claim, options: services.settings.defaults };
      const report = await reconcile(services, target, { cause: 'drift' }, deadline);
      const reason = outcome(report) ?? awaited(report);
      const ours = reason === 'busy' && by !== undefined && by === services.clientId;
      if (reason && !ours) return reason;
    }
    return known.length > 0 ? undefined : 'not-a-target';
  });
}

/** A sweep found it due; whichever instance gets the event goes on. */
export async function onPhaseDue(services: Services, phase: Phase, event: unknown, deadline: Date): Promise<void> {
  await handleEvent(services, event, async (came) => {
    const due = parsePhaseDue(came, phase, services.settings.vaultUrls);
    if (typeof due === 'string') return due;
    const target = { ...due, options: services.settings.defaults };
    const reason = outcome(await reconcile(services, target, { cause: 'schedule' } satisfies VisitRequest, deadline));
    return reason && passing.has(reason) ? undefined : reason; // the timer comes again
  });
}

/** What asks for nothing is acknowledged, with the reason in the log. Throws `Redeliver` for what time cures. */
export async function handleEvent(
  services: Services,
  event: unknown,
  work: (came: IncomingEvent) => Promise<Reason | undefined>,
): Promise<void> {
  const came = parseEvent(event);
  const reason = came ? await reasonOf(() => work(came)) : 'unreadable';
  if (!reason) return;
  services.note(reason, came ? { event: named(came.type), id: named(came.id) } : {});
  if (passing.has(reason)) throw new RedeliverError(reason);
}

const ofAzureOrOurs = /^(Microsoft|Keyturn)(\.[A-Za-z]{1,40}){1,3}$/;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Anybody may have written it: what is no known form is redacted. */
function named(text: string): string {
  if (ofAzureOrOurs.test(text) || guid.test(text)) return text;
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

/** Nothing where the state remembers what is to be done. */
function outcome(report: VisitReport): Reason | undefined {
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

function awaited(report: VisitReport): Reason | undefined {
  const reason = report.is === 'visited' ? report.state.wait?.reason : undefined;
  return reason && unconfirmed.has(reason) ? reason : undefined;
}

/** The resource whose lease is needed stands in the tags; the visit reads them again under it. */
async function targetOf(services: Services, secret: SecretName): Promise<Target | undefined> {
  const { tags } = await services.vault.read(secret);
  const found = readTags(secret, tags, services.settings.defaults, services.providers);
  return found.is === 'foreign' ? undefined : found.target;
}
