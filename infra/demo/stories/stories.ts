import { randomUUID } from 'node:crypto';
import { keysProblem, reportKeys, untilRotated } from '../accessKeys.ts';
import { schedules } from '../app.ts';
import type { App } from '../app.ts';
import { waitForAnnouncement, waitUntil } from '../context.ts';
import type { Demo } from '../context.ts';
import { brokenPromises, storiesReport } from '../report.ts';
import { subscribeAll } from '../subscriptions.ts';
import { place } from '../targets.ts';
import { prepareCustomerKey } from './customerKey.ts';
import { preparePoolCertificate } from './poolCertificate.ts';
import { prepareRegeneratedKey } from './regeneratedKey.ts';
import type { Story, StoryResult } from './story.ts';

/** A day is usual. */
const adoptionGrace = 'PT1S';
const prepare = [preparePoolCertificate, prepareCustomerKey, prepareRegeneratedKey];

/** Rotates both access keys while three stories happen, each of which an event starts. */
export async function rotateByEvents(demo: Demo): Promise<string | undefined> {
  const stories = await Promise.all(prepare.map((each) => each(demo)));
  const { app, runTimer } = await startWithEvents(demo);
  const died = app.died.then((how) => Promise.reject(new Error(how)));
  const results = await Promise.race([showAll(demo, stories, runTimer), died]);
  const outcomes = await reportKeys(demo);
  console.log(storiesReport(results));
  return keysProblem(demo, outcomes) ?? brokenPromises(results);
}

type RunTimer = (name: string, why: string) => Promise<void>;

/**
 * No timer runs by itself. `generate` runs first to adopt the secrets, and again when the event of each story has
 * started its rotation, so that no timer can have started one. `revoke` runs when the overlap of both keys is over.
 */
async function showAll(demo: Demo, stories: readonly Story[], runTimer: RunTimer): Promise<readonly StoryResult[]> {
  await runTimer('generate', 'it adopts the secrets that have rotation tags');
  for (const target of [...demo.targets, ...stories.map((story) => story.target)]) {
    await waitUntil(demo, (await waitForAnnouncement(demo, target, 'Target.Adopted')).data.until);
  }
  const [results] = await Promise.all([Promise.all(stories.map((story) => story.run())), rotateKeys()]);
  return results;

  async function rotateKeys(): Promise<void> {
    for (const { target } of stories) await waitForAnnouncement(demo, target, 'Rotation.Started');
    await runTimer('generate', 'it starts the rotations that are due');
    for (const target of demo.targets) {
      await waitUntil(demo, (await waitForAnnouncement(demo, target, 'Rotation.CredentialPublished')).data.until);
    }
    await runTimer('revoke', 'the overlap is over');
    await untilRotated(demo);
  }
}

/** Starts the app with its event subscriptions, as in a deployment. */
async function startWithEvents({ azure, vault, print, startApp }: Demo): Promise<{ app: App; runTimer: RunTimer }> {
  const masterKey = randomUUID();
  const eventGridKey = randomUUID();
  const topic = await azure.eventGrid.createTopic('demotopic');
  const settings = {
    HOST_MASTER_KEY: masterKey,
    HOST_EVENTGRID_KEY: eventGridKey,
    KEYTURN_TOPIC_ENDPOINT: topic.endpoint,
    KEYTURN_ADOPTION_GRACE: adoptionGrace,
    AZURE_CLIENT_ID: azure.core.tokens.appIdentity.clientId,
  };
  print('', 'the app starts; Event Grid delivers to it, and its timers run only when the demo runs them');
  const app = startApp(settings, schedules.onceAYear);
  const url = await Promise.race([app.listening, app.died.then((how) => Promise.reject(new Error(how)))]);
  const endpoint = `${url}/runtime/webhooks/eventgrid?code=${eventGridKey}`;
  const sources = { vaults: [vault.id], subscriptionIds: [place.subscriptionId], topic: topic.id };
  await subscribeAll(azure.eventGrid, { endpoint, ...sources });
  return {
    app,
    async runTimer(name, why) {
      print('', `timer ${name}: ${why}`);
      const headers = { 'x-functions-key': masterKey, 'content-type': 'application/json' };
      const { status } = await fetch(`${url}/admin/functions/${name}`, { method: 'POST', headers, body: '{}' });
      if (status !== 202) throw new Error(`The timer ${name} cannot be run: ${status}.`);
    },
  };
}
