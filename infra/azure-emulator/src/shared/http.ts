import type { MiddlewareHandler } from 'hono';
import type { Later } from './faults.ts';
import type { Call } from './journal.ts';
import type { Core } from './platform.ts';
import type { Cut, Service } from './service.ts';

/** Thrown where a connection ends without an answer; the shell does to its connection what `cut` says. */
export class ConnectionCut extends Error {
  readonly cut: Cut;
  readonly call: Call;
  constructor(cut: Cut, call: Call) {
    super(`${call.operation}: ${cut}`);
    this.cut = cut;
    this.call = call;
  }
}

interface Sent {
  readonly request: Request;
  readonly body: string;
}

interface Pending {
  readonly sent: Sent;
  isDue(): boolean;
}

type ServiceOf = (authority: string) => Service | undefined;

export type Handle = (request: Request) => Promise<Response>;

/** The local Azure as one function: finds the service, keeps the journal, lets planned faults strike. */
export function createHandle(core: Core, serviceOf: ServiceOf): Handle {
  const pending = new Set<Pending>();
  let served = 0;

  async function handle(request: Request): Promise<Response> {
    await runPending();
    const sent = { request, body: await request.text() };
    const { call, response } = await exchange(core, serviceOf, sent, false);
    served += 1;
    const later = core.faults.laterOf(call);
    if (later) pending.add({ sent, isDue: dueTest(later) });
    if (call.cut) throw new ConnectionCut(call.cut, call);
    return response;
  }
  async function runPending(): Promise<void> {
    for (const next of [...pending].filter((each) => each.isDue())) {
      pending.delete(next);
      await exchange(core, serviceOf, next.sent, true);
    }
  }
  function dueTest(later: Later): () => boolean {
    if ('afterRequests' in later) {
      const target = served + later.afterRequests;
      return () => served >= target;
    }
    const dueMs = core.clock.now().getTime() + later.afterMs;
    return () => core.clock.now().getTime() >= dueMs;
  }
  return handle;
}

async function exchange(
  core: Core,
  serviceOf: ServiceOf,
  sent: Sent,
  duplicate: boolean,
): Promise<{ call: Call; response: Response }> {
  const { method, url, headers } = sent.request;
  // The body has been read, so the service gets a new request; without a body the first one will do.
  const isUnread = sent.body === '' && !duplicate;
  const request = isUnread
    ? sent.request
    : new Request(url, { method, headers, ...(sent.body && { body: sent.body }) });
  const call = core.journal.begin(request, sent.body, duplicate);
  const service = serviceOf(call.authority);
  call.service = service?.name ?? 'unmatched';
  const answer = (await service?.fetch(request)) ?? unmatchedAuthority();
  return { call, response: await finishExchange(core, call, answer) };
}

/** Writes the journal's end of it, and adds what every service adds to an answer. */
async function finishExchange(core: Core, call: Call, answer: Response): Promise<Response> {
  const headers = new Headers(answer.headers);
  if (!headers.has('x-ms-request-id')) headers.set('x-ms-request-id', call.requestId);
  const text = await answer.text();
  const body = core.faults.echoKeys && answer.status >= 400 ? withEchoedRequest(text, call) : text;
  core.journal.finish(call, answer.status, { headers: Object.fromEntries(headers), body });
  return new Response(body === '' ? null : body, { status: answer.status, headers });
}

function withEchoedRequest(text: string, { request }: Call): string {
  const received = `${request.headers['authorization'] ?? ''} ${request.body}`;
  try {
    const parsed = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof parsed.error?.message !== 'string') return JSON.stringify({ ...parsed, received });
    parsed.error.message += ` Received: ${received}`;
    return JSON.stringify(parsed);
  } catch {
    return `${text} ${received}`;
  }
}

function unmatchedAuthority(): Response {
  const error = { code: 'NotFound', message: 'Nothing is served under this authority.' };
  return Response.json({ error }, { status: 404 });
}

/**
 * First handler of every route: names the operation in the journal and gives planned faults their chance.
 * `app.get('/secrets/:name', operation(core, 'getSecret'), ...)`
 */
export function nameOperation(core: Core, name: string): MiddlewareHandler {
  return async (context, next) => {
    const call = core.journal.of(context.req.raw);
    call.operation = name;
    const instead = await core.faults.strike(call);
    call.prevented = instead !== undefined;
    if (instead) return instead;
    await next();
    return undefined;
  };
}
