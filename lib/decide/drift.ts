import { later, second } from '../model/clock.ts';
import type { Inspection } from '../model/snapshot.ts';
import { isBeforePublish, type State } from '../model/state.ts';
import { mergeToRevoke } from './emergency.ts';
import type { Decision, Situation } from './decision.ts';
import { newRotation } from './rotation.ts';

/** The resource lists credentials, and the one in the secret is not among them. */
export function isLiveDead({ live, credentials }: Inspection): boolean {
  return !live && credentials.length > 0;
}

/**
 * A live credential that was replaced by someone else is repaired: consumers fail until a working one is published.
 *
 * The state is bound to the value, so the value was a credential of this resource once, and now the resource does not
 * list it any more. An old answer of the resource looks the same. It gives itself away if it lists a credential that we
 * are known to have replaced; then the resource is asked again. A working credential is published, and none is
 * regenerated for that (R17, live credential replaced).
 */
export function liveCredentialReplaced(s: Situation): Decision | undefined {
  if (!isLiveDead(s.inspection)) return undefined;
  if (isStaleRead(s)) return { do: 'wait', reason: 'stale-read', until: later(s.now, 10 * second) };
  if (isBeingReplaced(s)) return undefined;
  if (!s.request.emergency && isContended(s)) return { do: 'hold', reason: 'contended' };
  return { do: 'setState', reason: 'repairing', state: repairState(s) };
}

/** After publish, the published credential's place shows a fingerprint that this rotation replaced. */
function isStaleRead({ inspection, state: { rotation, stateBinding } }: Situation): boolean {
  if (!rotation || isBeforePublish(rotation)) return false;
  const { secretCredential, credentials } = inspection;
  const published = stateBinding?.credentials.find(({ fingerprint }) => fingerprint === secretCredential.fingerprint);
  const inItsPlace = credentials.find(({ id }) => id === published?.id);
  return inItsPlace !== undefined && rotation.toRevoke.includes(inItsPlace.fingerprint);
}

/** The rotation under way publishes a working credential next, whatever it was begun for. */
function isBeingReplaced({ state: { rotation }, inspection: { secretCredential } }: Situation): boolean {
  return isBeforePublish(rotation) && rotation.toRevoke.includes(secretCredential.fingerprint);
}

/**
 * A repair less than one overlap ago, and a foreign version holds a dead value again (R19, own and foreign versions).
 */
function isContended({ claim, secret, target, now }: Situation): boolean {
  if (!claim || claim === 'of-another' || !claim.repairedAt || secret.version === claim.version) return false;
  return later(claim.repairedAt, target.options.overlapMs) > now;
}

function repairState(s: Situation): State {
  const { wait: _, rotation, ...state } = s.state;
  const { credentials, secretCredential, next } = s.inspection;
  if (!rotation) return newRotation(s, { cause: 'drift', phase: 'generate', toRevoke: [secretCredential.fingerprint] });
  const all = mergeToRevoke(credentials, rotation.toRevoke, [secretCredential]);
  const toRevoke = all.filter((each) => each !== next?.fingerprint); // a person may have brought an old one back
  return { ...state, rotation: { ...rotation, phase: 'generate', toRevoke, accepted: undefined } };
}
