import type { Queued } from './attempt.ts';
import { toEventGridSchema } from './event.ts';
import { outcomeName } from './retry.ts';

export interface DeadLetter {
  readonly at: Date;
  readonly subscription: string;
  /** As the blob has it: the event in the subscription's schema with the reason beside it. */
  readonly body: object;
}

/** Names are in lower case in a CloudEvent (https://learn.microsoft.com/azure/event-grid/delivery-and-retry). */
export function deadLetterOf(at: Date, { subscription, event, ...queued }: Queued, why: string): DeadLetter {
  const fields = {
    deadLetterReason: why,
    deliveryAttempts: queued.attempts,
    lastDeliveryOutcome: outcomeName(queued.lastOutcome),
    publishTime: new Date(queued.publishedMs).toISOString(),
    lastDeliveryAttemptTime: new Date(queued.lastAttemptMs).toISOString(),
  };
  const body =
    subscription.schema === 'EventGridSchema'
      ? { ...toEventGridSchema(event, subscription.topic.dataVersion), ...fields }
      : { ...event, ...lowerCased(fields) };
  return { at, subscription: subscription.name, body };
}

function lowerCased(fields: object): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value as unknown]));
}
