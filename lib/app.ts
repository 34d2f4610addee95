import type { HttpMethod, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { ManagedIdentityCredential } from '@azure/identity';
import { assembleServices, type ServicesWithoutReporter } from './assemble.ts';
import { reporter } from './announcements/log.ts';
import { takeNotices } from './triggers/http/notices.ts';
import { refusePrincipal } from './triggers/http/principal.ts';
import { definePool } from './triggers/http/pools.ts';
import { problem } from './triggers/http/problem.ts';
import { showRotation, startRotation } from './triggers/http/rotations.ts';
import { inTime } from './inTime.ts';
import { later, minute, second, type Clock } from './model/clock.ts';
import type { Phase } from './model/state.ts';
import { onNoticeEvent } from './triggers/notices/event.ts';
import { pollNotices } from './triggers/notices/poll.ts';
import { onKeyVaultEvent, onPhaseDue, onResourceEvent, RedeliverError } from './triggers/events/handlers.ts';
import { settingsFrom } from './settings.ts';
import type { MutedTargets } from './triggers/timers/listing.ts';
import { sweep } from './triggers/timers/sweep.ts';
import { blobs } from './stores/blobs.ts';
import type { Services } from './reconcile/services.ts';

/** What a function file can ask for. */
export interface Keyturn {
  sweep(phase: Phase): Promise<void>;
  pollNotices(): Promise<void>;
  /** Events, as Event Grid delivers them: one that throws is delivered again. */
  phaseDue(phase: Phase, event: unknown): Promise<void>;
  keyVault(event: unknown): Promise<void>;
  resource(event: unknown): Promise<void>;
  notice(event: unknown): Promise<void>;
  /** HTTP */
  notices(request: HttpRequest): Promise<HttpResponseInit>;
  start(request: HttpRequest): Promise<HttpResponseInit>;
  show(id: string): Promise<HttpResponseInit>;
  definePool(request: HttpRequest): Promise<HttpResponseInit>;
}

const sweepMs = 4 * minute;
/** A visit for an event begins nothing after this; what it has begun may take as long again. */
const eventMs = 20 * second;
/**
 * Event Grid waits 30 seconds for an answer, an action group 10 (azure-facts: Event Grid delivery; azure-facts: Action
 * groups).
 */
const budgets = { eventMs: 25 * second, noticeMs: 9 * second };

export function keyturn(services: Services, muted: MutedTargets, budget = budgets): Keyturn {
  const until = (ms: number) => later(services.clock.now(), ms);
  /** The timers come by soon enough, whatever is left. */
  const hint = async (work: Promise<unknown>) => {
    await within(budget.eventMs, services, work);
  };
  /** What no timer would find again soon is to come again until it stands in the tags. */
  const kept = async (work: Promise<unknown>) => {
    if ((await within(budget.eventMs, services, work)) === 'late') throw new RedeliverError('over-budget');
  };
  return {
    sweep: (phase) => sweep(services, muted, phase, until(sweepMs)),
    pollNotices: () => pollNotices(services, muted, until(sweepMs)),
    phaseDue: (phase, came) => hint(onPhaseDue(services, phase, came, until(eventMs))),
    keyVault: (came) => hint(onKeyVaultEvent(services, came, until(eventMs))),
    resource: (came) => kept(onResourceEvent(services, came, until(eventMs))),
    notice: (came) => kept(onNoticeEvent(services, muted, came, until(eventMs))),
    notices: (request) => takeNotices(services, muted, request, budget.noticeMs),
    start: (request) => startRotation(services, request),
    show: (id) => showRotation(services, id),
    definePool: (request) => definePool(services, request),
  };
}

/** Answers in time whatever Azure takes: the work goes on under its lease, and the timers see to its end. */
async function within(budgetMs: number, services: Services, work: Promise<unknown>): Promise<'late' | 'done'> {
  if ((await inTime(work, budgetMs)) !== 'late') return 'done';
  services.note('over-budget', {});
  work.catch(() => {
    services.note('over-budget', { ended: 'badly' }); // nobody waits for it any more
  });
  return 'late';
}

let made: { core: ServicesWithoutReporter; memory: MutedTargets } | undefined;

/**
 * Assembled on first use, so that a bad setting fails an invocation loudly instead of leaving an app without functions
 * (azure-facts: Functions host). What it says belongs to the invocation.
 */
export function running(context: InvocationContext): Keyturn {
  made ??= { core: coreFrom(process.env), memory: new Map() };
  const { core, memory } = made;
  const write = (text: string) => {
    context.log(text);
  };
  return keyturn({ ...core, ...reporter(write, core) }, memory);
}

const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** The only reader of the environment. */
function coreFrom(env: NodeJS.ProcessEnv): ServicesWithoutReporter {
  const settings = settingsFrom(env);
  const clientId = env['AZURE_CLIENT_ID'];
  const credential = clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
  return assembleServices({
    settings,
    clock,
    credential,
    http: createDefaultHttpClient(),
    clientId,
    container: (name) => blobs(settings.blobServiceUrl, name, credential),
  });
}

/**
 * Where App Service authentication is on it asks for Entra tokens and says so in the environment; the caller's role is
 * looked at then. Where it is off, a function key is asked for instead.
 */
export function noticesAuthLevel(): 'anonymous' | 'function' {
  return isAuthenticated(process.env) ? 'anonymous' : 'function';
}

/** Nothing where the caller may. */
export function refuseNoticeCaller(request: HttpRequest): HttpResponseInit | undefined {
  return isAuthenticated(process.env) ? refusePrincipal(request) : undefined;
}

function isAuthenticated(env: NodeJS.ProcessEnv): boolean {
  return env['WEBSITE_AUTH_ENABLED']?.toLowerCase() === 'true';
}

/** Every one is registered, so that what a route does not serve is told so: the host itself would answer 404. */
export const everyMethod: HttpMethod[] = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** A method that a route does not serve. */
export function notAllowed(allow: string): HttpResponseInit {
  const detail = `This route serves ${allow}.`;
  return problem({ status: 405, title: 'Method not allowed', detail }, { Allow: allow });
}
