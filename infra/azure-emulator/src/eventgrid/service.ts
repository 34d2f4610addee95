import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Core, Service } from '../core.ts';
import { operation } from '../operation.ts';
import type { EventGrid } from './eventGrid.ts';
import { eventsIn } from './published.ts';
import { refusal } from './refusal.ts';
import type { CustomTopic, Topic } from './topic.ts';

const audience = 'https://eventgrid.azure.net';
const apiVersion = '2018-01-01';

/**
 * Where a custom topic takes events in
 * (https://learn.microsoft.com/rest/api/eventgrid/dataplane/publish-cloud-event-events).
 */
export function eventGridService(core: Core, { topics, publish }: EventGrid): Service {
  const app = new Hono();
  app.post('/api/events', operation(core, 'eventGrid.publish'), async (context) => {
    const topic = topicAt(topics, new URL(context.req.url).host);
    const token = await core.tokens.verify(context.req.raw, audience);
    if (!token.ok) throw refusal(401, 'Unauthorized', `The request is not authorized: token ${token.problem}.`);
    if (context.req.query('api-version') !== apiVersion) throw refusal(400, 'BadRequest', 'Unknown api-version.');
    const events = eventsIn(context.req.header('content-type') ?? '', await context.req.text());
    for (const event of events) publish(topic.id, event);
    return context.body(null, 200);
  });
  app.notFound(() => refusal(404, 'NotFound', 'There is no such path.').getResponse());
  app.onError((error) => {
    if (error instanceof HTTPException) return error.getResponse();
    throw error;
  });
  return { name: 'event-grid', fetch: (request) => app.fetch(request) };
}

function topicAt(topics: EventGrid['topics'], authority: string): CustomTopic {
  const found = [...topics.values()].find((topic) => isCustom(topic) && topic.authority === authority);
  if (found && isCustom(found)) return found;
  throw refusal(404, 'NotFound', 'There is no such topic.');
}

function isCustom(topic: Topic): topic is CustomTopic {
  return topic.kind === 'custom';
}
