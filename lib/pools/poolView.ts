import type { Pool } from '@azure/arm-batch';
import { z } from 'zod';
import { observingIn, type ExtensionView } from './extensionView.ts';
import type { Os } from './keyVaultExtension.ts';
import { osOf, platformOfAgent, platformOfImage, type Platform } from './platform.ts';
import { anything, members, object, text, type Members } from './schemas.ts';

/** A pool as Azure Resource Manager writes it; the SDK's `Pool` has its properties one level up. */
export interface PoolBody {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly identity?: unknown;
  readonly properties: Members;
}

export type AnyPool = Pool | PoolBody;

/** The parts of a pool that checks and definitions need, as they were written. */
export interface PoolView {
  readonly name: string;
  readonly os: Os;
  readonly image: Platform | undefined;
  readonly agent: Platform | undefined;
  readonly identities: readonly PoolIdentity[];
  readonly extensions: readonly ExtensionView[];
  readonly provisioningState?: string | undefined;
  readonly allocationState?: string | undefined;
}

export interface PoolIdentity {
  readonly id: string;
  /** The service may show it. */
  readonly clientId?: string | undefined;
}

const machine = object({
  imageReference: object({ publisher: text, offer: text, sku: text }),
  nodeAgentSkuId: text,
  extensions: anything,
});

const shape = object({
  id: text,
  name: text,
  identity: object({ type: text, userAssignedIdentities: z.record(z.string(), object({ clientId: text })).catch({}) }),
  deploymentConfiguration: object({ virtualMachineConfiguration: machine }),
  provisioningState: text,
  allocationState: text,
});

/** Reads any pool that the service or a person wrote. */
export function poolView(pool: AnyPool): PoolView {
  const flat = 'properties' in pool ? { ...pool, ...members.parse(pool.properties) } : pool;
  const { id, name, identity, deploymentConfiguration, ...states } = shape.parse(flat);
  const { imageReference, nodeAgentSkuId = '', extensions } = deploymentConfiguration.virtualMachineConfiguration;
  const image = platformOfImage(imageReference);
  const agent = platformOfAgent(nodeAgentSkuId);
  const views = observingIn(extensions);
  return {
    name: name ?? id?.split('/').at(-1) ?? '',
    os: osOfAny(image ?? agent, views),
    image,
    agent,
    identities: identity.type === 'None' ? [] : identitiesIn(identity.userAssignedIdentities),
    extensions: views,
    ...states,
  };
}

function osOfAny(platform: Platform | undefined, extensions: readonly ExtensionView[]): Os {
  if (platform) return osOf(platform);
  return extensions.some(({ type }) => /windows/i.test(type ?? '')) ? 'windows' : 'linux';
}

function identitiesIn(attached: Readonly<Record<string, { clientId?: string | undefined }>>): readonly PoolIdentity[] {
  return Object.entries(attached).map(([id, { clientId }]) => ({ id, clientId }));
}
