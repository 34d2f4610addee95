import type { Context } from 'hono';
import type { Core } from '../../../core.ts';
import type { BatchAccount } from '../../state.ts';
import { batchRefusal } from '../refusal.ts';
import { etagOf } from './body.ts';
import type { Pool } from './pool.ts';

/** The account's pools by name; what has been deleted for long enough is gone. */
export function poolsOf({ clock }: Core, { pools }: BatchAccount): Map<string, Pool> {
  const nowMs = clock.now().getTime();
  for (const [name, { deletedMs = Infinity, timing }] of pools) {
    if (deletedMs + timing.deleteMs <= nowMs) pools.delete(name);
  }
  return pools;
}

export function poolAt(core: Core, account: BatchAccount, name: string): Pool {
  const found = poolsOf(core, account).get(name.toLowerCase());
  if (found) return found;
  throw batchRefusal(404, 'PoolNotFound', `There is no pool ${name} in the Batch account ${account.name}.`);
}

/** `If-Match` and `If-None-Match: *`, as RFC 9110 has them. */
export function assertCondition(context: Context, found: Pool | undefined): void {
  const wanted = context.req.header('if-match');
  const isAsWanted = wanted === undefined || (found && ['*', etagOf(found)].includes(wanted));
  const isNew = context.req.header('if-none-match') !== '*' || !found;
  if (isAsWanted && isNew) return;
  throw batchRefusal(412, 'ConditionNotMet', 'A condition in the headers is not met.');
}

export function assertNotDeleted({ deletedMs, name }: Pool): void {
  if (deletedMs !== undefined) throw batchRefusal(409, 'PoolBeingDeleted', `The pool ${name} is being deleted.`);
}
