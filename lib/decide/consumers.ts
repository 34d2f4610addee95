import { later, minute, second } from '../model/clock.ts';
import type { Consumers, Snapshot } from '../model/snapshot.ts';
import type { Cause, Rotation } from '../model/state.ts';
import type { Decision, Situation } from './decision.ts';

export function isBehind({ behind }: Consumers): boolean {
  return behind.length > 0;
}

/** Consumers fail already, or a credential leaked: they are refreshed by the visit itself, not by the next sweep. */
const urgent: ReadonlySet<Cause> = new Set(['drift', 'expired', 'emergency']);

export function isUrgent({ state: { rotation }, claim, secret }: Snapshot): boolean {
  if (rotation !== undefined && urgent.has(rotation.cause)) return true;
  const repairedAt = claim === 'of-another' ? undefined : claim?.repairedAt;
  return repairedAt !== undefined && later(repairedAt, second) >= secret.createdOn; // in the middle of a rotation
}

/** Is there anything that depends on who uses the new version? Nothing is looked up where not. */
export function asksForConsumers(s: Situation): boolean {
  const { rotation } = s.state;
  if (s.consumers || rotation?.phase !== 'revoke' || isStopped(s, rotation)) return false;
  const fresh = later(s.secret.createdOn, 2 * minute) > s.now;
  return rotation.mode === 'immediate' || (isUrgent(s) && fresh) || mayWait(s, rotation);
}

/** By a person: then nobody is refreshed either. */
function isStopped({ target, settings }: Situation, { cause }: Rotation): boolean {
  return (
    settings.frozen.has('verify') || settings.frozen.has('revoke') || (target.wishes.paused && cause !== 'emergency')
  );
}

/** Settle is over, and who wished to wait waits for consumers that are not seen; a deadline does not (R23). */
export function awaitsConsumers(s: Situation, rotation: Rotation): Decision | undefined {
  if (!mayWait(s, rotation) || (s.consumers && !isBehind(s.consumers))) return undefined;
  if (!s.consumers) return { do: 'wait', reason: 'outage', code: 'ConsumersUnknown', until: later(s.now, 5 * minute) };
  return { do: 'wait', reason: 'consumers-behind', until: later(s.now, 15 * minute) };
}

function mayWait({ target, secret, now }: Situation, { cause, deadline }: Rotation): boolean {
  const settled = later(secret.createdOn, target.wishes.settleMs) <= now;
  return target.wishes.consumers === 'wait' && settled && cause !== 'emergency' && !deadline;
}
