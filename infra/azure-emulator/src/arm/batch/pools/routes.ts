import { Hono } from 'hono';
import type { Context } from 'hono';
import { bodyOf } from '../../body.ts';
import { gate } from '../../gate.ts';
import { batchAccountAt, groupPath, lowerCasePath } from '../../scope.ts';
import type { ArmState } from '../../state.ts';
import { assertKeyHeld } from '../customerKey.ts';
import { poolIdentity } from '../identity.ts';
import { invalidProperty } from '../refusal.ts';
import { etagOf, poolBodyOf } from './body.ts';
import { patchPool, replacePool } from './change.ts';
import { poolBody, poolPatchBody } from './definition.ts';
import { assertCondition, assertNotDeleted, poolAt, poolsOf } from './find.ts';
import { poolPage } from './list.ts';
import type { PoolGround } from './machines.ts';
import { createPool } from './pool.ts';
import type { Pool } from './pool.ts';
import { assertPossible } from './rules.ts';

const account = `${groupPath}/providers/microsoft.batch/batchaccounts/:name`;
const pools = `${account}/pools`;
const retryAfterSeconds = '15';

/** Pools (https://learn.microsoft.com/rest/api/batchmanagement/pool). */
export function poolRoutes(ground: PoolGround, state: ArmState): Hono {
  const { core } = ground;
  const app = new Hono({ getPath: lowerCasePath });
  const allow = (operation: string, action: string) =>
    gate(core, state, { operation, provider: 'Microsoft.Batch', action: `batchAccounts/${action}` });
  const accountAt = (context: Context) => {
    const found = batchAccountAt(context, state);
    assertKeyHeld(found);
    return found;
  };
  const found = (context: Context) => poolAt(core, accountAt(context), poolNameIn(context));

  app.get(pools, allow('pool.list', 'pools/read'), (context) => {
    const all = [...poolsOf(core, accountAt(context)).values()];
    return context.json(poolPage(new URL(context.req.raw.url), all));
  });
  app.get(`${pools}/:pool`, allow('pool.get', 'pools/read'), (context) => answer(context, found(context)));
  app.put(`${pools}/:pool`, allow('pool.put', 'pools/write'), (context) => putPool(context, ground, state));
  app.patch(`${pools}/:pool`, allow('pool.update', 'pools/write'), async (context) => {
    const pool = found(context);
    assertNotDeleted(pool);
    assertCondition(context, pool);
    patchPool(pool, await bodyOf(context, poolPatchBody), versionIn(context));
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

async function putPool(context: Context, ground: PoolGround, state: ArmState): Promise<Response> {
  const account = batchAccountAt(context, state);
  assertKeyHeld(account);
  const name = poolNameIn(context);
  const old = poolsOf(ground.core, account).get(name.toLowerCase());
  assertCondition(context, old);
  const body = await bodyOf(context, poolBody);
  if (old) {
    assertNotDeleted(old);
    replacePool(old, body, versionIn(context));
    return answer(context, old);
  }
  if (!/^[\w-]{1,64}$/.test(name)) throw invalidProperty('poolName', `${name} is no name for a pool.`);
  assertPossible(body.properties);
  const { properties, tags, identity = { type: 'None' } } = body;
  const timing = { ...account.poolTiming };
  const pool = createPool(ground, { account, name, properties, tags, identity: poolIdentity(identity), timing });
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
