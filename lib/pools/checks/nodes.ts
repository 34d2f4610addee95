import type { Check, Flaw, Seen } from '../finding.ts';
import { extensionFor } from '../keyVaultExtension.ts';
import { agrees, fitness, type Platform } from '../platform.ts';

/** Will the nodes run the extension, and stand still while they are looked at? */
export const nodeChecks: readonly Check[] = [image, nodeAgent, notReady, resizing, apiVersion];

function image({ pool, major }: Seen): Flaw | undefined {
  const platform = pool.image ?? pool.agent;
  const found = platform ? fitness(platform, major ?? extensionFor[pool.os].newestMajor) : 'fit';
  if (!platform || found === 'fit') return undefined;
  return found === 'too-old'
    ? { reason: 'pool-image-too-old', detail: named(platform) }
    : { reason: 'pool-image-unsupported' };
}

function nodeAgent({ pool }: Seen): Flaw | undefined {
  if (!pool.image || (pool.agent && agrees(pool.agent, pool.image))) return undefined;
  return { reason: 'pool-node-agent-mismatch', detail: `the image is ${named(pool.image)}` };
}

/** A pool that is not made yet has no state. */
function notReady({ pool: { provisioningState: state } }: Seen): Flaw | undefined {
  return state === undefined || state === 'Succeeded' ? undefined : { reason: 'pool-not-ready' };
}

function resizing({ pool: { allocationState: state } }: Seen): Flaw | undefined {
  return state === undefined || state === 'Steady' ? undefined : { reason: 'pool-resizing' };
}

/** The first that the documents of today describe; dates in this form compare as text. */
function apiVersion({ wanted }: Seen): Flaw | undefined {
  if (wanted.apiVersion === undefined || wanted.apiVersion >= '2024-07-01') return undefined;
  return { reason: 'pool-api-outdated' };
}

function named({ family, version }: Platform): string {
  const shown = family === 'ubuntu' ? version?.toFixed(2) : version;
  return [family, shown].filter(Boolean).join(' ');
}
