import { createHmac, timingSafeEqual } from 'node:crypto';
import type { BatchAccount } from '../arm/batch/state.ts';
import { acceptedKeys } from '../arm/resource.ts';
import type { Core } from '../shared/platform.ts';
import { notAuthenticatedError, batchDataError } from './errors.ts';

const skewMs = 15 * 60_000;

const signedHeaders = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

/** Lets through what one of the account's keys signed within the last quarter of an hour. */
export function authenticate(core: Core, account: BatchAccount, request: Request): void {
  const signature = presentedSignature(core, account, request.headers.get('authorization'));
  const modes = account.allowedAuthenticationModes;
  if (account.poolAllocationMode === 'UserSubscription' || !(modes?.includes('SharedKey') ?? true)) {
    throw notAuthenticatedError('The specified type of authentication SharedKey is not allowed for this account.');
  }
  const nowMs = core.clock.now().getTime();
  assertRecent(request.headers.get('ocp-date') ?? request.headers.get('date'), nowMs);
  const signed = stringToSign(account.name, request);
  if (acceptedKeys(account, nowMs).some((key) => isSignedBy(key, signed, signature))) return;
  throw notAuthenticatedError(
    `The MAC signature found in the HTTP request '${signature}' is not the same as any computed signature. ` +
      `Server used following string to sign: '${signed}'.`,
  );
}

/**
 * What a shared key signs
 * (https://learn.microsoft.com/rest/api/batchservice/authenticate-requests-to-the-azure-batch-service).
 */
export function stringToSign(accountName: string, request: Request): string {
  const url = new URL(request.url);
  const value = (name: string) => request.headers.get(name) ?? '';
  const plain = signedHeaders.map((name) => (name === 'content-length' && value(name) === '0' ? '' : value(name)));
  const own = [...request.headers]
    .filter(([name]) => name.startsWith('ocp-'))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, each]) => `${name}:${each}`);
  const query = [...url.searchParams]
    .map(([name, each]) => `${name.toLowerCase()}:${each}`)
    .toSorted((one, other) => (one < other ? -1 : 1));
  return [request.method, ...plain, ...own, `/${accountName}${url.pathname}`, ...query].join('\n');
}

function presentedSignature(core: Core, account: BatchAccount, authorization: string | null): string {
  if (!authorization) throw batchDataError(401, 'AuthenticationFailed', 'The request has no Authorization header.');
  const [, name, signature] = /^SharedKey ([^:]+):(.+)$/.exec(authorization) ?? [];
  if (name === undefined || signature === undefined) {
    throw notAuthenticatedError('The Authorization header does not have the form "SharedKey account:signature".');
  }
  core.issued.add(signature);
  if (name !== account.name)
    throw notAuthenticatedError(`The account '${name}' is not the one this endpoint belongs to.`);
  return signature;
}

function assertRecent(date: string | null, nowMs: number): void {
  const dateMs = Date.parse(date ?? '');
  if (Number.isNaN(dateMs)) throw notAuthenticatedError('The request has no valid ocp-date or Date header.');
  if (Math.abs(nowMs - dateMs) > skewMs)
    throw notAuthenticatedError(`The date in the request is too far off: '${date ?? ''}'.`);
}

function isSignedBy(key: string, signed: string, signature: string): boolean {
  const expected = createHmac('sha256', Buffer.from(key, 'base64')).update(signed, 'utf8').digest();
  const presented = Buffer.from(signature, 'base64');
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}
