import type { HttpFunctionOptions, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { invocationLog } from './announcements/invocationLog.ts';
import { reporter, writeNote, type WriteLine } from './announcements/log.ts';
import { assembleServices, type ServicesWithoutReporter } from './assemble.ts';
import { managedIdentity } from './azure/identity.ts';
import { later, type Clock } from './model/clock.ts';
import { SettingsError } from './model/settingsError.ts';
import type { Phase } from './model/state.ts';
import type { Services } from './reconcile/services.ts';
import { settingsFrom } from './settings.ts';
import { blobs } from './stores/blobs.ts';
import { beginWithin, budgets, withinBudget } from './triggers/budget.ts';
import { onKeyVaultEvent, onPhaseDue, onResourceEvent, RedeliverError } from './triggers/events/handlers.ts';
import { answerRequest, everyMethod, type Methods } from './triggers/http/answer.ts';
import { takeNotices } from './triggers/http/notices.ts';
import { definePool } from './triggers/http/pools.ts';
import { actionGroupRole, callerName, hasRole, operatorRole, refuseWithout } from './triggers/http/principal.ts';
import { answerInTime } from './triggers/http/problem.ts';
import { showRotation, startRotation } from './triggers/http/rotations.ts';
import { onNoticeEvent } from './triggers/notices/event.ts';
import { pollNotices } from './triggers/notices/poll.ts';
import type { InstanceMemory } from './triggers/timers/listing.ts';
import { sweep } from './triggers/timers/sweep.ts';

/** What the functions can do. */
export interface Keyturn {
  sweep(phase: Phase): Promise<void>;
  pollNotices(): Promise<void>;
  /** Event handlers. Event Grid delivers an event again if its handler throws. */
  phaseDue(phase: Phase, event: unknown): Promise<void>;
  keyVault(event: unknown): Promise<void>;
  resource(event: unknown): Promise<void>;
  notice(event: unknown): Promise<void>;
  /** HTTP handlers. */
  notices(request: HttpRequest, operator?: string): Promise<HttpResponseInit>;
  /** `caller`: who asks, where that is known. */
  start(request: HttpRequest, caller?: string): Promise<HttpResponseInit>;
  show(id: string): Promise<HttpResponseInit>;
  definePool(request: HttpRequest): Promise<HttpResponseInit>;
}

export function keyturn(services: Services, memory: InstanceMemory, budget = budgets): Keyturn {
  const until = (ms: number) => later(services.clock.now(), ms);
  return {
    sweep: (phase) => endInTime(phase, sweep(services, memory, phase, until(beginWithin.timerMs))),
    pollNotices: () => endInTime('notices', pollNotices(services, memory, until(beginWithin.timerMs))),
    phaseDue: (phase, event) => acknowledgeInTime(onPhaseDue(services, phase, event, until(beginWithin.eventMs))),
    keyVault: (event) => redeliverIfLate(onKeyVaultEvent(services, event, until(beginWithin.eventMs))),
    resource: (event) => redeliverIfLate(onResourceEvent(services, event, until(beginWithin.eventMs))),
    notice: (event) => redeliverIfLate(onNoticeEvent(services, memory, event, until(beginWithin.eventMs))),
    notices: (request, operator) =>
      answerInTime(services, budget.noticeMs, takeNotices(services, memory, request, budget.noticeMs, operator)),
    start: (request, caller) => startRotation(services, request, { budgetMs: budget.httpMs, caller }),
    show: (id) => answerInTime(services, budget.httpMs, showRotation(services, id)),
    definePool: (request) => answerInTime(services, budget.httpMs, definePool(services, request)),
  };

  /** Acknowledges an event that is still being handled at the end of the budget: a timer takes up what is left. */
  async function acknowledgeInTime(work: Promise<void>): Promise<void> {
    await isDoneInTime(work);
  }

  /** No timer takes these events up soon, so they must come again until the tags remember them. */
  async function redeliverIfLate(work: Promise<void>): Promise<void> {
    if (!(await isDoneInTime(work))) throw new RedeliverError('over-budget');
  }

  async function isDoneInTime(work: Promise<void>): Promise<boolean> {
    return (await withinBudget(services, budget.eventMs, work)) !== 'late';
  }

  /** Ends the invocation of a timer, although something still hangs. Each request in it has a limit of its own. */
  async function endInTime(timer: string, work: Promise<void>): Promise<void> {
    await withinBudget(services, budget.timerMs, work, { timer });
  }
}

let assembled: { services: ServicesWithoutReporter; memory: InstanceMemory } | undefined;

/**
 * Runs the work of one invocation, with a log that outlives it.
 *
 * The app is assembled on first use and not while the file loads: a host that cannot load the file runs an app without
 * functions and reports nothing, while a bad setting here fails each invocation with a clear error (azure-facts:
 * Functions host).
 */
export async function run(context: InvocationContext, work: (keyturn: Keyturn) => Promise<void>): Promise<void> {
  const log = invocationLog(context, print);
  try {
    await work(appFor(log.write));
  } finally {
    log.end();
  }
}

function appFor(write: WriteLine): Keyturn {
  assembled ??= { services: servicesFrom(process.env), memory: new Map() };
  const { services, memory } = assembled;
  return keyturn({ ...services, ...reporter(write, services) }, memory);
}

function print(text: string): void {
  // eslint-disable-next-line no-console -- the log of an invocation that is over
  console.log(text);
}

/**
 * The one door of every HTTP function. It registers every method, so that it can refuse one with an explanation: the
 * host would answer 404.
 */
export function route(
  authLevel: 'anonymous' | 'function',
  methodsOf: (request: HttpRequest) => Methods<Keyturn>,
): Required<Pick<HttpFunctionOptions, 'methods' | 'authLevel' | 'handler'>> {
  return { methods: [...everyMethod], authLevel, handler };

  async function handler(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
    const log = invocationLog(context, print);
    const open = () => appFor(log.write);
    const report = (error: unknown) => {
      reportError(log.write, error);
    };
    try {
      return await answerRequest(request, { methodsOf, open, report });
    } finally {
      log.end();
    }
  }
}

/**
 * The texts of a `SettingsError` are redacted. The message of any other error may quote what was sent, so it is left
 * out.
 */
function reportError(write: WriteLine, error: unknown): void {
  const now = clock.now();
  if (error instanceof SettingsError) writeNote(write, now, 'bad-settings', { problems: error.problems.join('; ') });
  else writeNote(write, now, 'internal', placeOf(error));
}

function placeOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? [];
  return {
    error: error.name,
    at: frames
      .slice(0, 5)
      .map((frame) => frame.trim().slice(0, 200))
      .join(' '),
  };
}

const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

function servicesFrom(env: NodeJS.ProcessEnv): ServicesWithoutReporter {
  const settings = settingsFrom(env);
  const clientId = env['AZURE_CLIENT_ID'];
  const http = createDefaultHttpClient();
  const credential = managedIdentity(clientId, http);
  return assembleServices({
    settings,
    clock,
    credential,
    http,
    container: (name) => blobs(settings.blobServiceUrl, name, credential, clock),
  });
}

/**
 * Returns the access level of the notices route. Action groups cannot send a function key: where Entra authentication is
 * on, the caller's role decides alone.
 */
export function noticesAuthLevel(): 'anonymous' | 'function' {
  return asksForRoles() ? 'anonymous' : 'function';
}

/** Lets an action group, or an operator, send a notice. */
export function asNoticeSender(request: HttpRequest, act: (operator?: string) => Answer): Answer | HttpResponseInit {
  if (!asksForRoles()) return act();
  const refused = refuseWithout([actionGroupRole, operatorRole], request);
  return refused ?? act(hasRole(operatorRole, request) ? callerName(request) : undefined);
}

/** Lets an operator act. Where Entra authentication is on, the role is asked for besides the function key. */
export function asOperator(request: HttpRequest, act: (caller?: string) => Answer): Answer | HttpResponseInit {
  if (!asksForRoles()) return act();
  return refuseWithout([operatorRole], request) ?? act(callerName(request));
}

type Answer = Promise<HttpResponseInit>;

/**
 * The deployment sets this together with App Service authentication, which writes the principal of a caller. Without it
 * anybody may write that header, so nothing is read from it (R28, who may shorten).
 */
function asksForRoles(): boolean {
  return process.env['KEYTURN_AUTH']?.trim().toLowerCase() === 'entra';
}

/** Returns the rotation that a path names. With streams, names of the query come among the parameters of a request. */
export function rotationIn({ url }: HttpRequest): string | undefined {
  return /\/rotations\/([^/]+)\/?$/i.exec(new URL(url).pathname)?.[1];
}
