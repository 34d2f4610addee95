import type { Site } from '../../azure-emulator/src/index.ts';
import { tallyOf } from '../consumers.ts';
import { batchTarget, place } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';
import { adopted, atRest } from './adopted.ts';
import { follow } from './course.ts';
import type { Course } from './course.ts';
import { found } from './ground.ts';
import type { Ground } from './ground.ts';
import { isOnCurrent, isRefreshedOnce, siteWith, userIn } from './sites.ts';
import { spanOf, told } from './told.ts';
import type { Story, Told } from './told.ts';

const settleMs = 25 * 3_600_000;

/** A key leaks that a web app uses: the app is refreshed, and once it is seen on the new key nothing waits for settle. */
export async function keyLeaks(ground: Ground): Promise<Story> {
  const account = await ground.azure.createBatchAccount({ ...place, name: 'billing' });
  const target = await adopted(ground, batchTarget('billing-key', account), atRest(settleMs));
  const site = siteWith(ground, 'billing-web', target);
  return { title: 'consumer refreshed', tell: () => tell(ground, target, site) };
}

async function tell(ground: Ground, target: DemoTarget, site: Site): Promise<Told> {
  const users = ground.use([userIn(site, ground, target)]);
  const course = follow(ground, target, Date.now());
  ground.tell(target, 'its key leaked: it is to be rotated at once');
  const { uri: vault } = ground.scene.vault;
  const wanted = { vault, secret: target.secret, mode: 'immediate', reason: 'the key leaked' };
  const [{ status }, publishedMs, seenMs] = await Promise.all([
    ground.post('/api/rotations', wanted),
    course.published(),
    seenOnCurrent(ground, target, site, course),
  ]);
  const completedMs = await course.completed();
  await users.stop();
  const { oldAccepted, currentAccepted } = await course.outcome();
  const { calls, failed } = tallyOf(users.trails);
  const promises = {
    'the emergency is accepted': status === 202,
    'the app has the new version before the old key ends': seenMs < completedMs,
    'it is refreshed once, and not restarted besides': isRefreshedOnce(ground, site),
    'no call fails': calls > 0 && failed === 0,
    'the new key alone is accepted': oldAccepted === 0 && currentAccepted,
  };
  return told({ by: '1 × POST /api/rotations', course, users, publishedMs, completedMs, promises });
}

async function seenOnCurrent(ground: Ground, target: DemoTarget, site: Site, course: Course): Promise<number> {
  const publishedMs = await course.published();
  const seenMs = await found(ground, `${site.name} on the new version`, () =>
    isOnCurrent(site, ground, target) ? Date.now() : undefined,
  );
  ground.tell(target, `published → active in ${site.name}: ${spanOf(seenMs - publishedMs)}`);
  return seenMs;
}
