import { retiring } from '../decide/rotation.ts';
import type { Look } from '../model/snapshot.ts';
import { spare } from '../model/target.ts';
import { held, isPending, type Step } from './phase.ts';

/** Ends the credential that was live, and the secret version that held it. */
export const revoke: Step = async ({ provider, vault, sending }, snapshot, view) => {
  const { look, rotation, secret, tagged, target } = snapshot;
  const old = retiring(look, rotation);
  if (old) {
    const ending = look.live && spare(old.id, look.live.id, tagged);
    if (!ending) return held('live-would-die');
    await sending(old.fingerprint);
    const after = await provider.revoke(view, ending);
    if (isPending(after)) return after;
    if (!isOver(after)) return { is: 'seen', look: after };
    return finish(after);
  }
  return finish(look);

  /** Idle is written only when the live credential is seen unchanged (R7). */
  function isOver(after: Look): boolean {
    return after.live !== undefined && !retiring(after, rotation);
  }
  async function finish(after: Look) {
    const { oldVersion } = rotation;
    if (oldVersion && oldVersion !== secret.version) await vault.disable(target.secret, oldVersion);
    return { is: 'done', look: after } as const;
  }
};
