import type { Check, PoolProblem, ObservingExtension } from '../finding.ts';
import { extensionFor } from '../keyVaultExtension.ts';
import { belongsTo, fitness, type Platform } from '../platform.ts';

/** Do the nodes run the extension, and does the pool stand still? */
export const nodeChecks: readonly Check[] = [image, nodeAgent, notReady, resizing, apiVersion];

function image({ pool, major }: ObservingExtension): PoolProblem | undefined {
  const platform = pool.image ?? pool.agent;
  const found = platform ? fitness(platform, major ?? extensionFor[pool.os].newestMajor) : 'fit';
  if (!platform || found === 'fit') return undefined;
  return found === 'too-old'
    ? { reason: 'pool-image-too-old', detail: named(platform) }
    : { reason: 'pool-image-unsupported' };
}

function nodeAgent({ pool }: ObservingExtension): PoolProblem | undefined {
  if (!pool.image || (pool.agent && belongsTo(pool.agent, pool.image))) return undefined;
  return { reason: 'pool-node-agent-mismatch', detail: `the image is ${named(pool.image)}` };
}

/** A pool that does not exist yet has no state. */
function notReady({ pool: { provisioningState: state } }: ObservingExtension): PoolProblem | undefined {
  return state === undefined || state === 'Succeeded' ? undefined : { reason: 'pool-not-ready' };
}

function resizing({ pool: { allocationState: state } }: ObservingExtension): PoolProblem | undefined {
  return state === undefined || state === 'Steady' ? undefined : { reason: 'pool-resizing' };
}

/** The oldest api-version that is documented today. Dates in this form compare as text. */
function apiVersion({ wanted }: ObservingExtension): PoolProblem | undefined {
  if (wanted.apiVersion === undefined || wanted.apiVersion >= '2024-07-01') return undefined;
  return { reason: 'pool-api-outdated' };
}

function named({ family, version }: Platform): string {
  const shown = family === 'ubuntu' ? version?.toFixed(2) : version;
  return [family, shown].filter(Boolean).join(' ');
}
