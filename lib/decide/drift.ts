import { later, second } from '../model/clock.ts';
import type { State } from '../model/state.ts';
import { together } from './emergency.ts';
import type { Decision, Situation } from './decision.ts';
import { begun } from './rotation.ts';

/**
 * The state is bound to the value, so it was a key of this resource once, and the resource has it no more: somebody
 * regenerated it and consumers fail (R17). A working key is published; nothing is regenerated for that.
 */
export function drifted(s: Situation): Decision | undefined {
  if (s.look.live || s.look.all.length === 0) return undefined;
  if (isStale(s)) return { do: 'wait', reason: 'stale-read', until: later(s.now, 10 * second) };
  if (underRepair(s)) return undefined;
  if (!s.ask.accept && isContended(s)) return { do: 'hold', reason: 'contended' };
  return { do: 'enter', reason: 'repairing', state: repairing(s) };
}

/** The resource answers with a key that is known to be replaced (R17). */
function isStale({ look, state: { rotation, bond } }: Situation): boolean {
  const published = bond?.credentials.find(({ fingerprint }) => fingerprint === look.held.fingerprint);
  const where = look.all.find(({ id }) => id === published?.id);
  if (!rotation || !where || rotation.phase === 'generate' || rotation.phase === 'publish') return false;
  return rotation.gone.includes(where.fingerprint);
}

function underRepair({ state: { rotation }, look: { held } }: Situation): boolean {
  const working = rotation?.phase === 'generate' || rotation?.phase === 'publish';
  return working && rotation.gone.includes(held.fingerprint);
}

/** Repaired less than a settle ago, and again somebody's version holds a dead value (R19). */
function isContended({ claim, secret, target, now }: Situation): boolean {
  if (!claim || claim === 'of-another' || !claim.repairedAt || secret.version === claim.version) return false;
  return later(claim.repairedAt, target.wishes.settleMs) > now;
}

function repairing(s: Situation): State {
  const { wait: _, rotation, ...state } = s.state;
  if (!rotation) return begun(s, { cause: 'drift', phase: 'generate', gone: [s.look.held.fingerprint] });
  const known = together(s.look.all, rotation.gone, [s.look.held]);
  const gone = known.filter((each) => each !== s.look.next?.fingerprint); // a person may bring an old one back
  return { ...state, rotation: { ...rotation, phase: 'generate', gone } };
}
