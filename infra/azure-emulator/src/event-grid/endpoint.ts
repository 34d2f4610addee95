import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { toEventGridSchema } from './cloudEvent.ts';
import type { CloudEvent, EventGridEvent } from './cloudEvent.ts';
import { secondMs } from './retry.ts';
import type { Deliver, Subscription } from './state.ts';

/** Event Grid waits this long for an answer; the receiver may go on working. */
export const answerWithinMs = 30 * secondMs;

/** The answer, unless it took too long by the machine's time or by the clock's. */
export async function answerOf(
  clock: Clock,
  deliver: Deliver,
  request: Request,
): Promise<Response | 'timeout' | 'unreachable'> {
  const startMs = clock.now().getTime();
  const answer = await withTimeout(deliver(request).catch(() => 'unreachable' as const));
  return clock.now().getTime() - startMs > answerWithinMs ? 'timeout' : answer;
}

async function withTimeout<T>(work: Promise<T>): Promise<T | 'timeout'> {
  const answered = new AbortController();
  const late = sleep(answerWithinMs, 'timeout' as const, { ref: false, signal: answered.signal });
  try {
    return await Promise.race([work, late.catch(() => 'timeout' as const)]);
  } finally {
    answered.abort();
  }
}

const origin = 'eventgrid.azure.net';

/** Throws unless the receiver is there and wants the events: no subscription is made without. */
export async function validateEndpoint(clock: Clock, deliver: Deliver, subscription: Subscription): Promise<void> {
  const asksOptions = subscription.endpoint.kind === 'webhook' && subscription.schema === 'CloudEventSchemaV1_0';
  const agreed = await (asksOptions ? allowsOrigin : answersCode)(clock, deliver, subscription);
  if (!agreed) throw new Error('Webhook validation handshake failed: the endpoint did not answer as it has to.');
}

async function answersCode(clock: Clock, deliver: Deliver, subscription: Subscription): Promise<boolean> {
  const code = randomUUID();
  const answer = await requireAnswer(clock, deliver, validation(subscription, code, clock.now()));
  const body = (await answer.json().catch(() => undefined)) as { validationResponse?: unknown } | null | undefined;
  return answer.status === 200 && body?.validationResponse === code;
}

/**
 * CloudEvents' protection against abuse
 * (https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema).
 */
async function allowsOrigin(clock: Clock, deliver: Deliver, { endpoint }: Subscription): Promise<boolean> {
  const headers = { 'WebHook-Request-Origin': origin };
  const answer = await requireAnswer(clock, deliver, new Request(endpoint.url, { method: 'OPTIONS', headers }));
  const allowedOrigin = answer.headers.get('WebHook-Allowed-Origin') ?? '';
  return answer.ok && ['*', origin].includes(allowedOrigin.toLowerCase());
}

/** What bicep says of a function that is not deployed yet [Azure/bicep#11656]. */
async function requireAnswer(clock: Clock, deliver: Deliver, request: Request): Promise<Response> {
  const answer = await answerOf(clock, deliver, request);
  if (typeof answer === 'string' || answer.status === 404) throw new Error('Destination endpoint not found.');
  return answer;
}

const eventGridType = 'application/json; charset=utf-8';

/** A delivery: an array of one in Event Grid's schema, one object as a CloudEvent. The `aeg-` headers are the same. */
export function notification(subscription: Subscription, event: CloudEvent, attempt: number): Request {
  const headers = { ...aegHeaders(subscription, 'Notification'), 'aeg-delivery-count': String(attempt - 1) };
  if (subscription.schema === 'EventGridSchema') {
    return inEventGridSchema(subscription, headers, toEventGridSchema(event, subscription.topic.dataVersion));
  }
  const cloudHeaders = { 'content-type': 'application/cloudevents+json; charset=utf-8', 'aeg-metadata-version': '1.0' };
  const { url } = subscription.endpoint;
  return new Request(url, { method: 'POST', headers: { ...headers, ...cloudHeaders }, body: JSON.stringify(event) });
}

/**
 * The first word between Event Grid and a receiver
 * (https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema).
 */
function validation(subscription: Subscription, code: string, at: Date): Request {
  return inEventGridSchema(subscription, aegHeaders(subscription, 'SubscriptionValidation'), {
    id: randomUUID(),
    topic: subscription.topic.id,
    subject: '',
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: at.toISOString(),
    data: { validationCode: code },
    dataVersion: '2',
    metadataVersion: '1',
  });
}

function inEventGridSchema(subscription: Subscription, aeg: Record<string, string>, event: EventGridEvent): Request {
  const { dataVersion } = event;
  const headers = {
    ...aeg,
    'content-type': eventGridType,
    'aeg-metadata-version': '1',
    'aeg-data-version': dataVersion,
  };
  return new Request(subscription.endpoint.url, { method: 'POST', headers, body: JSON.stringify([event]) });
}

function aegHeaders({ name }: Subscription, eventType: 'Notification' | 'SubscriptionValidation') {
  return { 'aeg-event-type': eventType, 'aeg-subscription-name': name.toUpperCase(), 'aeg-delivery-count': '0' };
}
