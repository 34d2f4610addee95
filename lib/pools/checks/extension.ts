import { renewingUrl } from '../certificateUrl.ts';
import type { Check, PoolProblem, ObservingExtension } from '../finding.ts';
import {
  isWindows4,
  documentedForms,
  extensionFor,
  oldestMajor,
  pollingLimits,
  publisher,
} from '../keyVaultExtension.ts';

/** Is it the right extension, of a documented version, with settings that this version understands? */
export const extensionChecks: readonly Check[] = [
  foreign,
  versionUnknown,
  outdated,
  autoUpgrade,
  pinned,
  notSecret,
  form,
  polling,
  initialSync,
];

function foreign({ pool, extension }: ObservingExtension): PoolProblem | undefined {
  const isOurs =
    equalsIgnoringCase(extension.publisher, publisher) &&
    equalsIgnoringCase(extension.type, extensionFor[pool.os].type);
  if (isOurs) return undefined;
  return { reason: 'pool-extension-foreign', detail: `should be ${publisher} ${extensionFor[pool.os].type}` };
}

function versionUnknown({ extension, major }: ObservingExtension): PoolProblem | undefined {
  if (major !== undefined) return undefined;
  return {
    reason: 'pool-extension-version-unknown',
    detail: extension.version === undefined ? 'is missing' : undefined,
  };
}

function outdated({ pool, major = oldestMajor }: ObservingExtension): PoolProblem | undefined {
  if (major >= oldestMajor) return undefined;
  return { reason: 'pool-extension-outdated', detail: `${major}.x; newest is ${extensionFor[pool.os].newestMajor}.0` };
}

function autoUpgrade({ extension }: ObservingExtension): PoolProblem | undefined {
  return extension.autoUpgrade === true ? undefined : { reason: 'pool-auto-upgrade-off' };
}

function pinned({ entries }: ObservingExtension): PoolProblem | undefined {
  const found = entries.find(({ url }) => url.version !== undefined);
  return found && { reason: 'pool-url-pinned', detail: `should be ${renewingUrl(found.url)}` };
}

function notSecret({ entries }: ObservingExtension): PoolProblem | undefined {
  const found = entries.find(({ url }) => !url.isSecret);
  return found && { reason: 'pool-url-not-secret', detail: `should be ${renewingUrl(found.url)}` };
}

function form({ pool, entries, major }: ObservingExtension): PoolProblem | undefined {
  const documented = documentedForms(pool.os, major ?? extensionFor[pool.os].newestMajor);
  if (entries.every((entry) => documented.includes(entry.form))) return undefined;
  return { reason: 'pool-observed-form', detail: `should be a list of ${documented.join('s or ')}s` };
}

function polling({ pool, extension, major = oldestMajor }: ObservingExtension): PoolProblem | undefined {
  const { polling: value } = extension;
  if (value === undefined) return isWindows4(pool.os, major) ? undefined : { reason: 'pool-polling-missing' };
  const seconds = secondsOf(value);
  if (seconds === undefined) return { reason: 'pool-polling-not-a-number' };
  if (typeof value !== 'string') return { reason: 'pool-polling-not-text', detail: `should be "${seconds}"` };
  const { leastS, mostS } = pollingLimits(pool.os, major);
  if (seconds > mostS) return { reason: 'pool-polling-too-long', detail: `${seconds} s; at most ${mostS} s` };
  return seconds < leastS
    ? { reason: 'pool-polling-too-short', detail: `${seconds} s; at least ${leastS} s` }
    : undefined;
}

function initialSync({ pool, extension, major = oldestMajor }: ObservingExtension): PoolProblem | undefined {
  if (extension.initialSync === true || isWindows4(pool.os, major)) return undefined;
  return { reason: 'pool-initial-sync-off' };
}

function secondsOf(value: unknown): number | undefined {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{1,9}$/.test(value.trim()));
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function equalsIgnoringCase(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
