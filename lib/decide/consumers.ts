import { later, minute } from '../model/clock.ts';
import type { Consumers } from '../model/snapshot.ts';
import type { Cause, Rotation } from '../model/state.ts';
import type { Decision, Situation } from './decision.ts';

export function isBehind({ behind }: Consumers): boolean {
  return behind.length > 0;
}

/** Consumers fail already, or a credential leaked: they are refreshed by the visit itself, not by the next sweep. */
const urgent: ReadonlySet<Cause> = new Set(['drift', 'expired', 'emergency']);

/** Is there anything that depends on who uses the new version? Nothing is looked up where not. */
export function asksForConsumers(s: Situation): boolean {
  const { rotation } = s.state;
  if (s.consumers || rotation?.phase !== 'revoke') return false;
  const fresh = later(s.secret.createdOn, 2 * minute) > s.now;
  return rotation.mode === 'immediate' || (urgent.has(rotation.cause) && fresh) || mayWait(s, rotation);
}

/** Settle is over, and who wished to wait waits for consumers that are not seen; a deadline does not (R23). */
export function awaitsConsumers(s: Situation, rotation: Rotation): Decision | undefined {
  if (!mayWait(s, rotation) || (s.consumers && !isBehind(s.consumers))) return undefined;
  return { do: 'wait', reason: 'consumers-behind', until: later(s.now, 15 * minute) };
}

function mayWait({ target, secret, now }: Situation, { cause, deadline }: Rotation): boolean {
  const settled = later(secret.createdOn, target.wishes.settleMs) <= now;
  return target.wishes.consumers === 'wait' && settled && cause !== 'emergency' && !deadline;
}
