import { nextToRevoke } from '../decide/rotation.ts';
import type { Inspection } from '../model/snapshot.ts';
import { revocable } from '../model/target.ts';
import { hold, isPending, type Step } from './phase.ts';

/** Ends the credential that was live, and the secret version that held it. */
export const revoke: Step = async ({ provider, vault, recordIntent: sending }, snapshot, view) => {
  const { inspection, rotation, secret, taggedId, target } = snapshot;
  const old = nextToRevoke(inspection, rotation);
  if (old) {
    const ending = inspection.live && revocable(old.id, inspection.live.id, taggedId);
    if (!ending) return hold('live-would-die');
    await sending(old.fingerprint);
    const after = await provider.revoke(view, ending);
    if (isPending(after)) return after;
    if (!isOver(after)) return { is: 'inspected', inspection: after };
    return finish(after);
  }
  return finish(inspection);

  /** Idle is written only when the live credential is seen unchanged (R7, live unchanged before idle). */
  function isOver(after: Inspection): boolean {
    return after.live !== undefined && !nextToRevoke(after, rotation);
  }
  async function finish(after: Inspection) {
    const { oldVersion } = rotation;
    if (oldVersion && oldVersion !== secret.version) await vault.disable(target.secret, oldVersion);
    return { is: 'done', inspection: after } as const;
  }
};
