import type { MiddlewareHandler } from 'hono';
import type { Core } from './core.ts';

/**
 * First handler of every route: names the operation in the journal and gives planned faults their chance.
 * `app.get('/secrets/:name', operation(core, 'getSecret'), ...)`
 */
export function operation(core: Core, name: string): MiddlewareHandler {
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
