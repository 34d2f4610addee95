import type { Schema } from './event.ts';
import { filterProblem } from './filter.ts';
import type { Filter } from './filter.ts';
import type { Topic } from './topic.ts';

export interface Endpoint {
  /** `function`: the Event Grid trigger of a function app; `webhook`: anything else that takes events. */
  readonly kind: 'function' | 'webhook';
  readonly url: string;
}

export interface NewSubscription extends Filter {
  readonly name: string;
  /** A topic's id. The system topic of a vault or an Azure subscription is made with its first subscription. */
  readonly source: string;
  readonly schema: Schema;
  readonly endpoint: Endpoint;
  readonly maxDeliveryAttempts?: number;
  readonly eventTimeToLiveMinutes?: number;
  /** Keeps what could not be delivered. */
  readonly deadLetter?: boolean;
}

export interface Subscription extends NewSubscription {
  readonly topic: Topic;
  readonly maxDeliveryAttempts: number;
  readonly eventTimeToLiveMinutes: number;
}

/**
 * With the documented defaults; throws where Azure refuses
 * (https://learn.microsoft.com/azure/event-grid/manage-event-delivery).
 */
export function newSubscription(topic: Topic, wanted: NewSubscription): Subscription {
  const made = { maxDeliveryAttempts: 30, eventTimeToLiveMinutes: 1440, ...wanted, topic };
  const problem = limitProblem(made) ?? filterProblem(made) ?? schemaProblem(made);
  if (problem !== undefined) throw new Error(`Invalid event subscription ${wanted.name}: ${problem}`);
  return made;
}

function limitProblem(wanted: Subscription): string | undefined {
  if (!/^[a-zA-Z0-9-]{3,64}$/.test(wanted.name)) return 'A name has 3 to 64 letters, digits or hyphens.';
  if (!isBetween(wanted.maxDeliveryAttempts, 30)) return 'Delivery attempts are between 1 and 30.';
  if (!isBetween(wanted.eventTimeToLiveMinutes, 1440)) return 'The time to live is between 1 and 1440 minutes.';
  return undefined;
}

/** A topic that takes CloudEvents in gives nothing else out. */
function schemaProblem({ topic, schema }: Subscription): string | undefined {
  if (topic.kind !== 'custom' || schema === 'CloudEventSchemaV1_0') return undefined;
  return 'This topic takes CloudEvents and can deliver nothing else.';
}

function isBetween(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}
