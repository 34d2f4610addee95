import { Hono } from 'hono';
import { invokeByHand } from './admin.ts';
import { serveEventGrid } from './eventGrid.ts';
import { sameName } from './indexing.ts';
import type { Indexed } from './indexing.ts';
import { isAllowed, refusal } from './keys.ts';
import type { Keys } from './keys.ts';
import { fromRpc, toRpc } from './rpcHttp.ts';
import type { Runner } from './runner.ts';

export interface Front {
  readonly functions: readonly Indexed[];
  readonly routePrefix: string;
  readonly keys: Keys;
  readonly runner: Runner;
}

/**
 * The host's HTTP side: the functions' routes, Event Grid's webhook and `POST /admin/functions/{name}`.
 * Paths are matched without regard to case, and an unlisted method is 404, not 405 (azure-functions-host#10098).
 */
export function httpFront(front: Front): Hono {
  const router = new Hono({ getPath: (request) => new URL(request.url).pathname.toLowerCase() });
  for (const target of byPrecedence(front.functions.filter(isHttp))) addRoute(router, front, target);
  addPlatformRoutes(router, front);
  router.notFound((c) => c.body(null, 404));
  return router;
}

function addPlatformRoutes(router: Hono, { functions, keys, runner }: Front): void {
  router.on(['GET', 'POST', 'DELETE', 'OPTIONS'], '/runtime/webhooks/eventgrid', (c) => {
    const status = refusal(keys, c.req.raw, keys.eventGrid);
    return status === undefined ? serveEventGrid({ functions, runner }, c.req.raw) : c.body(null, status);
  });
  router.post('/admin/functions/:name', async (c) => {
    const status = refusal(keys, c.req.raw);
    if (status !== undefined) return c.body(null, status);
    const body: unknown = await c.req.json().catch(() => undefined);
    return invokeByHand(functions, runner, c.req.param('name'), body);
  });
}

function addRoute(router: Hono, front: Front, target: Indexed): void {
  const { keys, routePrefix, runner } = front;
  const { name } = target.metadata;
  const { authLevel = 'anonymous', methods = [] } = target.trigger;
  const template = `/${routePrefix}/${routeOf(target)}`.replaceAll(/\/+/g, '/');
  router.all(template.toLowerCase().replaceAll(/\{([^}]+)\}/g, ':$1'), async (c, next) => {
    const request = c.req.raw;
    if (!methods.some((method) => sameName(method, request.method))) {
      await next();
      return;
    }
    if (!isAllowed(keys, request, authLevel, name)) return c.body(null, 401);
    if (target.disabled && !isAllowed(keys, request, 'admin', name)) return c.body(null, 404);
    const params = paramsOf(template, new URL(request.url).pathname);
    try {
      return fromRpc(await runner.run(target, await toRpc(request, params)));
    } catch {
      return c.body(null, 500);
    }
  });
}

function isHttp({ trigger }: Indexed): boolean {
  return sameName(trigger.type, 'httpTrigger');
}

function routeOf({ trigger, metadata }: Indexed): string {
  return trigger.route ?? metadata.name;
}

/** Literal segments come before parameters. */
function byPrecedence(functions: readonly Indexed[]): Indexed[] {
  const rank = (target: Indexed) => routeOf(target).toLowerCase().replaceAll('{', '~');
  return functions.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/** Parameters are taken from the path as it came: matching had lowered its letters. */
function paramsOf(template: string, path: string): Map<string, string> {
  const values = path.split('/');
  const names = template.split('/').map((segment) => /^\{(.+)\}$/.exec(segment)?.[1]);
  return new Map(
    names.flatMap((name, at) => (name === undefined ? [] : [[name, decodeURIComponent(values[at] ?? '')]])),
  );
}
