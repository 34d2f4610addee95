import { later, second } from '../model/clock.ts';
import type { State } from '../model/state.ts';
import { mergeToRevoke } from './emergency.ts';
import type { Decision, Situation } from './decision.ts';
import { newRotation } from './rotation.ts';

/**
 * The state is bound to the value, so it was a key of this resource once, and the resource has it no more: somebody
 * regenerated it and consumers fail (R17, live credential replaced). A working key is published; nothing is regenerated
 * for that.
 */
export function liveCredentialReplaced(s: Situation): Decision | undefined {
  if (s.inspection.live || s.inspection.credentials.length === 0) return undefined;
  if (isStale(s)) return { do: 'wait', reason: 'stale-read', until: later(s.now, 10 * second) };
  if (isUnderRepair(s)) return undefined;
  if (!s.request.emergency && isContended(s)) return { do: 'hold', reason: 'contended' };
  return { do: 'setState', reason: 'repairing', state: repairState(s) };
}

/** The resource answers with a key that is known to be replaced (R17, live credential replaced). */
function isStale({ inspection, state: { rotation, stateBinding } }: Situation): boolean {
  const published = stateBinding?.credentials.find(
    ({ fingerprint }) => fingerprint === inspection.secretCredential.fingerprint,
  );
  const where = inspection.credentials.find(({ id }) => id === published?.id);
  if (!rotation || !where || rotation.phase === 'generate' || rotation.phase === 'publish') return false;
  return rotation.toRevoke.includes(where.fingerprint);
}

function isUnderRepair({ state: { rotation }, inspection: { secretCredential } }: Situation): boolean {
  const working = rotation?.phase === 'generate' || rotation?.phase === 'publish';
  return working && rotation.toRevoke.includes(secretCredential.fingerprint);
}

/** Repaired less than a settle ago, and again somebody's version holds a dead value (R19, own and foreign versions). */
function isContended({ claim, secret, target, now }: Situation): boolean {
  if (!claim || claim === 'of-another' || !claim.repairedAt || secret.version === claim.version) return false;
  return later(claim.repairedAt, target.options.overlapMs) > now;
}

function repairState(s: Situation): State {
  const { wait: _, rotation, ...state } = s.state;
  if (!rotation)
    return newRotation(s, { cause: 'drift', phase: 'generate', toRevoke: [s.inspection.secretCredential.fingerprint] });
  const known = mergeToRevoke(s.inspection.credentials, rotation.toRevoke, [s.inspection.secretCredential]);
  const toRevoke = known.filter((each) => each !== s.inspection.next?.fingerprint); // a person may bring an old one back
  return { ...state, rotation: { ...rotation, phase: 'generate', toRevoke } };
}
