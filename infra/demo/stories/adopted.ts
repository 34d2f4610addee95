import { dayMs, putSecret } from '../targets.ts';
import type { DemoTarget, Placing } from '../targets.ts';
import { announced } from './course.ts';
import { waitUntil } from './ground.ts';
import type { Ground } from './ground.ts';

/** Put into the vault by its owner, and adopted because Key Vault tells of it; its grace is over. */
export async function adopted(ground: Ground, target: DemoTarget, placing: Placing): Promise<DemoTarget> {
  putSecret(ground.scene.vault, target, placing);
  const { data } = await announced(ground, target, 'Keyturn.Target.Adopted');
  await waitUntil(ground, data.until?.getTime() ?? 0);
  return target;
}

/** A secret whose rotation is not due for weeks. */
export function atRest(settleMs: number): Placing {
  const createdOn = new Date(Date.now() - 10 * dayMs);
  return { settleMs, createdOn, expiresOn: new Date(createdOn.getTime() + 90 * dayMs) };
}
