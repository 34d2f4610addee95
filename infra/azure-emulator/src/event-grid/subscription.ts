import type { CloudEvent } from './cloudEvent.ts';
import type { AdvancedFilter, Filter, NewSubscription, Subscription, Topic } from './state.ts';

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

/** Text is compared regardless of case (https://learn.microsoft.com/azure/event-grid/event-filtering). */
export function matches(filter: Filter, event: CloudEvent): boolean {
  const subject = (event.subject ?? '').toLowerCase();
  return (
    (filter.includedEventTypes?.includes(event.type) ?? true) &&
    subject.startsWith((filter.subjectBeginsWith ?? '').toLowerCase()) &&
    subject.endsWith((filter.subjectEndsWith ?? '').toLowerCase()) &&
    (filter.advancedFilters ?? []).every((each) => matchesAdvanced(each, valueAt(event, each.key)))
  );
}

/** The documented limits. */
function filterProblem({ advancedFilters = [] }: Filter): string | undefined {
  const values = advancedFilters.flatMap((each) => each.values);
  if (advancedFilters.length > 25 || values.length > 25) return 'At most 25 advanced filters and values are allowed.';
  if (values.some((value) => value.length > 512)) return 'A filter value has at most 512 characters.';
  if (advancedFilters.some(({ key }) => key.split('.').length > 3)) return 'A key has at most two levels of nesting.';
  return undefined;
}

/** A key that is absent matches nothing. */
function matchesAdvanced({ operator, values }: AdvancedFilter, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const found = value.toLowerCase();
  return values.some((each) => {
    const wanted = each.toLowerCase();
    return operator === 'StringIn' ? found === wanted : found.includes(wanted);
  });
}

/** Both schemas' names for the envelope. */
const envelope: Readonly<Record<string, string>> = { topic: 'source', eventtype: 'type' };

function valueAt(event: CloudEvent, key: string): unknown {
  const [first = '', ...rest] = key.split('.');
  const name = first.toLowerCase();
  return rest.reduce<unknown>(property, event[envelope[name] ?? name]);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
