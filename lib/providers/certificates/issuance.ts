import { valid, type Check } from '../../model/check.ts';
import { day, later } from '../../model/clock.ts';
import type { Wait } from '../../model/state.ts';
import type { Issuance } from './certificateVersions.ts';
import { serviceBackoffMs } from '../../decide/backoff.ts';
import type { ProviderInput } from '../provider.ts';

/** The last request for a version: may another one be made? Its issuer, or whoever has it signed, takes their time. */
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
  const hasFailed = /^(failed|cancelled)$/i.test(status) && isOurs(wait, now);
  return hasFailed ? { is: 'invalid', reason: 'certificate-not-issued', ...(code && { code }) } : valid;
}

/** A failed request says of no time: it is ours where we waited for one. Issuers cost money: one request a day. */
function isOurs(wait: Wait | undefined, now: Date): boolean {
  const wasTold = wait?.reason === 'certificate-not-issued' && later(wait.since, day) > now;
  return wasTold || wait?.reason === 'service-working';
}
