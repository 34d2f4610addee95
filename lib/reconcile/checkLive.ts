import type { Snapshot } from '../model/snapshot.ts';
import { isOrWasDown } from '../model/state.ts';
import type { Visit } from './visit.ts';

/**
 * Looks for drift by proving the live key, without asking the resource. Returns whether that ends the visit.
 *
 * A key that the service accepts is live, and one request shows it. The resource is asked only after a refusal (R16,
 * live credential proved first). There are two exceptions: where an event reports a regeneration, or an earlier refusal
 * waits for confirmation, an accepted key proves nothing, because the data plane may accept a replaced key for a while
 * and the list of keys may still show it. Then the visit goes on to an inspection whatever the proof says. So it does
 * if a phase is due: the visit holds the lease that another visit for that phase would need (R50, what is due is done).
 */
export async function isLiveProved(visit: Visit): Promise<boolean> {
  const { request, snapshot } = visit;
  const { wait } = snapshot.state;
  const wasRefused = wait?.reason === 'live-refused';
  const isAfterChange = wasRefused || request.cause === 'drift';
  if (!(request.checkLive ?? isAfterChange) || !mayProve(snapshot)) return false;
  const { is } = await visit.prove();
  if (is === 'invalid') await noteRefusal(visit, wasRefused);
  const needsInspection = isAfterChange || isOrWasDown(wait) || visit.hasMoreToDo();
  return is === 'valid' && !needsInspection;
}

async function noteRefusal(visit: Visit, wasRefused: boolean): Promise<void> {
  visit.noteLiveRefused(wasRefused && (await isOtherAccepted(visit)) ? 'surely' : 'alone');
}

/**
 * A service that refuses every key says nothing about one: it must accept another key of the resource. So the live key
 * is proved with the standby as control: `invalid` means that the standby was accepted and the live key refused
 * (design: Proof).
 */
async function isOtherAccepted(visit: Visit): Promise<boolean> {
  await visit.inspect();
  const { secretCredential, standby } = visit.snapshot.inspection;
  return standby !== undefined && (await visit.prove(secretCredential, standby)).is === 'invalid';
}

function mayProve({ claim, binding, taggedId, inspection, state: { rotation } }: Snapshot): boolean {
  const isAdopted = claim !== undefined && claim !== 'of-another' && claim.missingSince === undefined;
  // Where tag and value name two credentials, only an inspection shows which is right.
  if (taggedId !== undefined && taggedId !== inspection.secretCredential.id) return false;
  return isAdopted && binding === 'bound' && rotation?.phase !== 'generate' && rotation?.phase !== 'publish';
}
