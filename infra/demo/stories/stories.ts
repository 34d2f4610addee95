import type { Act, Tell } from '../act.ts';
import { narrator } from '../narrate.ts';
import type { Stage } from '../stage.ts';
import { startUsers } from '../users.ts';
import type { Ground } from './ground.ts';
import { keyGetsVersion, keyNearsExpiry } from './customerKey.ts';
import { keyLeaks } from './leak.ts';
import { secretNearsExpiry } from './nearExpiry.ts';
import { serviceGivesNotice } from './notice.ts';
import { certificateNearsExpiry } from './poolCertificate.ts';
import { personRegenerates } from './regeneration.ts';
import { complaintAbout, tableOf } from './told.ts';
import type { Story, Told } from './told.ts';
import { wire } from './wiring.ts';

/** The second act: what the app does within seconds because it hears of it, from cause to `Completed`. */
export async function tellStories(stage: Stage, tell: Tell, interrupted: Promise<unknown>): Promise<Act> {
  tell('the app is started with event subscriptions, and with timers that come once a year');
  const { app, ...means } = await wire(stage, narrator(tell).hear);
  const over = new AbortController();
  const ground: Ground = {
    ...{ ...stage, ...means, over: over.signal },
    tell: ({ secret }, sentence) => {
      tell(`${secret.padEnd(18)} ${sentence}`);
    },
    use: (users) => startUsers(users, over.signal),
  };
  const early = Promise.race([app.died, interrupted.then(() => 'Interrupted.')]);
  const problem = await Promise.race([tellAll(ground, tell), early]);
  over.abort();
  return { problem, died: app.died, close: () => app.stop() };
}

/** The first three ring no timer: what makes the fourth begin by itself may come meanwhile. */
const inOrder = [
  ...[certificateNearsExpiry, keyGetsVersion, keyNearsExpiry],
  ...[secretNearsExpiry, personRegenerates, serviceGivesNotice, keyLeaks],
];

/** Answers what went wrong, if anything. */
async function tellAll(ground: Ground, tell: Tell): Promise<string | undefined> {
  try {
    const stories = await Promise.all(inOrder.map((prepare) => prepare(ground)));
    const ended: (Told & Pick<Story, 'title'>)[] = [];
    for (const story of stories) {
      tell(`--- ${story.title}`);
      ended.push({ title: story.title, ...(await story.tell()) });
    }
    console.log(tableOf(ended));
    return complaintAbout(ended);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
