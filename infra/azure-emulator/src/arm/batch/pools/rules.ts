import { Duration } from 'luxon';
import { invalidProperty } from '../refusal.ts';
import type { PoolProperties } from './definition.ts';
import { isSupported, supportedImages } from './images.ts';

type Machine = PoolProperties['deploymentConfiguration']['virtualMachineConfiguration'];

/** What the form of a definition cannot tell: throws where its parts do not fit together. */
export function assertPossible({ deploymentConfiguration, scaleSettings }: PoolProperties): void {
  assertScale(scaleSettings);
  assertImage(deploymentConfiguration.virtualMachineConfiguration);
  assertExtensions(deploymentConfiguration.virtualMachineConfiguration.extensions);
}

/** https://learn.microsoft.com/rest/api/batchmanagement/pool/create#fixedscalesettings */
function assertScale(scale: PoolProperties['scaleSettings']): void {
  if (!scale) return;
  if ((scale.fixedScale === undefined) === (scale.autoScale === undefined)) {
    throw invalidProperty('scaleSettings', 'One of fixedScale and autoScale is needed, not both.');
  }
  const timeout = scale.fixedScale?.resizeTimeout ?? 'PT15M';
  if (Duration.fromISO(timeout).toMillis() >= 300_000) return;
  throw invalidProperty('resizeTimeout', 'A resize takes at least five minutes.');
}

function assertImage({ imageReference, nodeAgentSkuId }: Machine): void {
  const { id, publisher, offer, sku } = imageReference;
  if (id !== undefined) {
    if (publisher ?? offer ?? sku) throw invalidProperty('imageReference', 'An image has an id or a publisher.');
    if (supportedImages.some(({ nodeAgentSKUId }) => nodeAgentSKUId === nodeAgentSkuId)) return;
    throw invalidProperty('nodeAgentSkuId', `There is no node agent ${nodeAgentSkuId}.`);
  }
  if (isSupported(imageReference, nodeAgentSkuId)) return;
  throw invalidProperty('imageReference', `The image is not supported with the node agent ${nodeAgentSkuId}.`);
}

function assertExtensions(extensions: Machine['extensions'] = []): void {
  const names = new Set(extensions.map(({ name }) => name));
  if (names.size < extensions.length) throw invalidProperty('extensions', 'Two extensions have the same name.');
  const after = extensions.flatMap(({ provisionAfterExtensions }) => provisionAfterExtensions ?? []);
  const unknown = after.find((name) => !names.has(name));
  if (unknown !== undefined) throw invalidProperty('provisionAfterExtensions', `There is no extension ${unknown}.`);
}
