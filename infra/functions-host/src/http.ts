import { Hono } from 'hono';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { serveEventGrid } from './eventGrid.ts';
import type { TypedData } from './functionsCore.ts';
import { equalIgnoringCase } from './indexing.ts';
import type { IndexedFunction } from './indexing.ts';
import type { Invoker } from './invocation.ts';
import { isAllowed, refusalStatus } from './keys.ts';
import type { Keys } from './keys.ts';
import { fromRpcHttp, longestBody, toRpcHttp } from './rpcHttp.ts';
import { streamMetadata } from './streams.ts';
import type { Forwarder } from './streams.ts';

export interface RouterOptions {
  readonly functions: readonly IndexedFunction[];
  readonly routePrefix: string;
  readonly keys: Keys;
  readonly invoker: Invoker;
  /** Returns what a timer's function gets if it runs now. */
  readonly timerData: (fn: IndexedFunction) => TypedData;
  /** Present where the app takes bodies as streams. */
  readonly forwarder: Forwarder | undefined;
}

const adminInvocation = z.object({ input: z.string().nullish() });

/**
 * Creates the host's HTTP side: the functions' routes, Event Grid's webhook and `POST /admin/functions/{name}`.
 * Paths are matched without regard to case, and a method that is not listed is 404, not 405
 * (azure-functions-host#10098).
 */
export function createRouter(options: RouterOptions): Hono {
  const { functions, keys, invoker } = options;
  const router = new Hono({ getPath: (request) => new URL(request.url).pathname.toLowerCase() });
  for (const fn of httpFunctionsByPrecedence(functions)) addRoute(router, options, fn);
  router.on(['GET', 'POST', 'DELETE', 'OPTIONS'], '/runtime/webhooks/eventgrid', (c) => {
    const status = refusalStatus(keys, c.req.raw, keys.eventGrid);
    return status === undefined ? serveEventGrid(functions, invoker, c.req.raw) : c.body(null, status);
  });
  router.post('/admin/functions/:name', async (c) => {
    const status = refusalStatus(keys, c.req.raw);
    if (status !== undefined) return c.body(null, status);
    const body: unknown = await c.req.json().catch(() => undefined);
    return c.body(null, startInvocation(options, c.req.param('name'), body));
  });
  router.notFound((c) => c.body(null, 404));
  return router;
}

/**
 * Invokes a function without waiting for it, disabled or not. A timer ignores the input, an event function takes it as
 * its event (`FunctionsController.Invoke` in Azure/azure-functions-host).
 */
function startInvocation({ functions, invoker, timerData }: RouterOptions, name: string, body: unknown) {
  const parsed = adminInvocation.safeParse(body);
  if (!parsed.success) return 400;
  const fn = functions.find(({ metadata }) => equalIgnoringCase(metadata.name, name));
  if (fn?.trigger.type !== 'timerTrigger' && fn?.trigger.type !== 'eventGridTrigger') return 404;
  const data = fn.trigger.type === 'timerTrigger' ? timerData(fn) : { json: parsed.data.input ?? '' };
  // The invoker logs what the function throws.
  invoker.invoke(fn, data).catch(() => undefined);
  return 202;
}

function addRoute(router: Hono, options: RouterOptions, fn: IndexedFunction): void {
  const { keys, routePrefix } = options;
  const { name } = fn.metadata;
  const { authLevel = 'anonymous', methods = [] } = fn.trigger;
  const template = `/${routePrefix}/${routeOf(fn)}`.replaceAll(/\/+/g, '/');
  router.all(template.toLowerCase().replaceAll(/\{([^}?]+)(\??)\}/g, ':$1$2'), async (c, next) => {
    const request = c.req.raw;
    if (!methods.some((method) => equalIgnoringCase(method, request.method))) {
      await next();
      return;
    }
    if (!isAllowed(keys, request, authLevel, name)) return c.body(null, 401);
    if (fn.disabled && !isAllowed(keys, request, 'admin', name)) return c.body(null, 404);
    const params = routeParameters(template, new URL(request.url).pathname);
    try {
      return await answer(options, fn, request, params);
    } catch {
      return c.body(null, 500);
    }
  });
}

async function answer(
  { invoker, forwarder }: RouterOptions,
  fn: IndexedFunction,
  request: Request,
  params: ReadonlyMap<string, string>,
): Promise<Response> {
  if (Number(request.headers.get('content-length')) > longestBody) return new Response(null, { status: 500 });
  if (forwarder === undefined) return fromRpcHttp(await invoker.invoke(fn, await toRpcHttp(request, params)));
  const invocationId = randomUUID();
  const triggerMetadata = streamMetadata(request, params);
  const invocation = invoker.invoke(fn, { http: {} }, { invocationId, triggerMetadata });
  return forwarder.forward(request, invocationId, invocation);
}

function routeOf({ trigger, metadata }: IndexedFunction): string {
  return trigger.route ?? metadata.name;
}

/** A literal segment takes precedence over a parameter. */
function httpFunctionsByPrecedence(functions: readonly IndexedFunction[]): IndexedFunction[] {
  const rank = (fn: IndexedFunction) => routeOf(fn).toLowerCase().replaceAll('{', '~');
  return functions
    .filter(({ trigger }) => equalIgnoringCase(trigger.type, 'httpTrigger'))
    .toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/** Takes parameters from the original path: the router has matched it in lower case. */
function routeParameters(template: string, path: string): Map<string, string> {
  const values = path.split('/');
  const names = template.split('/').map((segment) => /^\{(.+?)\??\}$/.exec(segment)?.[1]);
  return new Map(
    names.flatMap((name, at) => {
      const value = values[at];
      return name === undefined || !value ? [] : [[name, decodeURIComponent(value)]];
    }),
  );
}
