import { tallyOf, vaultReaders } from '../consumers.ts';
import { batchTarget, dayMs, place } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';
import { adopted } from './adopted.ts';
import { follow } from './course.ts';
import type { Ground } from './ground.ts';
import { spanOf, told } from './told.ts';
import type { Story, Told } from './told.ts';

const settleMs = 3_000;
/** Time enough for the app to adopt the secret, and for its grace to pass. */
const nearInMs = 6_000;

/** A secret that will be 30 days before its expiry in a few seconds: Key Vault tells by itself. */
export async function secretNearsExpiry(ground: Ground): Promise<Story> {
  const account = await ground.azure.createBatchAccount({ ...place, name: 'rendering' });
  const nearMs = Math.ceil((Date.now() + nearInMs) / 1000) * 1000;
  const [createdOn, expiresOn] = [new Date(nearMs - 59 * dayMs), new Date(nearMs + 30 * dayMs)];
  const target = await adopted(ground, batchTarget('rendering-key', account), { settleMs, createdOn, expiresOn });
  return { title: 'near expiry', tell: () => tell(ground, target, nearMs) };
}

async function tell(ground: Ground, target: DemoTarget, nearMs: number): Promise<Told> {
  ground.tell(target, `is near its expiry in ${spanOf(nearMs - Date.now())}`);
  const users = ground.use(vaultReaders(ground, target, { holdMs: settleMs / 2, count: 3 }));
  const course = follow(ground, target, nearMs);
  const publishedMs = await course.published();
  await course.settled(settleMs);
  const completedMs = await course.completed();
  await users.stop();
  const { length: deliveries, 0: first } = await course.delivered('Microsoft.KeyVault.SecretNearExpiry');
  const lists = course.lists(publishedMs);
  ground.tell(target, `deliveries of SecretNearExpiry: ${deliveries}; sweeps between it and the new version: ${lists}`);
  const { oldAccepted, currentAccepted } = await course.outcome();
  const promises = {
    'one delivery is enough': deliveries === 1 && first?.status === 202,
    'no timer is needed': lists === 0,
    'no call fails': tallyOf(users.trails).failed === 0,
    'the new key alone is accepted': oldAccepted === 0 && currentAccepted,
  };
  return told({ by: `${deliveries} × SecretNearExpiry`, course, users, publishedMs, completedMs, promises });
}
