import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { nameOperation } from '../shared/http.ts';
import type { Core } from '../shared/platform.ts';
import type { Service } from '../shared/service.ts';
import type { CloudEvent } from './cloudEvent.ts';
import { eventGridError } from './errors.ts';
import type { CustomTopic, EventGrid, Topic } from './state.ts';

const audience = 'https://eventgrid.azure.net';
const apiVersion = '2018-01-01';

/**
 * Where a custom topic takes events in
 * (https://learn.microsoft.com/rest/api/eventgrid/dataplane/publish-cloud-event-events).
 */
export function eventGridService(core: Core, { topics, publish }: EventGrid): Service {
  const app = new Hono();
  app.post('/api/events', nameOperation(core, 'eventGrid.publish'), async (context) => {
    const topic = topicAt(topics, new URL(context.req.url).host);
    const token = await core.tokens.verify(context.req.raw, audience);
    if (!token.ok) throw eventGridError(401, 'Unauthorized', `The request is not authorized: token ${token.problem}.`);
    if (context.req.query('api-version') !== apiVersion)
      throw eventGridError(400, 'BadRequest', 'Unknown api-version.');
    const events = eventsIn(context.req.header('content-type') ?? '', await context.req.text());
    for (const event of events) publish(topic.id, event);
    return context.body(null, 200);
  });
  app.notFound(() => eventGridError(404, 'NotFound', 'There is no such path.').getResponse());
  app.onError((error) => {
    if (error instanceof HTTPException) return error.getResponse();
    throw error;
  });
  return { name: 'event-grid', fetch: (request) => app.fetch(request) };
}

function topicAt(topics: EventGrid['topics'], authority: string): CustomTopic {
  const found = [...topics.values()].find((topic) => isCustom(topic) && topic.authority === authority);
  if (found && isCustom(found)) return found;
  throw eventGridError(404, 'NotFound', 'There is no such topic.');
}

function isCustom(topic: Topic): topic is CustomTopic {
  return topic.kind === 'custom';
}

/** Of the whole body (https://learn.microsoft.com/azure/event-grid/quotas-limits). */
const maxBytes = 1_048_576;

const cloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().optional(),
  time: z.iso.datetime({ offset: true }).optional(),
});

const forms = {
  'application/cloudevents+json': cloudEvent.transform((event) => [event]),
  'application/cloudevents-batch+json': z.array(cloudEvent),
} satisfies Record<string, z.ZodType<CloudEvent[]>>;

/** The events in a publisher's request, all of them or none. */
function eventsIn(contentType: string, body: string): CloudEvent[] {
  if (Buffer.byteLength(body) > maxBytes) {
    throw eventGridError(413, 'RequestEntityTooLarge', `The request has more than ${maxBytes} bytes.`);
  }
  const form = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!isForm(form)) throw eventGridError(415, 'UnsupportedMediaType', `This topic does not take '${form}'.`);
  const parsed = forms[form].safeParse(jsonIn(body));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw eventGridError(
    400,
    'BadRequest',
    `The events do not conform to the CloudEvents schema. ${problems.join('; ')}`,
  );
}

function isForm(form: string): form is keyof typeof forms {
  return form in forms;
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
