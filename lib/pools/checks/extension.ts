import { renewingUrl } from '../certificateUrl.ts';
import type { Check, Flaw, Seen } from '../finding.ts';
import {
  asksLess,
  documentedForms,
  extensionFor,
  oldestMajor,
  pollingLimits,
  publisher,
} from '../keyVaultExtension.ts';

/** Is it the right extension, of a documented version, told what that version understands? */
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

function foreign({ pool, extension }: Seen): Flaw | undefined {
  const isOurs = sameWord(extension.publisher, publisher) && sameWord(extension.type, extensionFor[pool.os].type);
  if (isOurs) return undefined;
  return { reason: 'pool-extension-foreign', detail: `should be ${publisher} ${extensionFor[pool.os].type}` };
}

function versionUnknown({ extension, major }: Seen): Flaw | undefined {
  if (major !== undefined) return undefined;
  return {
    reason: 'pool-extension-version-unknown',
    detail: extension.version === undefined ? 'is missing' : undefined,
  };
}

function outdated({ pool, major = oldestMajor }: Seen): Flaw | undefined {
  if (major >= oldestMajor) return undefined;
  return { reason: 'pool-extension-outdated', detail: `${major}.x; newest is ${extensionFor[pool.os].newestMajor}.0` };
}

function autoUpgrade({ extension }: Seen): Flaw | undefined {
  return extension.autoUpgrade === true ? undefined : { reason: 'pool-auto-upgrade-off' };
}

function pinned({ entries }: Seen): Flaw | undefined {
  const found = entries.find(({ url }) => url.version !== undefined);
  return found && { reason: 'pool-url-pinned', detail: `should be ${renewingUrl(found.url)}` };
}

function notSecret({ entries }: Seen): Flaw | undefined {
  const found = entries.find(({ url }) => !url.isSecret);
  return found && { reason: 'pool-url-not-secret', detail: `should be ${renewingUrl(found.url)}` };
}

function form({ pool, entries, major }: Seen): Flaw | undefined {
  const documented = documentedForms(pool.os, major ?? extensionFor[pool.os].newestMajor);
  if (entries.every((entry) => documented.includes(entry.form))) return undefined;
  return { reason: 'pool-observed-form', detail: `should be a list of ${documented.join('s or ')}s` };
}

function polling({ pool, extension, major = oldestMajor }: Seen): Flaw | undefined {
  const written = extension.polling;
  if (written === undefined) return asksLess(pool.os, major) ? undefined : { reason: 'pool-polling-missing' };
  const seconds = secondsOf(written);
  if (seconds === undefined) return { reason: 'pool-polling-not-a-number' };
  if (typeof written !== 'string') return { reason: 'pool-polling-not-text', detail: `should be "${seconds}"` };
  const { leastS, mostS } = pollingLimits(pool.os, major);
  if (seconds > mostS) return { reason: 'pool-polling-too-long', detail: `${seconds} s; at most ${mostS} s` };
  return seconds < leastS
    ? { reason: 'pool-polling-too-short', detail: `${seconds} s; at least ${leastS} s` }
    : undefined;
}

function initialSync({ pool, extension, major = oldestMajor }: Seen): Flaw | undefined {
  if (extension.initialSync === true || asksLess(pool.os, major)) return undefined;
  return { reason: 'pool-initial-sync-off' };
}

function secondsOf(written: unknown): number | undefined {
  const isNumber = typeof written === 'number' || (typeof written === 'string' && /^\d{1,9}$/.test(written.trim()));
  return isNumber && Number.isFinite(Number(written)) ? Number(written) : undefined;
}

function sameWord(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
