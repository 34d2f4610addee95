import { randomUUID } from 'node:crypto';
import { subscribeAll } from '../subscriptions.ts';
import { schedules, startApp } from '../app.ts';
import type { App } from '../app.ts';
import { parse } from '../narrate.ts';
import type { Announcement } from '../narrate.ts';
import type { Stage } from '../stage.ts';
import { place } from '../targets.ts';
import type { Ground } from './ground.ts';

/** The app with its event subscriptions, as in a deployment. */
export interface Wired extends Pick<Ground, 'said' | 'post' | 'ring'> {
  readonly app: App;
}

const grace = 'PT2S';

/** Its timers come once a year: whatever happens was brought by an event, or rung by hand. */
export async function wire(stage: Stage, onLine: (line: string) => void): Promise<Wired> {
  const { azure, settings } = stage;
  const said: Announcement[] = [];
  const keys = { HOST_MASTER_KEY: randomUUID(), HOST_FUNCTION_KEY: randomUUID(), HOST_EVENTGRID_KEY: randomUUID() };
  const topic = await azure.eventGrid.createTopic('demotopic');
  const own = {
    KEYTURN_TOPIC_ENDPOINT: topic.endpoint,
    KEYTURN_ADOPTION_GRACE: grace,
    AZURE_CLIENT_ID: azure.core.tokens.appIdentity.clientId,
  };
  function hear(line: string): void {
    const heard = parse(line);
    if (heard) said.push(heard);
    onLine(line);
  }
  const app = startApp({ ...settings, ...keys, ...own }, hear, schedules.onceAYear);
  try {
    const url = await Promise.race([app.listening, app.died.then((how) => Promise.reject(new Error(how)))]);
    await subscribe(stage, `${url}/runtime/webhooks/eventgrid?code=${keys.HOST_EVENTGRID_KEY}`, topic.id);
    return {
      ...{ app, said },
      post: (path, body) => post(`${url}${path}`, keys.HOST_FUNCTION_KEY, body),
      async ring(timer) {
        const { status } = await post(`${url}/admin/functions/${timer}`, keys.HOST_MASTER_KEY, {});
        if (status !== 202) throw new Error(`The timer ${timer} cannot be rung: ${status}.`);
      },
    };
  } catch (error) {
    await app.stop();
    throw error;
  }
}

async function subscribe({ azure, scene }: Stage, endpoint: string, topic: string): Promise<void> {
  const { subscriptionId } = place;
  await subscribeAll(azure.eventGrid, { endpoint, vaults: [scene.vault.id], subscriptionIds: [subscriptionId], topic });
}

async function post(url: string, key: string, body: unknown): Promise<Response> {
  const headers = { 'x-functions-key': key, 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}
