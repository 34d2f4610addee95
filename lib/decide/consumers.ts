import { later, minute, second } from '../model/clock.ts';
import type { Consumers, Snapshot } from '../model/snapshot.ts';
import type { Cause, Rotation } from '../model/state.ts';
import type { Decision, Situation } from './decision.ts';

export function hasConsumersBehind({ behind }: Consumers): boolean {
  return behind.length > 0;
}

/** Consumers fail already, or a credential leaked: they are refreshed by the visit itself, not by the next sweep. */
const urgent: ReadonlySet<Cause> = new Set(['drift', 'expired', 'emergency']);

export function needsUrgentRefresh({ state: { rotation }, claim, secret }: Snapshot): boolean {
  if (rotation !== undefined && urgent.has(rotation.cause)) return true;
  const repairedAt = claim === 'of-another' ? undefined : claim?.repairedAt;
  return repairedAt !== undefined && later(repairedAt, second) >= secret.createdOn; // in the middle of a rotation
}

/** Is there anything that depends on who uses the new version? Nothing is looked up where not. */
export function needsConsumers(s: Situation): boolean {
  const { rotation } = s.state;
  if (s.consumers || rotation?.phase !== 'revoke' || isStoppedByPerson(s, rotation)) return false;
  const fresh = later(s.secret.createdOn, 2 * minute) > s.now;
  return rotation.mode === 'immediate' || (needsUrgentRefresh(s) && fresh) || mayWaitForConsumers(s, rotation);
}

/** By a person: then nobody is refreshed either. */
function isStoppedByPerson({ target, settings }: Situation, { cause }: Rotation): boolean {
  return (
    settings.frozenPhases.has('verify') ||
    settings.frozenPhases.has('revoke') ||
    (target.options.paused && cause !== 'emergency')
  );
}

/**
 * Settle is over, and who wished to wait waits for consumers that are not seen; a deadline does not (R23, regeneration
 * notice).
 */
export function consumersBehind(s: Situation, rotation: Rotation): Decision | undefined {
  if (!mayWaitForConsumers(s, rotation) || (s.consumers && !hasConsumersBehind(s.consumers))) return undefined;
  if (!s.consumers) return { do: 'wait', reason: 'outage', code: 'ConsumersUnknown', until: later(s.now, 5 * minute) };
  return { do: 'wait', reason: 'consumers-behind', until: later(s.now, 15 * minute) };
}

function mayWaitForConsumers({ target, secret, now }: Situation, { cause, deadline }: Rotation): boolean {
  const overlapEnd = later(secret.createdOn, target.options.overlapMs) <= now;
  return target.options.consumers === 'wait' && overlapEnd && cause !== 'emergency' && !deadline;
}
