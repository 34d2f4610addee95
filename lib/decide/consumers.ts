import { day, earliest, later, minute, second } from '../model/clock.ts';
import type { Consumers, Snapshot } from '../model/snapshot.ts';
import type { Cause, Rotation } from '../model/state.ts';
import type { Decision, Situation } from './decision.ts';
import { expiryOf, overlapEnd } from './due.ts';

/** Whether every known consumer was seen on the current version. One without a reference cannot be seen. */
export function haveAllMoved({ known, behind, withoutReference }: Consumers): boolean {
  return known > 0 && behind.length + withoutReference.length === 0;
}

/** A consumer that has not moved for so long is not waited for any more. */
const patienceMs = 7 * day;

/** Consumers fail already, or a credential leaked. */
const urgentCauses: ReadonlySet<Cause> = new Set(['drift', 'expired', 'emergency']);

/** Whether the visit refreshes consumers itself instead of leaving them to the next sweep. */
export function needsUrgentRefresh({ state: { rotation }, claim, secret }: Snapshot): boolean {
  if (rotation !== undefined && urgentCauses.has(rotation.cause)) return true;
  const repairedAt = claim === 'of-another' ? undefined : claim?.repairedAt;
  return repairedAt !== undefined && later(repairedAt, second) >= secret.createdOn; // repaired in mid-rotation
}

/** Whether a decision depends on the consumers of the new version. They are not inspected otherwise. */
export function needsConsumers(s: Situation): boolean {
  const { rotation } = s.state;
  if (s.consumers || !rotation || isStoppedByPerson(s, rotation)) return false;
  if (rotation.phase === 'generate') return needsFormerPlace(s, rotation);
  if (rotation.phase !== 'revoke') return false;
  const isNewVersion = later(s.secret.createdOn, 2 * minute) > s.now;
  return rotation.mode === 'immediate' || (needsUrgentRefresh(s) && isNewVersion) || mayWaitForConsumers(s, rotation);
}

/**
 * In an immediate emergency during an overlap, consumers that moved already save minutes (R49, former credential kept).
 */
function needsFormerPlace({ inspection, ...s }: Situation, { mode, endsFormer }: Rotation): boolean {
  return mode === 'immediate' && !endsFormer && !inspection.next && overlapEnd(s) > s.now;
}

/** While a person stops a rotation, its consumers are not refreshed either. */
function isStoppedByPerson({ target, settings }: Situation, { cause }: Rotation): boolean {
  return (
    settings.frozenPhases.has('verify') ||
    settings.frozenPhases.has('revoke') ||
    (target.options.paused && cause !== 'emergency')
  );
}

/**
 * After the overlap the old credential lives on until all consumers are on the new version, if its owner set the option
 * wait-for-consumers. A deadline does not wait for them (R23, regeneration notice). A consumer without a reference can
 * never be seen to move, so it is not waited for. Nothing is waited for longer than a week, nor so long that the next
 * rotation would be late: an old credential must not live for ever.
 */
export function consumersBehind(s: Situation, rotation: Rotation): Decision | undefined {
  if (!mayWaitForConsumers(s, rotation) || s.consumers?.behind.length === 0) return undefined;
  if (waitsForConsumersUntil(s) <= s.now) return undefined;
  if (!s.consumers) return { do: 'wait', reason: 'outage', code: 'ConsumersUnknown', until: later(s.now, 5 * minute) };
  return { do: 'wait', reason: 'consumers-behind', until: later(s.now, 15 * minute) };
}

/** A week after the publish, or an overlap before the expiry if that is earlier. */
function waitsForConsumersUntil({ secret, target }: Situation): Date {
  const expiry = expiryOf({ target, secret });
  return earliest(later(secret.createdOn, patienceMs), later(expiry, -target.options.overlapMs));
}

function mayWaitForConsumers(s: Situation, { cause, deadline }: Rotation): boolean {
  const mayWait = s.target.options.consumers === 'wait' && cause !== 'emergency' && !deadline;
  return mayWait && overlapEnd(s) <= s.now;
}
