import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Core } from '../../../shared/platform.ts';
import { readBody, armRoute } from '../../middleware.ts';
import { batchAccountAt, groupPath, lowerCasePath } from '../../scope.ts';
import type { ArmState } from '../../state.ts';
import { assertKeyAccessible } from '../customerManagedKey.ts';
import { batchError, invalidPropertyError } from '../errors.ts';
import { poolIdentity } from '../identity.ts';
import { etagOf, poolBodyOf } from '../serializers.ts';
import type { BatchAccount, Pool } from '../state.ts';
import { createPool } from './pool.ts';
import type { PoolContext } from './pool.ts';
import { poolBody, poolPatchBody } from './schema.ts';
import { assertConsistent, patchPool, replacePool } from './update.ts';

const account = `${groupPath}/providers/microsoft.batch/batchaccounts/:name`;
const pools = `${account}/pools`;
const retryAfterSeconds = '15';

/** Pools (https://learn.microsoft.com/rest/api/batchmanagement/pool). */
export function poolRoutes(poolContext: PoolContext, state: ArmState): Hono {
  const { core } = poolContext;
  const app = new Hono({ getPath: lowerCasePath });
  const allow = (operation: string, action: string) =>
    armRoute(core, state, { operation, provider: 'Microsoft.Batch', action: `batchAccounts/${action}` });
  const accountAt = (context: Context) => {
    const found = batchAccountAt(context, state);
    assertKeyAccessible(found);
    return found;
  };
  const found = (context: Context) => poolAt(core, accountAt(context), poolNameIn(context));

  app.get(pools, allow('pool.list', 'pools/read'), (context) => {
    const all = [...poolsOf(core, accountAt(context)).values()];
    return context.json(poolPage(new URL(context.req.raw.url), all));
  });
  app.get(`${pools}/:pool`, allow('pool.get', 'pools/read'), (context) => answer(context, found(context)));
  app.put(`${pools}/:pool`, allow('pool.put', 'pools/write'), (context) => putPool(context, poolContext, state));
  app.patch(`${pools}/:pool`, allow('pool.update', 'pools/write'), async (context) => {
    const pool = found(context);
    assertNotDeleted(pool);
    assertCondition(context, pool);
    patchPool(pool, await readBody(context, poolPatchBody), versionIn(context));
    return answer(context, pool);
  });
  app.delete(`${pools}/:pool`, allow('pool.delete', 'pools/delete'), (context) => {
    const pool = poolsOf(core, accountAt(context)).get(poolNameIn(context).toLowerCase());
    if (!pool) return context.body(null, 204);
    pool.deletedMs ??= core.clock.now().getTime();
    return begun(context, pool);
  });
  app.get(
    `${account}/pooloperationresults/:operation`,
    allow('pool.deletion', 'poolOperationResults/read'),
    (context) => {
      const { operation = '' } = context.req.param() as Record<string, string | undefined>;
      const name = /^delete-(.+)-\w+$/.exec(operation)?.[1] ?? '';
      const pool = poolsOf(core, accountAt(context)).get(name);
      return pool?.deletedMs === undefined ? context.body(null, 200) : begun(context, pool);
    },
  );
  return app;
}

async function putPool(context: Context, poolContext: PoolContext, state: ArmState): Promise<Response> {
  const account = batchAccountAt(context, state);
  assertKeyAccessible(account);
  const name = poolNameIn(context);
  const old = poolsOf(poolContext.core, account).get(name.toLowerCase());
  assertCondition(context, old);
  const body = await readBody(context, poolBody);
  if (old) {
    assertNotDeleted(old);
    replacePool(old, body, versionIn(context));
    return answer(context, old);
  }
  if (!/^[\w-]{1,64}$/.test(name)) throw invalidPropertyError('poolName', `${name} is no name for a pool.`);
  assertConsistent(body.properties);
  const { properties, tags, identity = { type: 'None' } } = body;
  const timing = { ...account.poolTiming };
  const pool = createPool(poolContext, { account, name, properties, tags, identity: poolIdentity(identity), timing });
  account.pools.set(name.toLowerCase(), pool);
  return answer(context, pool);
}

function answer(context: Context, pool: Pool): Response {
  context.header('ETag', etagOf(pool));
  return context.json(poolBodyOf(pool));
}

/** A deletion under way, and where to ask for its end. */
function begun(context: Context, { account: { id }, name, modified }: Pool): Response {
  const url = new URL(context.req.raw.url);
  const results = `${id}/poolOperationResults/delete-${name}-${modified.etag.slice(2)}${url.search}`;
  context.header('Location', new URL(results, url).href);
  context.header('Retry-After', retryAfterSeconds);
  return context.body(null, 202);
}

/** The last part of the path as it was sent: the routes see it in lower case. */
function poolNameIn(context: Context): string {
  return new URL(context.req.raw.url).pathname.split('/').at(-1) ?? '';
}

function versionIn(context: Context): string {
  return new URL(context.req.raw.url).searchParams.get('api-version') ?? '';
}

/** The account's pools by name; what has been deleted for long enough is gone. */
export function poolsOf({ clock }: Core, { pools }: BatchAccount): Map<string, Pool> {
  const nowMs = clock.now().getTime();
  for (const [name, { deletedMs = Infinity, timing }] of pools) {
    if (deletedMs + timing.deleteMs <= nowMs) pools.delete(name);
  }
  return pools;
}

function poolAt(core: Core, account: BatchAccount, name: string): Pool {
  const found = poolsOf(core, account).get(name.toLowerCase());
  if (found) return found;
  throw batchError(404, 'PoolNotFound', `There is no pool ${name} in the Batch account ${account.name}.`);
}

/** `If-Match` and `If-None-Match: *`, as RFC 9110 has them. */
function assertCondition(context: Context, found: Pool | undefined): void {
  const wanted = context.req.header('if-match');
  const isAsWanted = wanted === undefined || (found && ['*', etagOf(found)].includes(wanted));
  const isNew = context.req.header('if-none-match') !== '*' || !found;
  if (isAsWanted && isNew) return;
  throw batchError(412, 'ConditionNotMet', 'A condition in the headers is not met.');
}

function assertNotDeleted({ deletedMs, name }: Pool): void {
  if (deletedMs !== undefined) throw batchError(409, 'PoolBeingDeleted', `The pool ${name} is being deleted.`);
}

/** One page of pools by name, from where the link that was followed says. */
function poolPage(url: URL, pools: readonly Pool[]) {
  const { searchParams: query } = url;
  const unserved = ['$filter', '$select'].find((name) => query.has(name));
  if (unserved !== undefined) throw batchError(400, 'UnsupportedQueryParameter', `${unserved} is not served here.`);
  const size = sizeIn(query.get('maxresults'));
  const after = query.get('$skipToken') ?? '';
  const rest = pools.filter(({ name }) => name > after).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const value = page.map(poolBodyOf);
  if (rest.length <= size || !last) return { value };
  const next = new URL(url);
  next.searchParams.set('$skipToken', last.name);
  return { value, nextLink: next.href };
}

function sizeIn(wanted: string | null): number {
  const size = Number(wanted ?? 1_000);
  if (Number.isInteger(size) && size >= 1 && size <= 1_000) return size;
  throw batchError(400, 'OutOfRangeQueryParameterValue', 'maxresults is outside of its range of 1 to 1000.');
}
