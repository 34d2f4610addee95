import { nextToRevoke } from '../decide/rotation.ts';
import type { Inspection } from '../model/snapshot.ts';
import { revocable } from '../model/target.ts';
import { hold, isPending, replacedVersion, type InRotation, type Outcome, type Step } from './phase.ts';

/** Revokes the credential that was live, and disables the secret version that held it. */
export const revoke: Step = ({ provider }, snapshot, input) => {
  const { inspection, rotation, taggedId } = snapshot;
  const old = nextToRevoke(inspection, rotation);
  if (!old) return done(snapshot, inspection);
  const revoked = inspection.live && revocable(old.id, inspection.live.id, taggedId);
  if (!revoked) return hold('live-would-die');
  return {
    is: 'request',
    replaces: old.fingerprint,
    isDone: ({ credentials }) => !credentials.some(({ fingerprint }) => fingerprint === old.fingerprint),
    send: async (own) => {
      const after = await provider.revoke(input, revoked, own);
      if (isPending(after)) return after;
      const isOver = after.live !== undefined && !nextToRevoke(after, rotation);
      return isOver ? done(snapshot, after) : { is: 'inspected', inspection: after };
    },
  };
};

/** Idle is written only where the inspection shows the live credential unchanged (R7, live unchanged before idle). */
function done(snapshot: InRotation, inspection: Inspection): Outcome {
  return { is: 'done', inspection, disable: replacedVersion(snapshot) };
}
