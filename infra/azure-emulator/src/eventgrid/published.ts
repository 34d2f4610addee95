import { z } from 'zod';
import type { CloudEvent } from './event.ts';
import { refusal } from './refusal.ts';

/** Of the whole body (https://learn.microsoft.com/azure/event-grid/quotas-limits). */
const mostBytes = 1_048_576;

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
export function eventsIn(contentType: string, body: string): CloudEvent[] {
  if (Buffer.byteLength(body) > mostBytes) {
    throw refusal(413, 'RequestEntityTooLarge', `The request has more than ${mostBytes} bytes.`);
  }
  const form = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!isForm(form)) throw refusal(415, 'UnsupportedMediaType', `This topic does not take '${form}'.`);
  const parsed = forms[form].safeParse(jsonIn(body));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw refusal(400, 'BadRequest', `The events do not conform to the CloudEvents schema. ${problems.join('; ')}`);
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
