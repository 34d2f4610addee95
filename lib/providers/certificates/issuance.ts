import { serviceBackoffMs } from '../../decide/backoff.ts';
import { valid, type Check } from '../../model/check.ts';
import { day, later } from '../../model/clock.ts';
import type { Wait } from '../../model/state.ts';
import type { ProviderInput } from '../provider.ts';
import type { Issuance } from './certificateVersions.ts';

/**
 * Tells whether another version may be requested. An issuer, or the person who has the request signed, takes time. A
 * failed request has no time of its own, so it counts as ours if we waited for one. Issuers cost money, so after a
 * failure there is no other request for a day.
 */
export function issuanceCheck(
  { state: { wait }, now }: Pick<ProviderInput, 'state' | 'now'>,
  issuance: Issuance | undefined,
  name: string,
): Check {
  const { status = '', isMerged, code } = issuance ?? {};
  if (status === 'inProgress') {
    if (isMerged) return { is: 'invalid', reason: 'certificate-awaits-merge', code: name };
    return { is: 'pending', reason: 'service-working', until: later(now, serviceBackoffMs(wait, now)) };
  }
  return /^(failed|cancelled)$/i.test(status) && isOurs(wait, now)
    ? { is: 'invalid', reason: 'certificate-not-issued', code }
    : valid;
}

function isOurs(wait: Wait | undefined, now: Date): boolean {
  const wasAnnounced = wait?.reason === 'certificate-not-issued' && later(wait.since, day) > now;
  return wasAnnounced || wait?.reason === 'service-working';
}
