import { tallyOf, vaultReaders } from '../consumers.ts';
import { timeOf } from '../narrate.ts';
import { batchTarget, dayMs, place } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';
import { adopted } from './adopted.ts';
import { follow } from './course.ts';
import type { Ground } from './ground.ts';
import { heard } from './heard.ts';
import { told } from './told.ts';
import type { Story, Told } from './told.ts';

const settleMs = 3_000;
/** By then the app has adopted it, and the stories before are told. */
const nearInMs = 15_000;

/** A secret that will be 30 days before its expiry in a few seconds: Key Vault tells by itself. */
export async function secretNearsExpiry(ground: Ground): Promise<Story> {
  const account = await ground.azure.createBatchAccount({ ...place, name: 'rendering' });
  const nearMs = Math.ceil((Date.now() + nearInMs) / 1000) * 1000;
  const [createdOn, expiresOn] = [new Date(nearMs - 59 * dayMs), new Date(nearMs + 30 * dayMs)];
  const target = await adopted(ground, batchTarget('rendering-key', account), { settleMs, createdOn, expiresOn });
  return { title: 'near expiry', tell: () => tell(ground, target, nearMs) };
}

async function tell(ground: Ground, target: DemoTarget, nearMs: number): Promise<Told> {
  ground.tell(target, `is near its expiry from ${timeOf(new Date(nearMs))} on`);
  const users = ground.use(vaultReaders(ground, target, { holdMs: settleMs / 2, count: 3 }));
  const course = follow(ground, target, nearMs);
  const publishedMs = await course.published();
  await course.settled(settleMs);
  const completedMs = await course.completed();
  await users.stop();
  const cause = await heard(course, 'Microsoft.KeyVault.SecretNearExpiry', publishedMs);
  const { oldAccepted, currentAccepted } = await course.outcome();
  const promises = {
    ...cause.promises,
    'no call fails': tallyOf(users.trails).failed === 0,
    'the new key alone is accepted': oldAccepted === 0 && currentAccepted,
  };
  return told({ by: cause.by, course, users, publishedMs, completedMs, promises });
}
