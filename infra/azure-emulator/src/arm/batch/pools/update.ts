import { isDeepStrictEqual } from 'node:util';
import { Duration } from 'luxon';
import { batchError, invalidPropertyError } from '../errors.ts';
import { poolIdentity } from '../identity.ts';
import type { Pool } from '../state.ts';
import { isSupported, supportedImages } from './images.ts';
import type { PoolDefinition, PoolPatch, PoolProperties } from './schema.ts';

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
  assertConsistent(wanted);
  const old = new Map<string, unknown>(Object.entries(pool.properties));
  const names = [...new Set([...old.keys(), ...Object.keys(wanted)])];
  const now = new Map<string, unknown>(Object.entries(wanted));
  const changed = names.filter((name) => !isDeepStrictEqual(old.get(name), now.get(name)));
  assertChangeable(pool, changed, apiVersion);
  const resizes = changed.includes('scaleSettings');
  if (resizes && pool.allocation.state !== 'Steady') {
    throw batchError(409, 'PoolBeingResized', 'The pool is being resized.');
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
  throw batchError(409, 'PropertyCannotBeUpdated', message, { PropertyName: fixed });
}

type Machine = PoolProperties['deploymentConfiguration']['virtualMachineConfiguration'];

/** What the form of a definition cannot tell: throws where its parts do not fit together. */
export function assertConsistent({ deploymentConfiguration, scaleSettings }: PoolProperties): void {
  assertScale(scaleSettings);
  assertImage(deploymentConfiguration.virtualMachineConfiguration);
  assertExtensions(deploymentConfiguration.virtualMachineConfiguration.extensions);
}

/** https://learn.microsoft.com/rest/api/batchmanagement/pool/create#fixedscalesettings */
function assertScale(scale: PoolProperties['scaleSettings']): void {
  if (!scale) return;
  if ((scale.fixedScale === undefined) === (scale.autoScale === undefined)) {
    throw invalidPropertyError('scaleSettings', 'One of fixedScale and autoScale is needed, not both.');
  }
  const timeout = scale.fixedScale?.resizeTimeout ?? 'PT15M';
  if (Duration.fromISO(timeout).toMillis() >= 300_000) return;
  throw invalidPropertyError('resizeTimeout', 'A resize takes at least five minutes.');
}

function assertImage({ imageReference, nodeAgentSkuId }: Machine): void {
  const { id, publisher, offer, sku } = imageReference;
  if (id !== undefined) {
    if (publisher ?? offer ?? sku) throw invalidPropertyError('imageReference', 'An image has an id or a publisher.');
    if (supportedImages.some(({ nodeAgentSKUId }) => nodeAgentSKUId === nodeAgentSkuId)) return;
    throw invalidPropertyError('nodeAgentSkuId', `There is no node agent ${nodeAgentSkuId}.`);
  }
  if (isSupported(imageReference, nodeAgentSkuId)) return;
  throw invalidPropertyError('imageReference', `The image is not supported with the node agent ${nodeAgentSkuId}.`);
}

function assertExtensions(extensions: Machine['extensions'] = []): void {
  const names = new Set(extensions.map(({ name }) => name));
  if (names.size < extensions.length) throw invalidPropertyError('extensions', 'Two extensions have the same name.');
  const after = extensions.flatMap(({ provisionAfterExtensions }) => provisionAfterExtensions ?? []);
  const unknown = after.find((name) => !names.has(name));
  if (unknown !== undefined)
    throw invalidPropertyError('provisionAfterExtensions', `There is no extension ${unknown}.`);
}
