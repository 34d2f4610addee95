import { commonAlert } from '../../azure-emulator/src/index.ts';
import { tallyOf, vaultReaders } from '../consumers.ts';
import { dayMs, place, signalRTarget } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';
import { adopted, atRest } from './adopted.ts';
import { follow } from './course.ts';
import type { Ground } from './ground.ts';
import { told } from './told.ts';
import type { Story, Told } from './told.ts';

const settleMs = 3_000;

/** Service Health tells that SignalR keys of a region have to be regenerated within two days. */
export async function serviceGivesNotice(ground: Ground): Promise<Story> {
  const wanted = { ...place, location: 'northeurope', name: 'notifying', regenerateMs: 1_000 };
  const service = await ground.azure.createSignalR(wanted);
  const target = await adopted(ground, signalRTarget('notifying-connection', service), atRest(settleMs));
  return { title: 'mandatory notice', tell: () => tell(ground, target) };
}

async function tell(ground: Ground, target: DemoTarget): Promise<Told> {
  const users = ground.use(vaultReaders(ground, target, { holdMs: settleMs / 2, count: 3 }));
  const course = follow(ground, target, Date.now());
  const deadline = new Date(course.sinceMs + 2 * dayMs);
  ground.tell(target, `notice: SignalR keys in North Europe, until ${deadline.toISOString()}`);
  const alert = raised(ground, deadline);
  const { status, affected } = await give(ground, alert);
  const publishedMs = await course.published();
  await course.settled(settleMs);
  const completedMs = await course.completed();
  const regenerations = regenerationsIn(ground);
  const again = await give(ground, alert);
  await users.stop();
  const { oldAccepted, currentAccepted } = await course.outcome();
  const promises = {
    'it concerns the one service of its region': status === 202 && affected === 1,
    'it is met before its deadline': completedMs < deadline.getTime(),
    'given again it starts nothing': again.status === 202 && regenerationsIn(ground) === regenerations,
    'no call fails': tallyOf(users.trails).failed === 0,
    'the new key alone is accepted': oldAccepted === 0 && currentAccepted,
  };
  return told({ by: '1 × POST /api/notices', course, users, publishedMs, completedMs, promises });
}

/** What an action group would post for it. */
function raised({ azure }: Ground, impactMitigationTime: Date): object {
  const subscriptionIds = [place.subscriptionId];
  const what = { trackingId: 'KEYS-2NE', eventType: 'HealthAdvisory', regions: ['North Europe'] } as const;
  return commonAlert(azure.health.raise({ ...what, subscriptionIds, impactMitigationTime }));
}

async function give({ post }: Ground, alert: object): Promise<{ status: number; affected?: number }> {
  const answer = await post('/api/notices', alert);
  return { ...((await answer.json()) as { affected?: number }), status: answer.status };
}

function regenerationsIn({ azure }: Ground): number {
  return azure.core.journal.calls.filter(({ operation }) => operation === 'signalr.regenerateKey').length;
}
