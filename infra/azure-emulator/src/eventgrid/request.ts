import { randomUUID } from 'node:crypto';
import { toEventGridSchema } from './event.ts';
import type { CloudEvent, EventGridEvent } from './event.ts';
import type { Subscription } from './subscription.ts';

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
export function validation(subscription: Subscription, code: string, at: Date): Request {
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
