import { later, minute, second } from '../model/clock.ts';
import type { Consumers, Snapshot } from '../model/snapshot.ts';
import type { Cause, Rotation } from '../model/state.ts';
import type { Decision, Situation } from './decision.ts';
import { overlapEnd } from './due.ts';

export function hasConsumersBehind({ behind }: Consumers): boolean {
  return behind.length > 0;
}

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

/** In an immediate emergency during an overlap, consumers that moved already save minutes (R49, former credential kept). */
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
 * wait-for-consumers. A deadline does not wait for them (R23, regeneration notice).
 */
export function consumersBehind(s: Situation, rotation: Rotation): Decision | undefined {
  if (!mayWaitForConsumers(s, rotation) || (s.consumers && !hasConsumersBehind(s.consumers))) return undefined;
  if (!s.consumers) return { do: 'wait', reason: 'outage', code: 'ConsumersUnknown', until: later(s.now, 5 * minute) };
  return { do: 'wait', reason: 'consumers-behind', until: later(s.now, 15 * minute) };
}

function mayWaitForConsumers(s: Situation, { cause, deadline }: Rotation): boolean {
  const mayWait = s.target.options.consumers === 'wait' && cause !== 'emergency' && !deadline;
  return mayWait && overlapEnd(s) <= s.now;
}
