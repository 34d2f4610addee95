import { isDeepStrictEqual } from 'node:util';
import { poolIdentity } from '../identity.ts';
import { batchRefusal } from '../refusal.ts';
import type { PoolDefinition, PoolPatch, PoolProperties } from './definition.ts';
import type { Pool } from './pool.ts';
import { assertPossible } from './rules.ts';

/** https://learn.microsoft.com/azure/batch/batch-pool-update-properties */
const changeable = ['applicationPackages', 'certificates', 'metadata', 'scaleSettings', 'startTask'];

/** What is not named stays as it is. */
export function patchPool(pool: Pool, { identity, tags, properties }: PoolPatch, apiVersion: string): void {
  const named = Object.fromEntries(Object.entries(properties ?? {}).filter(([, value]) => value !== undefined));
  change(pool, { ...pool.properties, ...named }, apiVersion);
  if (identity) pool.identity = poolIdentity(identity);
  pool.tags = tags ?? pool.tags;
}

/** A PUT on a pool that exists replaces everything. */
export function replacePool(pool: Pool, { identity, tags, properties }: PoolDefinition, apiVersion: string): void {
  change(pool, properties, apiVersion);
  pool.identity = poolIdentity(identity ?? { type: 'None' });
  pool.tags = tags;
}

function change(pool: Pool, wanted: PoolProperties, apiVersion: string): void {
  assertPossible(wanted);
  const old = new Map<string, unknown>(Object.entries(pool.properties));
  const names = [...new Set([...old.keys(), ...Object.keys(wanted)])];
  const now = new Map<string, unknown>(Object.entries(wanted));
  const changed = names.filter((name) => !isDeepStrictEqual(old.get(name), now.get(name)));
  assertChangeable(pool, changed, apiVersion);
  const resizes = changed.includes('scaleSettings');
  if (resizes && pool.allocation.state !== 'Steady') {
    throw batchRefusal(409, 'PoolBeingResized', 'The pool is being resized.');
  }
  pool.properties = wanted;
  if (resizes) pool.resize();
  pool.touch();
}

/** Anything else needs a pool without nodes, and api-version 2024-07-01. The code is ours. */
function assertChangeable(pool: Pool, changed: readonly string[], apiVersion: string): void {
  const fixed = changed.find((name) => !changeable.includes(name));
  if (fixed === undefined) return;
  const isEmpty = pool.nodes.length === 0 && pool.allocation.state === 'Steady';
  if (isEmpty && apiVersion >= '2024-07-01') return;
  const message = `The property ${fixed} of a pool cannot be changed while it has nodes.`;
  throw batchRefusal(409, 'PropertyCannotBeUpdated', message, { PropertyName: fixed });
}
